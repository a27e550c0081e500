package slottype

import (
	"slices"
	"strings"
	"sync"
)

// valueTypes are the types that Alexa turns into a value of a fixed form.
var valueTypes = map[string]kind{
	"NUMBER": number, "FOUR_DIGIT_NUMBER": fourDigits, "Ordinal": ordinal,
	"DATE": date, "TIME": clockTime, "DURATION": duration,
	"PhoneNumber": phone, "AlphaNumeric": alphaNumeric,
	"SearchQuery": phrase, "LITERAL": phrase, // LITERAL is older than SearchQuery
	"DayOfWeek": closed, "Month": closed,
}

// listTypes are Amazon's lists of words; after a colon the list of this package
// that a list shares with others.
const listTypes = `Actor:Person AdministrativeArea:Region AggregateRating Airline Airport Anaphor Animal Artist:Person
	Athlete:Person Author:Person Book BookSeries BroadcastChannel City CivicStructure Color Comic Corporation Country
	CreativeWorkType Dessert:Food DeviceType Director:Person Drink EducationalOrganization EventType Festival
	FictionalCharacter FinancialService FirstName Food FoodEstablishment Game Genre Intangible Landform
	LandmarksOrHistoricalBuildings Language LocalBusiness LocalBusinessType MedicalOrganization Movie MovieSeries
	MovieTheater MusicAlbum MusicCreativeWorkType MusicEvent MusicGroup Musician:Person MusicPlaylist MusicRecording
	MusicVenue MusicVideo Organization Person PostalAddress Professional ProfessionalType RadioChannel Region
	RelativePosition Residence Room ScreeningEvent Script Service SocialMediaPlatform SoftwareApplication SoftwareGame Sport
	SportsEvent SportsTeam StreetAddress StreetName TelevisionChannel TVEpisode TVSeason TVSeries VideoGame
	VisualModeTrigger WeatherCondition WrittenCreativeWorkType
	EUROPE_CITY:City US_STATE:Region`

// regional are the lists that there are by country, as US_CITY, DE_FIRST_NAME.
var regional = map[string]string{"CITY": "City", "REGION": "Region", "FIRST_NAME": "FirstName", "LAST_NAME": "LastName"}

// types holds every type by its name in capitals, without "AMAZON.".
var types = sync.OnceValue(func() map[string]Type {
	all := make(map[string]Type)
	for name, k := range valueTypes {
		all[strings.ToUpper(name)] = Type{name: "AMAZON." + name, kind: k, list: name}
	}
	for field := range strings.FieldsSeq(listTypes) {
		name, of, shared := strings.Cut(field, ":")
		if !shared {
			of = name
		}
		all[strings.ToUpper(name)] = Type{name: "AMAZON." + name, kind: list, list: of}
	}
	return all
})

// Lookup finds a type by its name in any case, "AMAZON." left out or not, as
// models older than that prefix write it.
func Lookup(name string) (Type, bool) {
	short := strings.TrimPrefix(strings.ToUpper(name), "AMAZON.")
	if t, ok := types()[short]; ok {
		return t, true
	}
	country, rest, _ := strings.Cut(short, "_")
	of, ok := regional[rest]
	if !ok || len(country) != 2 || country[0] < 'A' || country[0] > 'Z' || country[1] < 'A' || country[1] > 'Z' {
		return Type{}, false
	}
	return Type{name: "AMAZON." + short, kind: list, list: of}, true
}

// Names lists the names of all types in order; besides these there are XX_CITY,
// XX_REGION, XX_FIRST_NAME and XX_LAST_NAME for any country XX.
func Names() []string {
	var names []string
	for _, t := range types() {
		names = append(names, t.name)
	}
	slices.Sort(names)
	return names
}
