package slottype

var german = grammar{
	cardinals: `0 null 1 eins ein eine einen einem einer eines 2 zwei zwo 3 drei 4 vier 5 fünf 6 sechs 7 sieben 8 acht 9 neun
		10 zehn 11 elf 12 zwölf 13 dreizehn 14 vierzehn 15 fünfzehn 16 sechzehn 17 siebzehn 18 achtzehn 19 neunzehn
		20/1 zwanzig 30/1 dreißig 40/1 vierzig 50/1 fünfzig 60/1 sechzig 70/1 siebzig 80/1 achtzig 90/1 neunzig
		100* hundert 1000^ tausend 1000000^ million millionen 1000000000^ milliarde milliarden 1000000000000^ billion billionen`,
	ordinalEndings: "te ter ten",
	joins:          "und", joinRoom: 100, unitsFirst: true,
	infixes: "1000 tausend 100 hundert", glue: "und",
	tails:     "ste ster sten stes stem stens",
	compounds: germanCompounds, compoundOrdinals: germanOrdinals,
	digits: "0 null", thousands: ".",

	months: `1 = januar | jänner | januars
		2 = februar | feber
		3 = märz
		4 = april
		5 = mai
		6 = juni | juno
		7 = juli | julei
		8 = august
		9 = september
		10 = oktober
		11 = november
		12 = dezember`,
	weekdays: daysWithParts("montag dienstag mittwoch donnerstag freitag samstag sonntag", "morgen vormittag mittag nachmittag abend") + "6 = sonnabend\n",
	seasons: `WI = winter
		SP = frühling | frühjahr
		SU = sommer
		FA = herbst`,
	parts: `am = morgens | früh | [in der|am] früh | am (morgen|vormittag) | vormittags | heute (morgen|früh|vormittag)
		pm = nachmittags | abends | mittags | nachmittag | am (nachmittag|abend|mittag) | heute (nachmittag|abend|mittag)
		night = nachts | in der nacht | heute nacht`,
	units: `Y = jahr | jahre | jahren
		M = monat | monate | monaten
		W = woche | wochen
		D = tag | tage | tagen
		H = stunde | stunden | std
		N = minute | minuten | min
		S = sekunde | sekunden | sek`,

	dates: `now = jetzt | gerade | im moment | im augenblick
		day = heute [morgen|früh|vormittag|mittag|nachmittag|abend|nacht] | diese nacht
		day+1 = morgen [früh|vormittag|mittag|nachmittag|abend|nacht]
		day+2 = übermorgen
		day-1 = gestern [morgen|früh|vormittag|mittag|nachmittag|abend|nacht]
		day-2 = vorgestern
		day+n = in {n} (tag|tage|tagen) | heute in {n} tagen
		day-n = vor {n} (tag|tagen)
		day+7n = in {n} (woche|wochen)
		day+7 = heute in einer woche
		day+8 = morgen in einer woche
		weekdayin+1 = [am] {weekday} in einer woche
		day-7n = vor {n} (woche|wochen)
		addmonth+n = in {n} (monat|monaten)
		addmonth-n = vor {n} (monat|monaten)
		addmonth+12n = in {n} (jahr|jahren)
		addmonth-12n = vor {n} (jahr|jahren)
		date = {day} {month no} {year} | [den|der|dem|am] {nth} {month th} {year} | (den|der|dem|am) {nth} {month th}
		date = [{weekday}] [den|der|dem|am] {day} {month} [{year}] | [den|der|dem|am] {nth} {month no} [{year}]
		date+1 = [den|der|dem|am] {day} {month} nächstes jahr
		date-1 = [den|der|dem|am] {day} {month} letztes jahr
		dayofmonth = [{weekday}] (den|der|dem|am) {nth} | [den|der|dem|am] {nth} (dieses|des) monats
		dayofmonth+1 = [den|der|dem|am] {nth} (nächsten|des nächsten) monats
		weekday = [am|diesen|dieser|an diesem|kommenden|kommender|am kommenden|der] {weekday} [morgen|früh|vormittag|mittag|nachmittag|abend]
		nextweekday = (nächsten|nächster|nächste) {weekday} | {weekday} nächste woche
		weekday-1 = (letzten|letzter|vergangenen|vorigen) {weekday}
		week = (diese|dieser|die aktuelle|die laufende) woche
		week+1 = (nächste|nächster|kommende|kommender) woche
		week+2 = übernächste woche
		week-1 = (letzte|letzter|vorige|vergangene) woche
		weekend = [dieses|das|am|an diesem|diesem] wochenende
		weekend+1 = (nächstes|nächsten|kommendes|am nächsten) wochenende
		weekend-1 = (letztes|letzten|am letzten|vergangenes) wochenende
		month = (dieser|diesen|diesem) monat | diesen monat
		month+1 = (nächster|nächsten|kommenden) monat
		month+2 = (übernächster|übernächsten) monat
		month-1 = (letzter|letzten|vorigen|vergangenen) monat
		monthof = [im|diesen|diesem|monat] {month} [{year}]
		monthof+1 = (nächsten|nächster) {month}
		monthof-1 = (letzten|letzter) {month}
		year = (dieses|in diesem|diesem) jahr | [im jahr|das jahr|im jahre] {year}
		year+1 = (nächstes|nächsten|im nächsten|kommendes) jahr
		year+2 = übernächstes jahr
		year-1 = (letztes|letzten|im letzten|voriges|vergangenes) jahr
		decade = (dieses|in diesem) jahrzehnt
		decade+1 = (nächstes|im nächsten) jahrzehnt
		decade-1 = (letztes|im letzten) jahrzehnt
		decadeof = [die|den|der] {decade} [jahre|jahren]
		season = [im|diesen|dieser|diesem|der] {season} [{year}]
		season+1 = (nächsten|nächster|kommenden|nächstes) {season}
		season-1 = (letzten|letzter|letztes|vergangenen) {season}
		quarter = (dieses|in diesem) quartal
		quarter+1 = (nächstes|im nächsten) quartal
		quarter-1 = (letztes|im letzten) quartal
		quarterof = [das|im] {quarter} quartal [{year}]`,
	decades: `10 = zehner
		20 = zwanziger
		30 = dreißiger
		40 = vierziger
		50 = fünfziger
		60 = sechziger
		70 = siebziger
		80 = achtziger
		90 = neunziger`,

	times: `at+720 = [zu] mittag | mittags | zwölf uhr mittags
		at = mitternacht | [um] mitternacht
		clock = {part} um {clock} | {part} um {hour} [uhr] | {part} um {hour} uhr {minute}
		clock = [um] {clock} [uhr] [{part}] | [um|punkt] {hour} [uhr] [{part}] | [um] {hour} uhr {minute} [minuten] [{part}] | [um] {hour} {mm} [uhr] [{part}]
		clock-30 = [um] halb {hour} [{part}]
		clock+15 = [um] viertel nach {hour} [uhr] [{part}]
		clock-15 = [um] viertel vor {hour} [uhr] [{part}] | [um] dreiviertel {hour} [{part}] | drei viertel {hour} [{part}]
		clock-45 = [um] viertel {hour} [{part}]
		clock+n = [um] {minute} [minuten] nach {hour} [uhr] [{part}]
		clock-n = [um] {minute} [minuten] vor {hour} [uhr] [{part}]
		clock-30+n = [um] {minute} [minuten] nach halb {hour} [{part}]
		clock-30-n = [um] {minute} [minuten] vor halb {hour} [{part}]
		MO = [am|heute] morgen | [am|heute] vormittag | morgens | vormittags | [heute] früh
		AF = [am|heute] nachmittag | nachmittags
		EV = [am|heute] abend | abends
		NI = [in der|heute|die] nacht | nachts`,

	durations: `of = {n} {unit}
		hoursof = {n} (stunde|stunden) {mm}
		of+2 = [eine|einer|ein|einem] (halbe|halber|halbes|halben) {unit}
		hours+1 = [eine|einer] (viertelstunde|viertel stunde)
		hours+3 = [eine|einer] (dreiviertelstunde|dreiviertel stunde|drei viertel stunden|dreiviertel stunden)
		of+6 = (eineinhalb|anderthalb) {unit}
		of+2 = {n} (einhalb|und eine halbe|und ein halbes|und einen halben) {unit}
		of+10 = zweieinhalb {unit}
		of+14 = dreieinhalb {unit}
		of+18 = viereinhalb {unit}
		of+22 = fünfeinhalb {unit}`,
}

var germanUnits = [...]string{"", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf",
	"dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"}

var germanTens = [...]string{"", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"}

// germanCompounds are the numerals of tens and units: einundzwanzig.
func germanCompounds() map[string]int64 {
	all := make(map[string]int64)
	for n := int64(21); n < 100; n++ {
		if n%10 != 0 {
			all[germanUnits[n%10]+"und"+germanTens[n/10]] = n
		}
	}
	return all
}

// germanOrdinals are dritte, zwanzigster, einundzwanzigsten and so on.
func germanOrdinals() map[string]int64 {
	stems := map[string]int64{"erst": 1, "dritt": 3, "siebt": 7, "acht": 8, "hundertst": 100, "tausendst": 1000}
	for n := int64(2); n < 20; n++ {
		if n != 3 && n != 7 && n != 8 {
			stems[germanUnits[n]+"t"] = n
		}
	}
	for tens := int64(20); tens < 100; tens += 10 {
		stems[germanTens[tens/10]+"st"] = tens
	}
	for word, n := range germanCompounds() {
		stems[word+"st"] = n
	}
	all := make(map[string]int64)
	for stem, n := range stems {
		for _, ending := range []string{"e", "er", "en", "es", "em", "ens"} {
			all[stem+ending] = n
		}
	}
	return all
}
