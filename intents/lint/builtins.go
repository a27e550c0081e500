package lint

import (
	"maps"
	"slices"
	"strings"
)

// builtinTypes are Amazon's slot types by the lower case of their names.
var builtinTypes = make(map[string]string)

func init() {
	for name := range strings.FieldsSeq(`DATE TIME DURATION NUMBER FOUR_DIGIT_NUMBER Ordinal PhoneNumber SearchQuery AlphaNumeric LITERAL
		Actor AdministrativeArea AggregateRating Airline Airport Anaphor Animal Artist AT_CITY AT_REGION Athlete Author
		Book BookSeries BroadcastChannel CivicStructure City Color Comic Corporation Country CreativeWorkType
		DayOfWeek DE_CITY DE_FIRST_NAME DE_REGION Dessert DeviceType Director Drink EducationalOrganization ES_CITY EUROPE_CITY EventType
		Festival FictionalCharacter FinancialService FirstName Food FoodEstablishment Game Genre GB_CITY GB_FIRST_NAME GB_REGION
		IN_CITY IN_REGION Intangible Landform LandmarksOrHistoricalBuildings Language LocalBusiness LocalBusinessType
		MedicalOrganization Month Movie MovieSeries MovieTheater MusicAlbum MusicCreativeWorkType MusicEvent MusicGroup
		Musician MusicPlaylist MusicRecording MusicVenue MusicVideo Organization Person PostalAddress Professional
		ProfessionalType RadioChannel Region RelativePosition Residence Room ScreeningEvent Script Service SocialMediaPlatform
		SoftwareApplication SoftwareGame Sport SportsEvent SportsTeam StreetAddress StreetName TelevisionChannel TVEpisode
		TVSeason TVSeries US_CITY US_FIRST_NAME US_LAST_NAME US_STATE VideoGame VisualModeTrigger WeatherCondition
		WrittenCreativeWorkType`) {
		builtinTypes[strings.ToLower(vendor+name)] = vendor + name
	}
}

func builtinTypeNames() []string { return slices.Sorted(maps.Values(builtinTypes)) }
