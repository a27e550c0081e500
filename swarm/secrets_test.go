package swarm

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/swarm"

	"github.com/harkvoice/hark/internal/function"
)

// vault is an engine whose secrets are removed after the test.
func vault(t *testing.T) *Engine {
	t.Helper()
	e := engine(t)
	t.Cleanup(func() { // before those of engine
		removeAll(t)
		all, err := site.docker.SecretList(context.Background(), swarm.SecretListOptions{})
		if err != nil {
			t.Error(err)
		}
		for _, s := range all {
			if err := site.docker.SecretRemove(context.Background(), s.ID); err != nil {
				t.Error(err)
			}
		}
	})
	return e
}

func put(t *testing.T, e *Engine, name, value string, create bool) {
	t.Helper()
	if err := e.PutSecret(t.Context(), name, []byte(value), create); err != nil {
		t.Fatal(err)
	}
}

// dockers are the secrets that Docker has.
func dockers(t *testing.T) (names []string) {
	t.Helper()
	all, err := site.docker.SecretList(t.Context(), swarm.SecretListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		names = append(names, s.Spec.Name)
	}
	slices.Sort(names)
	return names
}

func reading(secret string) function.Spec {
	spec := doing("file " + function.SecretDir + "/" + secret)
	spec.Secrets = []string{secret}
	spec.Labels = map[string]string{function.LabelUser: "1000"}
	return spec
}

func TestSecrets_LiveAsLongAsTheyAreWanted(t *testing.T) {
	e := vault(t)
	wantError(t, e.PutSecret(t.Context(), "key", []byte("v"), false), function.ErrNoSecret, "key", "create it")
	put(t, e, "key", "one", true)
	wantError(t, e.PutSecret(t.Context(), "key", []byte("v"), true), function.ErrExists, "key", "update it")
	if names, err := e.Secrets(t.Context()); err != nil || !slices.Equal(names, []string{"key"}) {
		t.Errorf("%v, error %v", names, err)
	}
	deploy(t, e, reading("key"))
	if got := answer(t, e, ""); got != "one" {
		t.Errorf("%q", got)
	}
	put(t, e, "key", "two", false)
	eventually(t, "the function has the new value", func() bool { return answer(t, e, "") == "two" })
	put(t, e, "key", "three", false)
	eventually(t, "the function has the newest value", func() bool { return answer(t, e, "") == "three" })
	if names := dockers(t); !slices.Equal(names, []string{"key.2", "key.3"}) {
		t.Errorf("there are %v, want the last two versions", names)
	}
	if s := describe(t, e); !slices.Equal(s.Secrets, []string{"key"}) {
		t.Errorf("its secrets are %v", s.Secrets)
	}
	wantError(t, e.RemoveSecret(t.Context(), "key"), function.ErrInvalid, "function f has it")
	deploy(t, e, doing("echo"))
	if err := e.RemoveSecret(t.Context(), "key"); err != nil {
		t.Fatal(err)
	}
	wantError(t, e.RemoveSecret(t.Context(), "key"), function.ErrNoSecret, "key")
	if names := dockers(t); len(names) > 0 {
		t.Errorf("%v are left", names)
	}
}

// The version before is there as long as an update may go back to it.
func TestSecrets_AValueThatAFunctionCannotBearIsRolledBack(t *testing.T) {
	e := vault(t)
	put(t, e, "key", "one", true)
	spec := reading("key")
	spec.Image = bears(t, "one")
	deploy(t, e, spec)
	available(t, e, 1)
	put(t, e, "key", "two", false)
	troubled(t, e, "rolled back")
	available(t, e, 1)
	if used := serviceOf(t, "f").Spec.TaskTemplate.ContainerSpec.Secrets[0].SecretName; used != "key" {
		t.Errorf("it has %s", used)
	}
	end(t, e, 1, func(id string) error { return site.docker.ContainerKill(t.Context(), id, "KILL") }) // a new task needs it
	if got := answer(t, e, ""); got != "one" {
		t.Errorf("%q", got)
	}
	put(t, e, "key", "one", false)
	if names := dockers(t); !slices.Equal(names, []string{"key", "key.3"}) {
		t.Errorf("there are %v, want the newest and what an update may go back to", names)
	}
}

// bears is an image whose containers live only if their secret key has that value.
func bears(t *testing.T, value string) string {
	t.Helper()
	ref := "hark-bears:" + value
	if err := makeImage(t.Context(), ref, fmt.Sprintf(`CMD ["/function/testfn", "needs", "%s/key", "%s"]`, function.SecretDir, value)); err != nil {
		t.Fatal(err)
	}
	return ref
}

// The version before has the secret as it was before.
func TestSecrets_AnUpdateCanBeRolledBack(t *testing.T) {
	e := vault(t)
	put(t, e, "key", "one", true)
	deploy(t, e, reading("key"))
	available(t, e, 1)
	put(t, e, "key", "two", false)
	eventually(t, "the function has the new value", func() bool { return answer(t, e, "") == "two" })
	available(t, e, 1)
	now := serviceOf(t, "f")
	if _, err := site.docker.ServiceUpdate(t.Context(), now.ID, now.Version, now.Spec, swarm.ServiceUpdateOptions{Rollback: "previous"}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the function has the old value", func() bool { return answer(t, e, "") == "one" })
}

func TestSecrets_LongNamesHaveVersionsToo(t *testing.T) {
	e := vault(t)
	name := strings.Repeat("n", 63)
	put(t, e, name, "one", true)
	put(t, e, name, "two", false)
	put(t, e, name, "three", false)
	if names, err := e.Secrets(t.Context()); err != nil || !slices.Equal(names, []string{name}) {
		t.Errorf("%v, error %v", names, err)
	}
	deploy(t, e, reading(name))
	if got := answer(t, e, ""); got != "three" {
		t.Errorf("%q", got)
	}
}

func TestSecrets_MadeByHandCanBeUsed(t *testing.T) {
	e := vault(t)
	made, err := site.docker.SecretCreate(t.Context(), swarm.SecretSpec{Annotations: swarm.Annotations{Name: "by-hand"}, Data: []byte("hidden")})
	if err != nil {
		t.Fatal(err)
	}
	deploy(t, e, reading("by-hand"))
	if got := answer(t, e, ""); got != "hidden" {
		t.Errorf("%q", got)
	}
	wantError(t, e.PutSecret(t.Context(), "by-hand", []byte("v"), true), function.ErrExists, "by-hand")
	if names := dockers(t); !slices.Equal(names, []string{"by-hand"}) || made.ID == "" {
		t.Errorf("there are %v", names)
	}
}

func TestSecrets_RefusesNamesThatAreNoFiles(t *testing.T) {
	e := vault(t)
	for _, name := range []string{"", "..", "a/b", "a b", ".hidden", "a..b", strings.Repeat("x", 64)} {
		wantError(t, e.PutSecret(t.Context(), name, []byte("v"), true), function.ErrInvalid, "secret name")
		wantError(t, e.RemoveSecret(t.Context(), name), function.ErrInvalid, "secret name")
	}
	wantError(t, e.PutSecret(t.Context(), "empty", nil, true), function.ErrInvalid, "empty")
	wantError(t, e.PutSecret(t.Context(), "large", make([]byte, function.MaxSecret+1), true), function.ErrInvalid, "large", "500000 bytes")
	if names := dockers(t); len(names) > 0 {
		t.Errorf("%v are left", names)
	}
}
