package certificate

import (
	"crypto/x509"
	"testing"
	"time"
)

func TestMakeSelfSigned_IsOfTheConsolesKind(t *testing.T) {
	pair, err := MakeSelfSigned("skill.example.org", "other.example.org")
	if err != nil {
		t.Fatal(err)
	}
	chain, w := []*x509.Certificate{pair.Leaf}, Want{Names: []string{"skill.example.org", "other.example.org"}, Now: time.Now()}
	if got := Kind(chain, "skill.example.org", w); got != SelfSigned {
		t.Errorf("kind %q", got)
	}
	if found := Check(chain, w); len(found) != 1 || found[0].Grave || found[0].Rule != RuleChain {
		t.Errorf("found %+v, want that it is self-signed only", found)
	}
	if pair.Leaf.Subject.CommonName != "skill.example.org" || pair.Leaf.IsCA {
		t.Errorf("for %s, authority %t", pair.Leaf.Subject, pair.Leaf.IsCA)
	}
	// Who has been given it trusts it.
	if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: poolOf(&made{Certificate: pair.Leaf}), DNSName: "other.example.org"}); err != nil {
		t.Error(err)
	}
}
