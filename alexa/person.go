package alexa

import (
	"cmp"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Context is what hark reads of the state of the device.
type Context struct {
	System struct {
		Application struct {
			ApplicationID string `json:"applicationId"`
		} `json:"application"`
		User           User   `json:"user"`
		Person         Person `json:"person"`
		Device         Device `json:"device"`
		APIEndpoint    string `json:"apiEndpoint"`
		APIAccessToken string `json:"apiAccessToken"`
	} `json:"System"`
	Geolocation Geolocation `json:"Geolocation"`
}

// User is an account as the skill sees it, what it has linked, and what it
// allows.
type User struct {
	UserID      string      `json:"userId"`
	AccessToken string      `json:"accessToken"`
	Permissions Permissions `json:"permissions"`
}

// Permissions are what the user has consented to.
type Permissions struct {
	ConsentToken string `json:"consentToken"`
}

// Person is who speaks, when Alexa knows the voice.
type Person struct {
	PersonID    string `json:"personId"`
	AccessToken string `json:"accessToken"`
}

// Device is what the person speaks to.
type Device struct {
	DeviceID string `json:"deviceId"`
	// Interfaces are nil when the request does not tell them.
	Interfaces map[string]Interface `json:"supportedInterfaces"`
}

// Interface is one that a device has; what it can do there hark does not read.
type Interface struct{}

// UnmarshalJSON never fails; see leniently.
func (*Interface) UnmarshalJSON([]byte) error { return nil }

// Geolocation is where the device is, of a device that moves. The numbers are
// as they were received; empty ones were not.
type Geolocation struct {
	Coordinate struct {
		Latitude  number `json:"latitudeInDegrees"`
		Longitude number `json:"longitudeInDegrees"`
		Accuracy  number `json:"accuracyInMeters"`
	} `json:"coordinate"`
}

// number is a JSON number as it was received.
type number string

// UnmarshalJSON leaves out what is no number.
func (n *number) UnmarshalJSON(value []byte) error {
	if jsontext.Value(value).Kind() == '0' {
		*n = number(value)
	}
	return nil
}

// leniently decodes what hark itself decides nothing by: it is read so that
// functions need not. A value of a wrong type in it is left out with what comes
// after it in its part, and no reason to refuse a person's request.
func leniently(value []byte, into any) error {
	_ = json.Unmarshal(value, into, lenient...)
	return nil
}

// UnmarshalJSON never fails; see leniently.
func (p *Permissions) UnmarshalJSON(value []byte) error {
	type plain Permissions
	return leniently(value, (*plain)(p))
}

// UnmarshalJSON never fails; see leniently.
func (p *Person) UnmarshalJSON(value []byte) error {
	type plain Person
	return leniently(value, (*plain)(p))
}

// UnmarshalJSON never fails; see leniently.
func (d *Device) UnmarshalJSON(value []byte) error {
	type plain Device
	return leniently(value, (*plain)(d))
}

// UnmarshalJSON never fails; see leniently.
func (g *Geolocation) UnmarshalJSON(value []byte) error {
	type plain Geolocation
	return leniently(value, (*plain)(g))
}

// Position is "latitude,longitude,accuracy in metres" as received, without the
// accuracy if that is not known, or empty.
func (g Geolocation) Position() string {
	c := g.Coordinate
	if c.Latitude == "" || c.Longitude == "" {
		return ""
	}
	at := string(c.Latitude + "," + c.Longitude)
	if c.Accuracy != "" {
		at += "," + string(c.Accuracy)
	}
	return at
}

// UserID is the account as this skill sees it, or empty. Old requests have it
// in the session alone; so it is with the tokens.
func (r *Request) UserID() string {
	return cmp.Or(r.Context.System.User.UserID, r.Session.User.UserID)
}

// AccessToken is that of the account that the user has linked, or empty.
func (r *Request) AccessToken() string {
	return cmp.Or(r.Context.System.User.AccessToken, r.Session.User.AccessToken)
}

// ConsentToken is that of the permissions that the user has given, or empty.
func (r *Request) ConsentToken() string {
	return cmp.Or(r.Context.System.User.Permissions.ConsentToken, r.Session.User.Permissions.ConsentToken)
}

// Interfaces is the set of interfaces that the device supports, such as
// "AudioPlayer", or nil when the request does not say.
func (r *Request) Interfaces() map[string]Interface { return r.Context.System.Device.Interfaces }
