package slottype

var dutch = grammar{
	cardinals: `0 nul 1 één een 2 twee 3 drie 4 vier 5 vijf 6 zes 7 zeven 8 acht 9 negen 10 tien 11 elf 12 twaalf 13 dertien
		14 veertien 15 vijftien 16 zestien 17 zeventien 18 achttien 19 negentien
		20/1 twintig 30/1 dertig 40/1 veertig 50/1 vijftig 60/1 zestig 70/1 zeventig 80/1 tachtig 90/1 negentig
		100* honderd 1000^ duizend 1000000^ miljoen 1000000000^ miljard`,
	ordinalEndings: "e de ste",
	joins:          "en", joinRoom: 100, unitsFirst: true,
	infixes: "1000 duizend 100 honderd", glue: "en",
	tails:     "ste",
	compounds: dutchCompounds, compoundOrdinals: dutchOrdinals,
	digits: "0 nul", thousands: ".",
	pairs: true,

	months: `1 = januari
		2 = februari
		3 = maart
		4 = april
		5 = mei
		6 = juni
		7 = juli
		8 = augustus
		9 = september
		10 = oktober
		11 = november
		12 = december`,
	weekdays: daysWithParts("maandag dinsdag woensdag donderdag vrijdag zaterdag zondag", "ochtend middag avond"),
	seasons: `WI = winter
		SP = lente | voorjaar
		SU = zomer
		FA = herfst | najaar`,
	parts: `am = 's ochtends | 's morgens | in de (ochtend|morgen) | vanochtend | vanmorgen
		pm = 's middags | 's avonds | in de (middag|avond) | vanmiddag | vanavond
		night = 's nachts | in de nacht | vannacht`,
	units: `Y = jaar | jaren
		M = maand | maanden
		W = week | weken
		D = dag | dagen
		H = uur | uren
		N = minuut | minuten | min
		S = seconde | seconden | sec`,

	dates: `now = nu | op dit moment
		day = vandaag | vanochtend | vanmorgen | vanmiddag | vanavond | vannacht
		day+1 = morgen [ochtend|middag|avond] | morgenochtend | morgenmiddag | morgenavond
		day+2 = overmorgen
		day-1 = gisteren | gisterochtend | gistermiddag | gisteravond | gisternacht
		day-2 = eergisteren
		day+n = over {n} (dag|dagen)
		day-n = {n} (dag|dagen) geleden
		day+7n = over {n} (week|weken)
		day-7n = {n} (week|weken) geleden
		addmonth+n = over {n} (maand|maanden)
		addmonth-n = {n} (maand|maanden) geleden
		addmonth+12n = over {n} jaar
		addmonth-12n = {n} jaar geleden
		date = {day} {month no} {year}
		date = [{weekday}] [de|op] {day} {month} [{year}]
		dayofmonth = de {nth} [van deze maand]
		dayofmonth+1 = de {nth} van volgende maand
		weekday = [op|deze|aanstaande|komende] {weekday}
		nextweekday = volgende [week] {weekday} | {weekday} volgende week
		weekday-1 = (afgelopen|vorige) {weekday}
		week = deze week
		week+1 = (volgende|komende) week
		week-1 = (vorige|afgelopen) week
		weekend = [dit|het|in het|komend] weekend
		weekend+1 = [het] volgend weekend
		weekend-1 = (vorig|afgelopen) weekend
		month = deze maand
		month+1 = (volgende|komende) maand
		month-1 = (vorige|afgelopen) maand
		monthof = [in|deze] {month} [{year}]
		monthof+1 = volgende {month}
		monthof-1 = (vorige|afgelopen) {month}
		year = dit jaar | [in|het jaar] {year}
		year+1 = [het] (volgend|komend) jaar
		year-1 = (vorig|afgelopen) jaar
		decade = dit decennium
		decadeof = [de] jaren {n}
		season = [deze|dit|de|in de] {season} [{year}]
		season+1 = (volgende|komende) {season}
		season-1 = (vorige|afgelopen) {season}
		quarter = dit kwartaal
		quarter+1 = volgend kwartaal
		quarter-1 = vorig kwartaal
		quarterof = [het] {quarter} kwartaal [[van] {year}]`,

	times: `at+720 = twaalf uur 's middags
		at = middernacht
		clock = {part} om {clock} [uur] | {part} om {hour} [uur] | {part} om {hour} uur {minute}
		clock = [om] {clock} [uur] [{part}] | [om] {hour} [uur] [{part}] | [om] {hour} uur {minute} [{part}] | [om] {hour} {mm} [{part}]
		clock-30 = [om] half {hour} [{part}]
		clock+15 = [om] kwart over {hour} [{part}]
		clock-15 = [om] kwart voor {hour} [{part}]
		clock+n = [om] {minute} [minuten] over {hour} [{part}]
		clock-n = [om] {minute} [minuten] voor {hour} [{part}]
		clock-30+n = [om] {minute} [minuten] over half {hour} [{part}]
		clock-30-n = [om] {minute} [minuten] voor half {hour} [{part}]
		MO = [de|in de] ochtend | 's ochtends | 's morgens | vanochtend | vanmorgen
		AF = [de|in de] middag | 's middags | vanmiddag
		EV = [de|in de] avond | 's avonds | vanavond
		NI = [de|in de] nacht | 's nachts | vannacht`,

	durations: `of = {n} {unit}
		of+2 = [een] (half|halve) {unit}
		of+2 = {n} en een (half|halve) {unit}
		of+6 = anderhalf {unit} | anderhalve {unit}
		hours+1 = [een] kwartier
		hours+3 = drie kwartier`,
}

var dutchUnits = [...]string{"", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf", "dertien",
	"veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien"}

var dutchTens = [...]string{"", "", "twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"}

// dutchCompounds are the numerals of tens and units: eenentwintig.
func dutchCompounds() map[string]int64 {
	all := make(map[string]int64)
	for n := int64(21); n < 100; n++ {
		and := "en"
		if u := n % 10; u == 2 || u == 3 {
			and = "ën"
		}
		if n%10 != 0 {
			all[dutchUnits[n%10]+and+dutchTens[n/10]] = n
		}
	}
	return all
}

// dutchOrdinals are eerste, tweede, twintigste and so on.
func dutchOrdinals() map[string]int64 {
	all := map[string]int64{"eerste": 1, "derde": 3, "achtste": 8, "honderdste": 100, "duizendste": 1000}
	for n := int64(2); n < 20; n++ {
		if n != 3 && n != 8 {
			all[dutchUnits[n]+"de"] = n
		}
	}
	for tens := int64(20); tens < 100; tens += 10 {
		all[dutchTens[tens/10]+"ste"] = tens
	}
	for word, n := range dutchCompounds() {
		all[word+"ste"] = n
	}
	return all
}
