package lint

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// manifest is the skill.json that is being checked.
type manifest struct {
	*document
	locales map[string]*node
	player  *node // the interface AUDIO_PLAYER
}

// interfaces are the types that Amazon knows.
var interfaces = strings.Fields(`ALEXA_ADVERTISEMENT ALEXA_CAMERA_PHOTO_CAPTURE_CONTROLLER ALEXA_CAMERA_VIDEO_CAPTURE_CONTROLLER ALEXA_DATASTORE ALEXA_DATA_STORE
	ALEXA_EXTENSION ALEXA_FILE_MANAGER_UPLOAD_CONTROLLER ALEXA_PRESENTATION_APL ALEXA_PRESENTATION_HTML ALEXA_SEARCH APP_LINKS APP_LINKS_V2 AUDIO_PLAYER
	CAN_FULFILL_INTENT_REQUEST CUSTOM_INTERFACE GADGET_CONTROLLER GAME_ENGINE NAVIGATION RENDER_TEMPLATE VIDEO_APP`)

// checkManifest holds a skill.json against the rules.
func checkManifest(file string, text []byte) *manifest {
	m := &manifest{document: read(file, text), locales: make(map[string]*node)}
	if m.root == nil {
		return m
	}
	root := m.root.get("manifest")
	if root == nil {
		root = m.root.get("skillManifest") // of the older layout
	}
	if root == nil || root.kind != '{' {
		m.find(m.root, InvalidManifestSchema, `put the manifest into {"manifest": …}`, `the file has no object "manifest"`)
		return m
	}
	m.checkLocales(m.part(root, '{', "publishingInformation", "locales"))
	if m.part(root, '{', "apis", "custom") != nil {
		m.checkEndpoints(root.get("apis").get("custom"))
		m.checkInterfaces(m.part(root, '[', "apis", "custom", "interfaces"))
	}
	for _, n := range m.part(root, '[', "permissions").list() {
		if n.get("name").str() == "" {
			m.find(n, InvalidManifestSchema, `add "name"`, "the permission has no name")
		}
	}
	return m
}

// part is the value at the end of a path, nil if there is none; it tells where
// one on the way is not what it has to be.
func (m *manifest) part(n *node, kind jsontext.Kind, path ...string) *node {
	for i, key := range path {
		n = n.get(key)
		want := jsontext.Kind('{')
		if i == len(path)-1 {
			want = kind
		}
		if n == nil || n.kind == 'n' {
			return nil
		}
		if n.kind != want {
			m.find(n, InvalidManifestSchema, "make it "+kindName(want), "%s is %s, not %s", named(n), kindName(n.kind), kindName(want))
			return nil
		}
	}
	return n
}

func (m *manifest) checkLocales(n *node) {
	if n == nil {
		return
	}
	for _, locale := range n.of {
		if !slices.Contains(locales, locale.key) {
			m.find(locale, UnknownLocale, m.hint(locale.key, knownLocales, "leave it out"), "Alexa has no locale %s", quote(locale.key))
			continue
		}
		m.locales[locale.key] = locale
	}
}

func (m *manifest) checkEndpoints(custom *node) {
	endpoint, regions := m.part(custom, '{', "endpoint"), m.part(custom, '{', "regions")
	if endpoint == nil && (regions == nil || len(regions.of) == 0) {
		m.find(custom, MissingEndpoint, `add "endpoint": {"uri": "https://…/alexa", "sslCertificateType": …} before a device can use it`, "Amazon is not told where the skill is")
	}
	if endpoint != nil {
		m.checkEndpoint(endpoint)
	}
	if regions == nil {
		return
	}
	for _, region := range regions.of {
		if !contains([]string{"NA", "EU", "FE"}, region.key) {
			m.find(region, InvalidEndpoint, "make it NA, EU or FE", "Amazon has no region %s", quote(region.key))
		}
		if at := m.part(region, '{', "endpoint"); at != nil {
			m.checkEndpoint(at)
		}
	}
}

func (m *manifest) checkEndpoint(n *node) {
	uri, kind := n.get("uri"), n.get("sslCertificateType")
	address := uri.str()
	if strings.HasPrefix(address, "arn:") {
		m.find(uri, LambdaEndpoint, "name hark's address here, or leave it for as long as the skill stays at Lambda", "Amazon calls a Lambda function, not hark")
		return
	}
	if address == "" {
		m.find(n, InvalidEndpoint, `add "uri": "https://…/alexa"`, "the endpoint has no address")
		return
	}
	if wrong := unreachable(address); wrong != "" {
		m.find(uri, InvalidEndpoint, "make it an address such as https://skill.example.com/alexa", "Amazon cannot call %s: %s", quote(address), wrong)
	}
	types := []string{"SelfSigned", "Wildcard", "Trusted"}
	switch {
	case kind == nil:
		m.find(n, InvalidCertificateType, `add "sslCertificateType": "Trusted" if an authority has signed the certificate for this name, "Wildcard" if for the names above it, else "SelfSigned"`,
			"the endpoint does not say what certificate it has")
	case !contains(types, kind.str()):
		m.find(kind, InvalidCertificateType, m.hint(kind.text, func() []string { return types }, "write "+strings.Join(types, " or ")), "there is no certificate type %s", quote(kind.text))
	}
}

// unreachable says why Amazon cannot call an address, empty if it can.
func unreachable(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "":
		return "it is no address"
	case u.Scheme != "https":
		return "it is not https"
	case u.Port() != "" && u.Port() != "443":
		return "it calls port 443 only"
	}
	ip := net.ParseIP(u.Hostname())
	switch {
	case ip != nil && (ip.IsPrivate() || ip.IsLoopback() || ip.IsUnspecified()), u.Hostname() == "localhost", strings.HasSuffix(u.Hostname(), ".local"):
		return "it is not on the internet"
	case ip != nil:
		return "it has a number for a name, which no certificate is for"
	}
	return ""
}

func (m *manifest) checkInterfaces(n *node) {
	seen := make(map[string]*node)
	for _, i := range n.list() {
		kind := i.get("type")
		switch first := seen[kind.str()]; {
		case kind.str() == "":
			m.find(i, InvalidManifestSchema, `add "type"`, "the interface has no type")
		case first != nil:
			m.find(kind, DuplicateInterface, "leave one out", "the interface %s is there already in line %d", quote(kind.text), m.line(first.at))
		case !contains(interfaces, kind.text):
			m.find(kind, UnknownInterface, m.hint(kind.text, func() []string { return interfaces }, "check the spelling"), "hark knows no interface %s", quote(kind.text))
		}
		seen[kind.str()] = i
	}
	m.player = seen["AUDIO_PLAYER"]
}

// holdModels tells of what the manifest and the models disagree about.
func (m *manifest) holdModels(models []*model) {
	have := make(map[string]bool)
	for _, model := range models {
		have[model.locale] = true
		if m.root != nil && len(m.locales) > 0 && m.locales[model.locale] == nil {
			model.findAt(0, ModelWithoutLocale, "add "+model.locale+` to "publishingInformation.locales" there, or remove the file`, "%s has no locale %s", m.file, model.locale)
		}
		if at := model.parts.get("languageModel").get("intents"); m.player != nil && at != nil {
			for _, name := range []string{"AMAZON.PauseIntent", "AMAZON.ResumeIntent"} {
				model.require(at, name, MissingPlayerIntent, "the skill plays audio")
			}
		}
	}
	for _, locale := range locales {
		if n := m.locales[locale]; n != nil && !have[locale] {
			m.find(n, LocaleWithoutModel, "add interactionModels/custom/"+locale+".json, or leave the locale out", "there is no model for %s", locale)
		}
	}
}

// locales are those that Alexa has.
var locales = strings.Fields(`ar-SA de-DE en-AU en-CA en-GB en-IN en-US es-ES es-MX es-US fr-CA fr-FR hi-IN it-IT ja-JP nl-NL pt-BR`)

func knownLocales() []string { return locales }
