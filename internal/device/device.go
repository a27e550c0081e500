package device

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Device is an Echo on which a skill is enabled, and who speaks to it.
type Device struct {
	// SkillID is the application id that requests are for.
	SkillID string
	// Locale is what the device is set to.
	Locale string
	// Endpoint and Token are of Alexa's API, such as Directives has; empty are
	// Amazon's and one that is good for nothing.
	Endpoint, Token string

	// Screen: the device shows what a skill sends of Alexa Presentation Language.
	Screen bool
	// Person is whose voice was recognised, by a name of the caller's choice.
	Person string
	// Location is where the device is, if it tells.
	Location *Location
	// AccessToken is of the account that the person has linked.
	AccessToken string
	// Consent: the person has given the permissions that the skill asks for.
	Consent bool
}

// Location is a place on the earth, in degrees.
type Location struct{ Latitude, Longitude float64 }

// ParseLocation reads "LATITUDE,LONGITUDE".
func ParseLocation(text string) (*Location, error) {
	var l Location
	first, second, ok := strings.Cut(text, ",")
	var err error
	if l.Latitude, err = strconv.ParseFloat(strings.TrimSpace(first), 64); err == nil {
		l.Longitude, err = strconv.ParseFloat(strings.TrimSpace(second), 64)
	}
	if !ok || err != nil || !(abs(l.Latitude) <= 90 && abs(l.Longitude) <= 180) {
		return nil, errors.New("want LATITUDE,LONGITUDE in degrees, such as 48.14,11.58")
	}
	return &l, nil
}

func abs(x float64) float64 { return max(x, -x) }

// DevelopmentID is the application id of a skill that Amazon does not know.
const DevelopmentID = "amzn1.ask.skill.00000000-0000-4000-8000-000000000000"

// amazonAPI is Alexa's own.
const amazonAPI = "https://api.amazonalexa.com"

type object = map[string]any

func (d Device) application() object { return object{"applicationId": d.SkillID} }

// user is the account that the device belongs to.
func (d Device) user() object {
	user := object{"userId": "amzn1.ask.account.HARKDEVELOPMENT"}
	if d.AccessToken != "" {
		user["accessToken"] = d.AccessToken
	}
	if d.Consent {
		user["permissions"] = object{"consentToken": cmp.Or(d.Token, developmentToken)}
	}
	return user
}

const developmentToken = "hark-development"

// context is the state of the device.
func (d Device) context(now time.Time) object {
	system := object{
		"application":    d.application(),
		"user":           d.user(),
		"device":         object{"deviceId": "amzn1.ask.device.HARKDEVELOPMENT", "supportedInterfaces": d.interfaces()},
		"apiEndpoint":    cmp.Or(d.Endpoint, amazonAPI),
		"apiAccessToken": cmp.Or(d.Token, developmentToken),
	}
	if d.Person != "" {
		system["person"] = object{"personId": "amzn1.ask.person." + strings.TrimPrefix(d.Person, "amzn1.ask.person.")}
	}
	context := object{"System": system, "AudioPlayer": object{"playerActivity": "IDLE", "offsetInMilliseconds": 0}}
	if d.Screen {
		context["Viewport"], context["Viewports"] = viewport, viewports
	}
	if d.Location != nil {
		context["Geolocation"] = d.geolocation(now)
	}
	return context
}

func (d Device) interfaces() object {
	all := object{"AudioPlayer": object{}}
	if d.Screen {
		all["Alexa.Presentation.APL"] = object{"runtime": object{"maxVersion": "2024.3"}}
	}
	if d.Location != nil {
		all["Geolocation"] = object{}
	}
	return all
}

// accuracy is what a phone out of doors reaches, in metres.
const accuracy = 10

func (d Device) geolocation(now time.Time) object {
	degrees := func(f float64) json.Number { return json.Number(strconv.FormatFloat(f, 'f', -1, 64)) }
	return object{
		"timestamp": now.UTC().Format(time.RFC3339),
		"locationServices": object{
			"access": "ENABLED",
			"status": "RUNNING",
		},
		"coordinate": object{
			"latitudeInDegrees":  degrees(d.Location.Latitude),
			"longitudeInDegrees": degrees(d.Location.Longitude),
			"accuracyInMeters":   accuracy,
		},
	}
}

// The screen is an Echo Show's of eight inches.
const (
	screenWidth, screenHeight, screenDPI = 1280, 800, 160
	screenArcWidth, screenArcHeight      = 246, 144
)

var (
	codecs   = object{"codecs": []string{"H_264_42", "H_264_41"}}
	viewport = object{
		"experiences": []any{object{"arcMinuteWidth": screenArcWidth, "arcMinuteHeight": screenArcHeight, "canRotate": false, "canResize": false}},
		"mode":        "HUB", "shape": "RECTANGLE", "dpi": screenDPI,
		"pixelWidth": screenWidth, "pixelHeight": screenHeight, "currentPixelWidth": screenWidth, "currentPixelHeight": screenHeight,
		"touch": []string{"SINGLE"}, "video": codecs,
	}
	viewports = []any{object{
		"type": "APL", "id": "main", "shape": "RECTANGLE", "dpi": screenDPI, "presentationType": "STANDARD", "canRotate": false,
		"configuration": object{"current": object{
			"mode": "HUB", "video": codecs,
			"size": object{"type": "DISCRETE", "pixelWidth": screenWidth, "pixelHeight": screenHeight},
		}},
	}}
)

// String is how an option shows the location.
func (l *Location) String() string {
	if l == nil {
		return ""
	}
	return fmt.Sprintf("%v,%v", l.Latitude, l.Longitude)
}
