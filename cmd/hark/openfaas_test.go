package main

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openfaas/faas-provider/types"
	sdk "github.com/openfaas/go-sdk"
)

// openFaaS is hark up on one function, hello, and the official client of OpenFaaS
// for it. Wrong is the client of somebody who does not know the password.
func openFaaS(t *testing.T) (client, wrong *sdk.Client, s *settings) {
	t.Helper()
	dir := t.TempDir()
	write(t, dir+"/stack.yaml", `functions: {hello: {image: "hello:1", fprocess: "sh -c 'echo hello $WHO; cat $secret_mount_path/key; echo noise >&2'", labels: {a: b}}}`)
	s, here := upIn(t, dir, func(s *settings) {
		s.BasicAuthUserFile, s.BasicAuthPasswordFile = write(t, dir+"/user", "admin"), write(t, dir+"/password", "secret")
	})
	gateway, err := url.Parse(here.Operator)
	if err != nil {
		t.Fatal(err)
	}
	as := func(password string) *sdk.Client {
		return sdk.NewClient(gateway, &sdk.BasicAuth{Username: "admin", Password: password}, &http.Client{})
	}
	return as("secret"), as("guessed"), s
}

// answered wants one of the client's answers to be as it should.
func answered(t *testing.T, what string, want int) func(got int, err error) {
	return func(got int, err error) {
		t.Helper()
		if got != want || (err == nil) != (want < 300) {
			t.Errorf("%s: %d, error %v", what, got, err)
		}
	}
}

func TestOpenFaaS_ItsClientDeploysScalesAndRemoves(t *testing.T) {
	client, wrong, s := openFaaS(t)
	ctx := t.Context()
	labels := map[string]string{"hark.intents": "GreetIntent"}
	spec := types.FunctionDeployment{Service: "hello", Image: "hello:2", Namespace: "openfaas-fn", EnvVars: map[string]string{"WHO": "you"},
		Labels: &labels, Limits: &types.FunctionResources{Memory: "5Mi", CPU: "100m"}, Secrets: []string{"key"}}

	if all, err := wrong.GetFunctions(ctx, ""); err == nil {
		t.Errorf("without the password: %v", all)
	}
	answered(t, "deploying without the password", 401)(wrong.Deploy(ctx, spec))
	answered(t, "a secret that is not there", 400)(client.Update(ctx, spec))
	answered(t, "creating the secret", 201)(client.CreateSecret(ctx, types.Secret{Name: "key", Value: "one\n"}))
	answered(t, "deploying", 200)(client.Update(ctx, spec))
	answered(t, "deploying again", 202)(client.Deploy(ctx, spec))
	answered(t, "updating what is not there", 404)(client.Update(ctx, types.FunctionDeployment{Service: "nobody", Image: "i"}))

	got, err := client.GetFunction(ctx, "hello", "openfaas-fn")
	if err != nil || got.Image != "hello:2" || got.EnvVars["WHO"] != "you" || got.AvailableReplicas != 1 || got.Limits.Memory != "5Mi" || got.CreatedAt.IsZero() || (*got.Labels)["hark.intents"] != "GreetIntent" {
		t.Errorf("described: %+v, error %v", got, err)
	}
	for _, replicas := range []uint64{3, 0} {
		if err := client.ScaleFunction(ctx, "hello", "", replicas); err != nil {
			t.Errorf("scaling: %v", err)
		}
		if got, err := client.GetFunction(ctx, "hello", ""); err != nil || uint64(got.Replicas) != replicas || uint64(got.AvailableReplicas) != replicas {
			t.Errorf("scaled: %+v, error %v", got, err)
		}
	}
	if text := invoked(t, client); text != "hello you\none\n" {
		t.Errorf("called: %q", text)
	}
	var said, errs strings.Builder
	s.Intent = "GreetIntent" // of the label that was deployed
	if err := s.say(ctx, nil, &said, &errs); err != nil || !strings.Contains(said.String(), "hello you") {
		t.Errorf("said %q, error %v %s", &said, err, &errs)
	}
	if all, err := client.GetFunctions(ctx, "openfaas-fn"); err != nil || len(all) != 1 || all[0].InvocationCount != 2 {
		t.Errorf("listed: %+v, error %v", all, err)
	}
	if err := client.DeleteFunction(ctx, "hello", "openfaas-fn"); err != nil {
		t.Error(err)
	}
	if err := client.DeleteFunction(ctx, "hello", ""); err == nil || !strings.Contains(err.Error(), "not found") {
		t.Errorf("removed again: %v", err)
	}
	if all, err := client.GetFunctions(ctx, ""); err != nil || all == nil || len(all) > 0 {
		t.Errorf("after all: %v, error %v", all, err)
	}
}

// invoked calls hello as the client does.
func invoked(t *testing.T, client *sdk.Client) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, client.GatewayURL.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.InvokeFunction("hello", "", false, false, r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || resp.Header.Get("X-Call-Id") == "" {
		t.Errorf("called: %s, error %v", resp.Status, err)
	}
	return string(text)
}

func TestOpenFaaS_ItsClientKeepsSecrets(t *testing.T) {
	client, _, s := openFaaS(t)
	ctx := t.Context()
	answered(t, "creating", 201)(client.CreateSecret(ctx, types.Secret{Name: "key", RawValue: []byte("\x00one")}))
	answered(t, "creating again", 409)(client.CreateSecret(ctx, types.Secret{Name: "key", Value: "two"}))
	if text, err := os.ReadFile(filepath.Join(s.State, "secrets", "key")); string(text) != "\x00one" || err != nil {
		t.Errorf("kept %q, error %v", text, err)
	}
	answered(t, "updating", 200)(client.UpdateSecret(ctx, types.Secret{Name: "key", Value: "two"}))
	answered(t, "updating none", 404)(client.UpdateSecret(ctx, types.Secret{Name: "other", Value: "two"}))
	if all, err := client.GetSecrets(ctx, "openfaas-fn"); err != nil || len(all) != 1 || all[0].Name != "key" || all[0].Value != "" {
		t.Errorf("listed %+v, error %v", all, err)
	}
	if err := client.DeleteSecret(ctx, "key", ""); err != nil {
		t.Error(err)
	}
	if err := client.DeleteSecret(ctx, "key", ""); err == nil || !strings.Contains(err.Error(), "not found") {
		t.Errorf("removed again: %v", err)
	}
}

func TestOpenFaaS_ItsClientReadsLogs(t *testing.T) {
	client, _, _ := openFaaS(t)
	invoked(t, client)
	since := time.Now().Add(-time.Minute)
	lines, err := client.GetLogs(t.Context(), "hello", "", false, 5, &since)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for line := range lines {
		texts = append(texts, line.Text)
	}
	if all := strings.Join(texts, "|"); !strings.HasSuffix(all, "noise") {
		t.Errorf("printed %q", all)
	}
	following, err := client.GetLogs(t.Context(), "hello", "openfaas-fn", true, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	<-following // what was there
	invoked(t, client)
	for line := range following {
		if line.Text == "noise" {
			return
		}
	}
	t.Error("what is printed now is not followed")
}

func TestOpenFaaS_ItsClientAsksAboutHark(t *testing.T) {
	client, _, _ := openFaaS(t)
	if all, err := client.GetNamespaces(t.Context()); err != nil || len(all) != 1 || all[0] != "openfaas-fn" {
		t.Errorf("namespaces %v, error %v", all, err)
	}
	if one, err := client.GetNamespace(t.Context(), "openfaas-fn"); err != nil || one.Name != "openfaas-fn" {
		t.Errorf("namespace %v, error %v", one, err)
	}
	answered(t, "a namespace more", 501)(client.CreateNamespace(t.Context(), types.FunctionNamespace{Name: "prod"}))
	info, err := client.GetInfo(t.Context())
	if err != nil || info.Provider.Provider != "hark" || info.Provider.Orchestration != "local" || info.Version.Release == "" || info.Arch == "" {
		t.Errorf("info %+v, error %v", info, err)
	}
}

// Who follows a log does not keep hark up for the time that it drains.
func TestDrain_EndsLogsThatAreFollowed(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/stack.yaml", `functions: {hello: {fprocess: "sh -c 'echo noise >&2'"}}`)
	ctx, stop := context.WithCancel(t.Context())
	_, here := upUntil(ctx, t, dir)
	resp, err := http.Get(here.Operator + "/system/logs?name=hello&follow=true")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	stop()
	begun := time.Now()
	if _, err := io.ReadAll(resp.Body); err != nil || time.Since(begun) > defaults().DrainTime/2 {
		t.Errorf("after %s: %v", time.Since(begun), err)
	}
}
