package certificate

import (
	"crypto/x509"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCheck_NamesEachFault(t *testing.T) {
	root, other := authority(t, "Root", nil), authority(t, "Other Root", nil)
	inter := authority(t, "Intermediate", root)
	good := leaf(t, inter, nil)
	cross := authority(t, "Intermediate 2", inter)
	of := func(change func(*x509.Certificate)) []*x509.Certificate {
		return chainOf(leaf(t, inter, change), inter)
	}
	weak := issue(t, inter, rsaKey(t, 1024), &x509.Certificate{DNSNames: []string{"skill.example.org"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * day)}, nil)
	oldInter := issue(t, root, newKey(t), &x509.Certificate{Subject: inter.Subject, NotBefore: time.Now().Add(-9 * day), NotAfter: time.Now().Add(-day),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil)

	for name, c := range map[string]struct {
		chain []*x509.Certificate
		want  []string // rule, ! for a grave one, and what its text has
	}{
		"good":          {chainOf(good, inter), nil},
		"with its root": {chainOf(good, inter, root), nil},
		"a wildcard":    {of(func(c *x509.Certificate) { c.DNSNames = []string{"*.example.org"} }), nil},
		"expired": {of(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(-90*day), time.Now().Add(-time.Hour)
		}), []string{"dates! expired on"}},
		"not yet": {of(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }), []string{"dates! not valid before"}},
		"in 20 days": {of(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(-70*day), time.Now().Add(20*day+time.Hour)
		}), []string{"dates expires in 20 days"}},
		"in 5 days": {of(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(-85*day), time.Now().Add(5*day+time.Hour)
		}), []string{"dates soon: "}},
		// Let's Encrypt has certificates of six days, which are renewed after three.
		"short-lived":               {of(func(c *x509.Certificate) { c.NotBefore, c.NotAfter = time.Now().Add(-3*day), time.Now().Add(3*day) }), nil},
		"an expired intermediate":   {chainOf(leaf(t, oldInter, nil), oldInter), []string{"dates! \"Intermediate\" expired"}},
		"another name":              {of(func(c *x509.Certificate) { c.DNSNames = []string{"example.org", "www.example.org"} }), []string{"name! is not for skill.example.org but for example.org, www.example.org"}},
		"an address":                {of(func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, []net.IP{net.IPv4(192, 0, 2, 1)} }), []string{"name! but for 192.0.2.1"}},
		"a common name only":        {of(func(c *x509.Certificate) { c.DNSNames = nil }), []string{"name! common name does not count"}},
		"without its intermediate":  {chainOf(good), []string{"chain! \"Intermediate\", which issued"}},
		"half of its intermediates": {chainOf(leaf(t, cross, nil), cross), []string{"chain! \"Intermediate\", which issued the certificate \"Intermediate 2\""}},
		"of another authority":      {chainOf(leaf(t, other, nil), other), []string{"chain! an authority that is not trusted"}},
		"self-signed":               {chainOf(leaf(t, nil, nil)), []string{"chain in development only"}},
		"for clients": {of(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }),
			[]string{"chain! is not for servers"}},
		"a stranger between": {chainOf(good, other, inter), []string{"order number 2 of the chain"}},
		"a short key":        {chainOf(weak, inter), []string{"strength! RSA key of 1024 bits"}},
		"nothing":            {nil, []string{"chain! there is no certificate"}},
	} {
		t.Run(name, func(t *testing.T) {
			found := Check(c.chain, Want{Names: []string{"skill.example.org"}, Roots: poolOf(root), Now: time.Now()})
			if len(found) != len(c.want) {
				t.Fatalf("found %+v, want %q", found, c.want)
			}
			for i, f := range found {
				rule, text, _ := strings.Cut(c.want[i], " ")
				if f.Rule != strings.TrimSuffix(rule, "!") || f.Grave != strings.HasSuffix(rule, "!") || !strings.Contains(f.Text, text) || f.Mend == "" {
					t.Errorf("found %+v, want %q", f, c.want[i])
				}
			}
		})
	}
}

func TestCheck_WeakSignatureIsGrave(t *testing.T) {
	root := authority(t, "Root", nil)
	c := *leaf(t, root, nil).Certificate // Go signs nothing with SHA-1
	c.SignatureAlgorithm = x509.SHA1WithRSA
	found := strength([]*x509.Certificate{&c, root.Certificate})
	if len(found) != 1 || !strings.Contains(found[0].Text, "SHA1-RSA") {
		t.Errorf("found %+v", found)
	}
}

func TestCheck_WithoutANameThereIsNoneToMiss(t *testing.T) {
	root := authority(t, "Root", nil)
	if found := Check(chainOf(leaf(t, root, nil)), Want{Roots: poolOf(root), Now: time.Now()}); found != nil {
		t.Errorf("found %+v", found)
	}
}

func TestKind_IsWhatSkillJSONHasToSay(t *testing.T) {
	root := authority(t, "Root", nil)
	named := func(names ...string) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.DNSNames = names }
	}
	for name, c := range map[string]struct {
		chain []*x509.Certificate
		want  string
	}{
		"its name":             {chainOf(leaf(t, root, nil)), Trusted},
		"a wildcard":           {chainOf(leaf(t, root, named("*.example.org"))), Wildcard},
		"both":                 {chainOf(leaf(t, root, named("*.example.org", "skill.example.org"))), Trusted},
		"self-signed":          {chainOf(leaf(t, nil, nil)), SelfSigned},
		"another name":         {chainOf(leaf(t, root, named("example.com"))), ""},
		"of another authority": {chainOf(leaf(t, authority(t, "Other", nil), nil)), ""},
		"none":                 {nil, ""},
	} {
		if got := Kind(c.chain, "skill.example.org", Want{Roots: poolOf(root), Now: time.Now()}); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if !slices.Contains(Rules(), RuleChain) {
		t.Error("the rules have no chain")
	}
}
