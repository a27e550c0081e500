package slottype

import "strings"

var italian = grammar{
	cardinals: `0 zero 1 uno un una un' 2 due 3 tre tré 4 quattro 5 cinque 6 sei 7 sette 8 otto 9 nove 10 dieci 11 undici 12 dodici
		13 tredici 14 quattordici 15 quindici 16 sedici 17 diciassette 18 diciotto 19 diciannove
		20 venti 30 trenta 40 quaranta 50 cinquanta 60 sessanta 70 settanta 80 ottanta 90 novanta
		100* cento 1000^ mille mila 1000000^ milione milioni 1000000000^ miliardo miliardi`,
	ordinals: `1 primo prima 2 secondo seconda 3 terzo terza 4 quarto quarta 5 quinto quinta 6 sesto sesta
		7 settimo settima 8 ottavo ottava 9 nono nona 10 decimo decima
		100 centesimo centesima 1000 millesimo millesima`,
	elides:         true,
	ordinalEndings: "o a º ª",
	joins:          "e", joinRoom: 100,
	infixes: "1000 mila mille 100 cento cent", glue: "e", // centotto
	tails:     "esimo esima", // centesimo
	compounds: italianCompounds, compoundOrdinals: italianOrdinals,
	digits: "0 zero", thousands: ".",
	repeats: "2 doppio 3 triplo",

	months: `1 = gennaio
		2 = febbraio
		3 = marzo
		4 = aprile
		5 = maggio
		6 = giugno
		7 = luglio
		8 = agosto
		9 = settembre
		10 = ottobre
		11 = novembre
		12 = dicembre`,
	weekdays: `1 = lunedì
		2 = martedì
		3 = mercoledì
		4 = giovedì
		5 = venerdì
		6 = sabato
		7 = domenica`,
	seasons: `WI = inverno
		SP = primavera
		SU = estate
		FA = autunno`,
	parts: `am = di mattina | del mattino | della mattina | questa mattina | stamattina | am
		pm = del pomeriggio | di pomeriggio | questo pomeriggio | di sera | della sera | questa sera | stasera | pm
		night = di notte | della notte | stanotte | questa notte`,
	units: `Y = anno | anni
		M = mese | mesi
		W = settimana | settimane
		D = giorno | giorni | giornata | giornate
		H = ora | ore | h
		N = minuto | minuti | min
		S = secondo | secondi | sec`,

	dates: `now = adesso | ora | in questo momento | subito
		day = oggi [pomeriggio] | stamattina | stasera | stanotte | questa (mattina|sera|notte) | questo pomeriggio
		day+1 = domani [mattina|pomeriggio|sera|notte]
		day+2 = dopodomani | dopo domani
		day-1 = ieri [mattina|pomeriggio|sera|notte]
		day-2 = l'altro ieri | altro ieri | l'altroieri | ieri l'altro
		day+n = (tra|fra) {n} (giorno|giorni)
		day-n = {n} (giorno|giorni) fa
		day+7n = (tra|fra) {n} (settimana|settimane)
		day-7n = {n} (settimana|settimane) fa
		addmonth+n = (tra|fra) {n} (mese|mesi)
		addmonth-n = {n} (mese|mesi) fa
		addmonth+12n = (tra|fra) {n} (anno|anni)
		addmonth-12n = {n} (anno|anni) fa
		date = {day} {month no} {year}
		date = [{weekday}] [il|l'|lo] {day} [di] {month} [[del] {year}]
		date+1 = [il|l'] {day} {month} (dell'anno prossimo|dell'anno che viene)
		date-1 = [il|l'] {day} {month} dell'anno scorso
		dayofmonth = (il|l') {day} [(del|di questo) mese] | {weekday} {day}
		dayofmonth+1 = (il|l') {day} (del mese prossimo|del prossimo mese)
		weekday = [questo|questa|il|la] {weekday} [mattina|pomeriggio|sera]
		weekday+1 = {weekday} (prossimo|prossima|che viene) | [il|la] (prossimo|prossima) {weekday}
		weekday-1 = {weekday} (scorso|scorsa|passato|passata) | [lo|la] (scorso|scorsa) {weekday}
		week = questa settimana
		week+1 = [la] (prossima settimana|settimana prossima|settimana che viene)
		week-1 = [la] (scorsa settimana|settimana scorsa|settimana passata)
		weekend = [questo|il|nel] (weekend|week-end|fine settimana)
		weekend+1 = [il] (prossimo (weekend|fine settimana)|(weekend|fine settimana) prossimo)
		weekend-1 = [lo] scorso (weekend|fine settimana) | (weekend|fine settimana) scorso
		month = questo mese
		month+1 = [il] (prossimo mese|mese prossimo|mese che viene)
		month-1 = [il|lo] (scorso mese|mese scorso|mese passato)
		monthof = [a|in|il mese di|questo|mese di] {month} [[del] {year}]
		monthof+1 = [il] prossimo {month} | {month} prossimo
		monthof-1 = [lo] scorso {month} | {month} scorso
		year = quest'anno | questo anno | [nel|l'anno|anno|il] {year}
		year+1 = [il|l'] (prossimo anno|anno prossimo|anno che viene)
		year-1 = [lo|l'] (scorso anno|anno scorso|anno passato)
		decade = questo decennio
		decade+1 = [il] (prossimo decennio|decennio prossimo)
		decade-1 = [lo|il] (scorso decennio|decennio scorso)
		decadeof = [gli|negli] anni {n}
		season = [questo|questa|quest'|l'|la|in] {season} [[del] {year}]
		season+1 = [la|il|l'] (prossima|prossimo) {season} | [la|l'] {season} (prossima|prossimo)
		season-1 = [la|lo|l'] (scorsa|scorso) {season} | [la|l'] {season} (scorsa|scorso)
		quarter = questo trimestre
		quarter+1 = [il] (prossimo trimestre|trimestre prossimo)
		quarter-1 = [lo|il] (scorso trimestre|trimestre scorso)
		quarterof = [il|nel] {quarter} trimestre [[del] {year}]`,

	times: `at+720 = [a] (mezzogiorno|mezzodì)
		at = [a] mezzanotte
		at+750 = mezzogiorno e mezzo | mezzogiorno e mezza
		at+30 = mezzanotte e mezzo | mezzanotte e mezza
		clock = {part} (alle|all') {clock} | {part} (alle|all') {hour} [e] [{minute}]
		clock = [le|alle|l'|all'] {clock} [{part}] | [le|alle|l'|all'|ore|alle ore|le ore] {hour} [in punto] [{part}] | [le|alle|l'|all'|ore|alle ore] {hour} [e] {minute} [minuti] [{part}]
		clock+30 = [le|alle|l'|all'] {hour} e (mezzo|mezza) [{part}]
		clock+15 = [le|alle|l'|all'] {hour} e [un] quarto [{part}]
		clock+45 = [le|alle|l'|all'] {hour} e tre quarti [{part}]
		clock-15 = [le|alle|l'|all'] {hour} meno [un] quarto [{part}]
		clock-n = [le|alle|l'|all'] {hour} meno {minute} [{part}]
		MO = [questa|la|di|in] mattina | [il|di] mattino | stamattina | [in|la] mattinata
		AF = [questo|il|di|nel] pomeriggio
		EV = [questa|la|di|in] sera | stasera | [in|la] serata
		NI = [questa|la|di] notte | stanotte`,

	durations: `of = {n} {unit}
		hoursof = {n} (ora|ore) [e] {mm}
		of+2 = [una] mezz'{unit} | [una|un] (mezza|mezzo) {unit} | mezzora
		of+2 = {n} {unit} e (mezzo|mezza)
		of+1 = [un] quarto d'{unit} | {n} {unit} e [un] quarto
		of+3 = tre quarti d'{unit}
		of+8 = un paio (di|d') {unit}`,
}

var italianUnits = [...]string{"", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci", "undici", "dodici",
	"tredici", "quattordici", "quindici", "sedici", "diciassette", "diciotto", "diciannove"}

var italianTens = [...]string{"", "", "venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta"}

// italianCompounds are the numerals of tens and units: ventuno. A vowel yields
// to another, and a three at the end takes an accent.
func italianCompounds() map[string]int64 {
	all := make(map[string]int64)
	for n := int64(21); n < 100; n++ {
		ten, unit := italianTens[n/10], italianUnits[n%10]
		switch n % 10 {
		case 0:
		case 1:
			all[ten[:len(ten)-1]+"uno"], all[ten[:len(ten)-1]+"un"] = n, n
			all[ten[:len(ten)-1]+"una"] = n
		case 8:
			all[ten[:len(ten)-1]+unit] = n
		case 3:
			all[ten+"tré"] = n
		default:
			all[ten+unit] = n
		}
	}
	return all
}

// italianOrdinals are undicesimo, ventitreesima and so on: the last vowel
// yields, but for that of three and six.
func italianOrdinals() map[string]int64 {
	stems := make(map[string]int64)
	for n := int64(1); n < 20; n++ { // those below eleven follow hundreds: centounesimo
		stems[italianUnits[n][:len(italianUnits[n])-1]] = n
	}
	stems["tre"], stems["sei"] = 3, 6
	for tens := int64(20); tens < 100; tens += 10 {
		stems[italianTens[tens/10][:len(italianTens[tens/10])-1]] = tens
	}
	for word, n := range italianCompounds() {
		switch n % 10 {
		case 3:
			stems[strings.TrimSuffix(word, "é")+"e"] = n
		case 6:
			stems[word] = n
		case 1:
			stems[strings.TrimRight(word, "oa")] = n
		default:
			stems[word[:len(word)-1]] = n
		}
	}
	all := make(map[string]int64)
	for stem, n := range stems {
		all[stem+"esimo"], all[stem+"esima"] = n, n
	}
	return all
}
