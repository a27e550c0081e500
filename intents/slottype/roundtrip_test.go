package slottype

import (
	"strconv"
	"strings"
	"testing"
)

// TestNumbers_ReadWhatIsSpelled spells 0 to 9999, and some beyond, as each
// language says them, by spellers that know nothing of the tables' notation.
func TestNumbers_ReadWhatIsSpelled(t *testing.T) {
	spellers := map[string]func(int) string{
		"en": english9999, "de": german9999, "fr": french9999, "es": spanish9999, "it": italian9999, "pt": portuguese9999,
		"nl": dutch9999, "ja": japanese9999, "ar": arabic99,
	}
	number := lookup(t, "AMAZON.NUMBER")
	for lang, spell := range spellers {
		t.Run(lang, func(t *testing.T) {
			wrong := 0
			for n := range 10000 {
				said := spell(n)
				if said == "" {
					continue
				}
				if got := value(number, For(lang), said); got != strconv.Itoa(n) {
					t.Errorf("%q = %q, want %d", said, got, n)
					if wrong++; wrong > 9 {
						t.FailNow()
					}
				}
			}
		})
	}
}

func english9999(n int) string {
	units := strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	tens := strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")
	switch {
	case n < 20:
		return units[n]
	case n < 100:
		return strings.TrimSuffix(tens[n/10]+"-"+units[n%10], "-zero")
	case n < 1000 && n%100 == 0:
		return units[n/100] + " hundred"
	case n < 1000:
		return units[n/100] + " hundred and " + english9999(n%100)
	case n%1000 == 0:
		return units[n/1000] + " thousand"
	}
	return units[n/1000] + " thousand " + english9999(n%1000)
}

func german9999(n int) string {
	units := strings.Fields("null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn")
	tens := strings.Fields("- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
	below100 := func(n int) string {
		switch {
		case n == 0:
			return ""
		case n == 1:
			return "eins"
		case n < 20:
			return units[n]
		case n%10 == 0:
			return tens[n/10]
		}
		return units[n%10] + "und" + tens[n/10]
	}
	switch {
	case n == 0:
		return "null"
	case n < 100:
		return below100(n)
	}
	said := ""
	if n >= 1000 {
		said = units[n/1000] + "tausend"
	}
	if h := n / 100 % 10; h != 0 {
		said += units[h] + "hundert"
	}
	return said + below100(n%100)
}

func french9999(n int) string {
	units := strings.Fields("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf")
	tens := strings.Fields("- - vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt")
	switch {
	case n < 20:
		return units[n]
	case n < 100:
		ten, rest := tens[n/10], n%10
		if n/10 == 7 || n/10 == 9 {
			rest += 10
		}
		switch {
		case n == 80:
			return "quatre-vingts"
		case rest == 0:
			return ten
		case rest == 1 && n < 80, n == 71:
			return ten + " et " + units[rest]
		}
		return ten + "-" + units[rest]
	}
	said := ""
	if n >= 1000 {
		said = strings.TrimPrefix(units[n/1000]+" mille ", "un ")
	}
	if h := n / 100 % 10; h != 0 {
		said += strings.TrimPrefix(units[h]+" cent ", "un ")
	}
	if n%100 != 0 {
		said += french9999(n % 100)
	}
	return said
}

func spanish9999(n int) string {
	units := strings.Fields("cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve")
	tens := strings.Fields("- - - treinta cuarenta cincuenta sesenta setenta ochenta noventa")
	hundreds := strings.Fields("- ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos")
	switch {
	case n < 30:
		return units[n]
	case n < 100 && n%10 == 0:
		return tens[n/10]
	case n < 100:
		return tens[n/10] + " y " + units[n%10]
	case n == 100:
		return "cien"
	}
	said := ""
	if n >= 1000 {
		said = strings.TrimPrefix(units[n/1000]+" mil ", "uno ")
	}
	if h := n / 100 % 10; h == 1 && n%100 == 0 {
		return said + "cien"
	} else if h != 0 {
		said += hundreds[h] + " "
	}
	if n%100 != 0 {
		said += spanish9999(n % 100)
	}
	return strings.TrimSpace(said)
}

func italian9999(n int) string {
	units := strings.Fields("zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove")
	tens := strings.Fields("- - venti trenta quaranta cinquanta sessanta settanta ottanta novanta")
	switch {
	case n < 20:
		return units[n]
	case n < 100:
		ten := tens[n/10]
		switch n % 10 {
		case 0:
			return ten
		case 1, 8:
			return ten[:len(ten)-1] + units[n%10]
		case 3:
			return ten + "tré"
		}
		return ten + units[n%10]
	}
	said := ""
	switch {
	case n >= 2000:
		said = units[n/1000] + "mila"
	case n >= 1000:
		said = "mille"
	}
	switch h := n / 100 % 10; {
	case h > 1:
		said += units[h] + "cento"
	case h == 1:
		said += "cento"
	}
	if n%100 != 0 {
		said += italian9999(n % 100)
	}
	return said
}

func portuguese9999(n int) string {
	units := strings.Fields("zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete dezoito dezenove")
	tens := strings.Fields("- - vinte trinta quarenta cinquenta sessenta setenta oitenta noventa")
	hundreds := strings.Fields("- cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos")
	var said []string
	if n >= 2000 {
		said = append(said, units[n/1000]+" mil")
	} else if n >= 1000 {
		said = append(said, "mil")
	}
	if h := n / 100 % 10; h == 1 && n%100 == 0 {
		said = append(said, "cem")
	} else if h != 0 {
		said = append(said, hundreds[h])
	}
	rest := n % 100
	if rest >= 20 {
		said = append(said, tens[rest/10])
		rest %= 10
	}
	if rest != 0 || n == 0 {
		said = append(said, units[rest])
	}
	return strings.Join(said, " e ")
}

func dutch9999(n int) string {
	units := strings.Fields("nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien")
	tens := strings.Fields("- - twintig dertig veertig vijftig zestig zeventig tachtig negentig")
	switch {
	case n < 20:
		return units[n]
	case n < 100 && n%10 == 0:
		return tens[n/10]
	case n < 100 && (n%10 == 2 || n%10 == 3):
		return units[n%10] + "ën" + tens[n/10]
	case n < 100:
		return units[n%10] + "en" + tens[n/10]
	}
	said := ""
	if n >= 1000 {
		said = strings.TrimPrefix(units[n/1000]+"duizend ", "een")
	}
	if h := n / 100 % 10; h != 0 {
		said += strings.TrimPrefix(units[h]+"honderd", "een")
	}
	if n%100 != 0 {
		said += dutch9999(n % 100)
	}
	return said
}

func japanese9999(n int) string {
	if n == 0 {
		return "零"
	}
	said := ""
	for _, place := range []struct {
		value int
		kanji string
	}{{1000, "千"}, {100, "百"}, {10, "十"}, {1, ""}} {
		switch d := n / place.value % 10; {
		case d == 1 && place.value > 1:
			said += place.kanji
		case d > 0:
			said += string([]rune("〇一二三四五六七八九")[d]) + place.kanji
		}
	}
	return said
}

func arabic99(n int) string {
	units := strings.Fields("صفر واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة")
	tens := strings.Fields("- - عشرون ثلاثون أربعون خمسون ستون سبعون ثمانون تسعون")
	switch {
	case n <= 10:
		return units[n]
	case n >= 20 && n < 100 && n%10 == 0:
		return tens[n/10]
	case n > 20 && n < 100:
		return units[n%10] + " و" + tens[n/10]
	}
	return ""
}
