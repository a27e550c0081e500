package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/harkvoice/hark/alexa"
	"github.com/harkvoice/hark/internal/door"
	"github.com/harkvoice/hark/internal/forwarded"
	"github.com/harkvoice/hark/internal/option"
	"github.com/harkvoice/hark/router"
	"github.com/harkvoice/hark/swarm"
)

// settings are what the command line and the environment can change. The
// tables below are the one source of flags, variables, help and docs/options.md.
type settings struct {
	State string

	Listen, HTTPS   string
	SkillIDs        []string
	Skills          string
	VoiceTimeout    time.Duration
	FunctionTimeout time.Duration
	ProgressAfter   time.Duration
	MaxBody         int64
	Replays         string

	MaxInflight, VoiceReserve, MaxCalls int
	MaxSigned, MinMemory                int64
	DrainTime                           time.Duration

	LogFormat string
	Traces    traces

	BasicAuthUserFile, BasicAuthPasswordFile, TokenFile string

	Engine, Network, DevAuthority string

	// of the public listeners
	TLSCert, TLSKey string
	PublicNames     []string
	ACME            acmeSettings
	HTTP            string
	TrustedProxies  []string
	MaxConnections  int

	URL, Dir, Locale, Intent, Skill string
	JSON, AsIs, Why                 bool
	At                              string

	// of the device that say stands in for
	Screen, Consent, Speak            bool
	Person, Location, AccessTokenFile string

	// of hark certificate
	Out        string
	SelfSigned bool
}

// acmeSettings are those of `hark serve --acme`.
type acmeSettings struct {
	Authority, Email, HTTP, Roots string
	Agree                         bool
}

// What becomes of a replay.
const (
	replaysRefuse = "refuse"
	replaysAllow  = "allow"
)

// replays remembers requests if their replays are refused.
func (s *settings) replays() *alexa.Replays {
	if s.Replays == replaysAllow {
		return nil
	}
	return alexa.NewReplays()
}

func defaults() *settings {
	return &settings{
		State:           defaultState(),
		Listen:          "127.0.0.1:8080",
		HTTPS:           "127.0.0.1:8443",
		VoiceTimeout:    router.DefaultVoiceTimeout,
		FunctionTimeout: router.DefaultFunctionTimeout,
		ProgressAfter:   router.DefaultProgressAfter,
		MaxBody:         router.DefaultMaxBody,
		Replays:         replaysRefuse,
		MaxInflight:     router.DefaultMaxInflight,
		VoiceReserve:    router.DefaultVoiceReserve,
		MaxCalls:        router.DefaultMaxCalls,
		MaxSigned:       router.DefaultMaxSigned,
		MinMemory:       32 << 20,
		DrainTime:       15 * time.Second,
		LogFormat:       "json",
		MaxConnections:  1024,
		Traces:          defaultTraces(),
		Out:             ".",
		Engine:          engineLocal,
		Network:         swarm.DefaultNetwork,
	}
}

// defaultState is where XDG has programs keep their state; empty when there is
// no home.
func defaultState() string {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "hark")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".local", "state", "hark")
	}
	return ""
}

func (s *settings) stateOption() option.Option {
	return option.Option{Name: "state", Env: "HARK_STATE", Usage: "directory of the development authority, of issued certificates, of secrets, of events that are being observed and of what is up", Value: option.Text(&s.State, "directory")}
}

// gatewayOptions are those of up and serve.
func (s *settings) gatewayOptions() []option.Option {
	return append([]option.Option{
		{Name: "listen", Env: "HARK_LISTEN", Usage: "address of the operator's HTTP listener: functions, the API that deploys, metrics, health", Value: option.Address(&s.Listen)},
		{Name: "https", Env: "HARK_HTTPS", Usage: "address of the public HTTPS listener: the skill, public functions", Value: option.Address(&s.HTTPS)},
		{Name: "skill-id", Env: "HARK_SKILL_IDS", Usage: "application id to serve besides those of the skill package; may be repeated", Value: option.List(&s.SkillIDs, "id", checkSkillID)},
		{Name: "skills", Env: "HARK_SKILLS", Usage: "directory of skills, each a subdirectory; changes of them take effect at once; without DIR, no others are served", Value: option.Text(&s.Skills, "directory")},
		{Name: "voice-timeout", Env: "HARK_VOICE_TIMEOUT", Usage: "time from the arrival of a voice request to its answer", Value: option.Duration(&s.VoiceTimeout, 100*time.Millisecond, time.Minute)},
		{Name: "function-timeout", Env: "HARK_FUNCTION_TIMEOUT", Usage: "time that a call of /function may take", Value: option.Duration(&s.FunctionTimeout, 100*time.Millisecond, 24*time.Hour)},
		{Name: "progress-after", Env: "HARK_PROGRESS_AFTER", Usage: "time that a function labelled hark.progress may take until the label is said", Value: option.Duration(&s.ProgressAfter, 100*time.Millisecond, time.Minute)},
		{Name: "max-body", Env: "HARK_MAX_BODY", Usage: "largest body of a call of /function, and largest answer", Value: option.Bytes(&s.MaxBody, 1, 1<<40)},
		{Name: "replays", Env: "HARK_REPLAYS", Usage: "what becomes of a voice request that was here before", Value: option.Choice(&s.Replays, replaysRefuse, replaysAllow)},
		{Name: "max-inflight", Env: "HARK_MAX_INFLIGHT", Usage: "requests under way at once, those to /system apart; others get 503", Value: option.Int(&s.MaxInflight, 2, 1<<20)},
		{Name: "voice-reserve", Env: "HARK_VOICE_RESERVE", Usage: "how many of these are for voice alone", Value: option.Int(&s.VoiceReserve, 1, 1<<20)},
		{Name: "max-calls", Env: "HARK_MAX_CALLS", Usage: "calls of one /function under way at once, voice apart, unless its label hark.inflight says otherwise; others get 429", Value: option.Int(&s.MaxCalls, 1, 1<<20)},
		{Name: "max-signed", Env: "HARK_MAX_SIGNED", Usage: "memory for the bodies of webhooks, which are held until they are verified", Value: option.Bytes(&s.MaxSigned, 64<<10, 1<<40)},
		{Name: "min-memory", Env: "HARK_MIN_MEMORY", Usage: "memory that has to be available for calls of /function to be taken, others get 503; 0 takes them always", Value: option.Bytes(&s.MinMemory, 0, 1<<40)},
		{Name: "drain-time", Env: "HARK_DRAIN_TIME", Usage: "time for requests under way to finish when hark is told to stop", Value: option.Duration(&s.DrainTime, 0, time.Hour)},
		{Name: "basic-auth-user-file", Env: "HARK_BASIC_AUTH_USER_FILE", Usage: "file of the user of the operator's API; without it, /run/secrets/basic-auth-user if that is there", Value: option.Text(&s.BasicAuthUserFile, "file")},
		{Name: "basic-auth-password-file", Env: "HARK_BASIC_AUTH_PASSWORD_FILE", Usage: "file of that user's password; without it, /run/secrets/basic-auth-password if that is there", Value: option.Text(&s.BasicAuthPasswordFile, "file")},
		{Name: "token-file", Env: "HARK_TOKEN_FILE", Usage: "file of bearer tokens for the operator's API, one a line; # begins a comment", Value: option.Text(&s.TokenFile, "file")},
		{Name: "log-format", Env: "HARK_LOG_FORMAT", Usage: "form of the log on stderr", Value: option.Choice(&s.LogFormat, "json", "text")},
	}, s.Traces.options()...)
}

func (s *settings) upOptions() []option.Option {
	return append(s.gatewayOptions(), s.stateOption())
}

func (s *settings) serveOptions() []option.Option {
	return append(append(s.gatewayOptions(), s.publicOptions()...),
		s.stateOption(),
		option.Option{Name: "engine", Env: "HARK_ENGINE", Usage: "where functions run", Value: option.Choice(&s.Engine, engineLocal, engineSwarm)},
		option.Option{Name: "network", Env: "HARK_NETWORK", Usage: "overlay network whose services are functions, of the engine swarm", Value: option.Text(&s.Network, "name")},
		option.Option{Name: "dev-authority", Env: "HARK_DEV_AUTHORITY", Usage: "also trust requests signed by this development authority, its authority.pem", Value: option.Text(&s.DevAuthority, "file")},
	)
}

// publicOptions are those of what the internet reaches.
func (s *settings) publicOptions() []option.Option {
	return []option.Option{
		{Name: "tls-cert", Env: "HARK_TLS_CERT", Usage: "PEM file of the HTTPS certificate and its intermediates; taken up anew when it changes", Value: option.Text(&s.TLSCert, "file")},
		{Name: "tls-key", Env: "HARK_TLS_KEY", Usage: "PEM file of the certificate's key", Value: option.Text(&s.TLSKey, "file")},
		{Name: "public-name", Env: "HARK_PUBLIC_NAME", Usage: "domain by which Amazon connects, which the certificate has to be for; may be repeated", Value: option.List(&s.PublicNames, "domain", checkDomain)},
		{Name: "acme", Env: "HARK_ACME", Usage: "in place of --tls-cert: the authority that issues a certificate for each --public-name: letsencrypt, letsencrypt-staging, or the https:// address of an ACME directory", Value: option.Text(&s.ACME.Authority, "authority")},
		{Name: "acme-agree", Env: "HARK_ACME_AGREE", Usage: "agree to that authority's terms of service", Value: option.Switch(&s.ACME.Agree)},
		{Name: "acme-email", Env: "HARK_ACME_EMAIL", Usage: "address by which that authority can reach you; not needed", Value: option.Text(&s.ACME.Email, "address")},
		{Name: "acme-http", Env: "HARK_ACME_HTTP", Usage: "address of a listener for challenges of HTTP-01, to which port 80 of the domain leads; without it TLS-ALPN-01 is used, by --https", Value: option.Address(&s.ACME.HTTP)},
		{Name: "acme-roots", Env: "HARK_ACME_ROOTS", Usage: "PEM file of the authorities that that authority's own HTTPS is trusted by; without it, the system's", Value: option.Text(&s.ACME.Roots, "file")},
		{Name: "http", Env: "HARK_HTTP", Usage: "address of a public listener over HTTP, for the proxies of --trusted-proxies only; without a certificate, in place of --https", Value: option.Address(&s.HTTP)},
		{Name: "trusted-proxies", Env: "HARK_TRUSTED_PROXIES", Usage: "network of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, such as 10.0.0.0/8; may be repeated", Value: option.List(&s.TrustedProxies, "network", forwarded.Check)},
		{Name: "max-connections", Env: "HARK_MAX_CONNECTIONS", Usage: "connections that a public listener has at once, a quarter of them for one client; idle ones make room for others", Value: option.Int(&s.MaxConnections, 1, 1_000_000)},
	}
}

// clientOptions are those of say and send.
func (s *settings) clientOptions() []option.Option {
	return []option.Option{
		{Name: "url", Env: "HARK_URL", Usage: "the skill endpoint; without it, that of the hark that is up here", Value: option.Text(&s.URL, "url")},
		{Name: "skill", Env: "HARK_SKILL", Usage: "the skill, of several, by the name of its directory", Value: option.Text(&s.Skill, "name")},
		s.stateOption(),
	}
}

func (s *settings) sayOptions() []option.Option {
	return append([]option.Option{
		{Name: "intent", Usage: "name the intent instead of saying an utterance; SLOT=VALUE arguments fill its slots", Value: option.Text(&s.Intent, "name")},
		{Name: "locale", Env: "HARK_LOCALE", Usage: "what the device is set to; without it, en-US or else the first that the skill has", Value: option.Text(&s.Locale, "locale")},
		{Name: "dir", Env: "HARK_DIR", Usage: "directory of the skill package and of its application id; without it, that of the hark that is up here", Value: option.Text(&s.Dir, "directory")},
		{Name: "json", Usage: "print each request and its response", Value: option.Switch(&s.JSON)},
		{Name: "why", Usage: "tell how the utterance was understood, and what else it could have been", Value: option.Switch(&s.Why)},
		{Name: "screen", Usage: "the device has a screen", Value: option.Switch(&s.Screen)},
		{Name: "person", Usage: "whose voice is recognised, such as ada", Value: option.Text(&s.Person, "name")},
		{Name: "location", Usage: "where the device is, such as 48.14,11.58", Value: option.Text(&s.Location, "latitude,longitude")},
		{Name: "access-token-file", Env: "HARK_ACCESS_TOKEN_FILE", Usage: "file of the access token of a linked account", Value: option.Text(&s.AccessTokenFile, "file")},
		{Name: "consent", Usage: "the person has given the permissions that the skill asks for", Value: option.Switch(&s.Consent)},
		{Name: "speak", Usage: "speak what Alexa says, by espeak-ng", Value: option.Switch(&s.Speak)},
		{Name: "at", Usage: "the time by which dates are understood, such as 2026-03-04T10:00:00+01:00; without it, now", Value: option.Text(&s.At, "time")},
	}, s.clientOptions()...)
}

func (s *settings) sendOptions() []option.Option {
	return append([]option.Option{
		{Name: "as-is", Usage: "leave the envelope untouched, its old timestamp and id too", Value: option.Switch(&s.AsIs)},
	}, s.clientOptions()...)
}

var skillIDForm = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

func checkSkillID(id string) error {
	if !skillIDForm.MatchString(id) {
		return fmt.Errorf("%q is not an application id, such as amzn1.ask.skill.…", id)
	}
	return nil
}

var domainForm = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$`)

func checkDomain(name string) error {
	if !domainForm.MatchString(name) {
		return fmt.Errorf("%q is not a domain, such as skill.example.org, without https:// and path", name)
	}
	return nil
}

// authorityDir is where the development authority lives.
func (s *settings) authorityDir() (string, error) {
	if s.State == "" {
		return "", hinted{fmt.Errorf("there is no home directory to keep hark's state in"), "Name a directory with --state or HARK_STATE."}
	}
	return filepath.Join(s.State, "authority"), nil
}

// doorSecrets are those that the gateway itself reads: the local engine's, or on
// a Swarm the gateway's own, as Docker shows a secret to whom it was given only.
func (s *settings) doorSecrets() *door.Secrets {
	if s.Engine == engineSwarm {
		return door.NewSecrets(dockerSecrets, "give it to the gateway too: docker service update --secret-add NAME hark_gateway")
	}
	return door.NewSecrets(s.secretsDir(), "write its value to the file "+filepath.Join(s.secretsDir(), "NAME")+", or have a hark that is up do it: hark secret create NAME")
}

// secretsDir is where the local engine keeps secrets; empty if there is nowhere.
func (s *settings) secretsDir() string {
	if s.State == "" {
		return ""
	}
	return filepath.Join(s.State, "secrets")
}
