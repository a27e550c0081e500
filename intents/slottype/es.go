package slottype

// spanish serves Spain, Mexico and the United States.
var spanish = grammar{
	cardinals: `0 cero 1 uno un una 2 dos 3 tres 4 cuatro 5 cinco 6 seis 7 siete 8 ocho 9 nueve 10/1 diez 11 once 12 doce
		13 trece 14 catorce 15 quince 16 dieciséis 17 diecisiete 18 dieciocho 19 diecinueve 20/1 veinte
		21 veintiuno veintiún veintiuna 22 veintidós 23 veintitrés 24 veinticuatro 25 veinticinco 26 veintiséis
		27 veintisiete 28 veintiocho 29 veintinueve 30 treinta 40 cuarenta 50 cincuenta 60 sesenta 70 setenta
		80 ochenta 90 noventa 100/1 cien 100 ciento 200 doscientos doscientas 300 trescientos trescientas
		400 cuatrocientos cuatrocientas 500 quinientos quinientas 600 seiscientos seiscientas 700 setecientos setecientas
		800 ochocientos ochocientas 900 novecientos novecientas 1000^ mil 1000000^ millón millones
		1000000000000^ billón billones`,
	ordinals: `1 primero primera primer 2 segundo segunda 3 tercero tercera tercer 4 cuarto cuarta 5 quinto quinta
		6 sexto sexta 7 séptimo séptima 8 octavo octava 9 noveno novena 10/10 décimo décima 11 undécimo undécima decimoprimero decimoprimera decimoprimer
		12 duodécimo duodécima decimosegundo decimosegunda 20 vigésimo vigésima 30 trigésimo trigésima 40 cuadragésimo cuadragésima
		50 quincuagésimo quincuagésima 60 sexagésimo sexagésima 70 septuagésimo septuagésima 80 octogésimo octogésima
		90 nonagésimo nonagésima 100 centésimo centésima 200 ducentésimo ducentésima 300 tricentésimo tricentésima
		400 cuadringentésimo cuadringentésima 500 quingentésimo quingentésima 600 sexcentésimo sexcentésima
		700 septingentésimo septingentésima 800 octingésimo octingésima octingentésimo octingentésima 900 noningentésimo noningentésima 1000^ milésimo milésima 13 decimotercero decimotercera decimotercer
		14 decimocuarto decimocuarta 15 decimoquinto decimoquinta 16 decimosexto decimosexta
		17 decimoséptimo decimoséptima 18 decimoctavo decimoctava 19 decimonoveno decimonovena`,
	ordinalEndings: "o a º ª er ro ra do da to ta mo ma vo va no na",
	joins:          "y", joinRoom: 2,
	digits: "0 cero", thousands: ".",
	repeats: "2 doble 3 triple",

	months: `1 = enero
		2 = febrero
		3 = marzo
		4 = abril
		5 = mayo
		6 = junio
		7 = julio
		8 = agosto
		9 = septiembre | setiembre
		10 = octubre
		11 = noviembre
		12 = diciembre`,
	weekdays: `1 = lunes
		2 = martes
		3 = miércoles
		4 = jueves
		5 = viernes
		6 = sábado
		7 = domingo`,
	seasons: `WI = invierno
		SP = primavera
		SU = verano
		FA = otoño`,
	parts: `am = de la (mañana|madrugada) | (por|en) la mañana | esta mañana | a m | am
		pm = de la tarde | (por|en) la tarde | esta tarde | del mediodía | p m | pm
		night = de la noche | (por|en) la noche | esta noche`,
	units: `Y = año | años
		M = mes | meses
		W = semana | semanas
		D = día | días
		H = hora | horas | h
		N = minuto | minutos | min
		S = segundo | segundos | seg`,

	dates: `now = ahora | ahora mismo | ya mismo | en este momento
		day = hoy [(por|en|a) la (mañana|tarde|noche)] | esta (mañana|tarde|noche)
		day+1 = mañana [(por|en|a) la (mañana|tarde|noche)]
		day+2 = pasado mañana [(por|en|a) la (mañana|tarde|noche)]
		day-1 = ayer [por la (mañana|tarde|noche)] | anoche
		day-2 = anteayer | antes de ayer | antier
		day+n = (en|dentro de) {n} (día|días) | de aquí a {n} días
		day-n = hace {n} (día|días)
		day+7n = (en|dentro de) {n} (semana|semanas)
		day-7n = hace {n} (semana|semanas)
		addmonth+n = (en|dentro de) {n} (mes|meses)
		addmonth-n = hace {n} (mes|meses)
		addmonth+12n = (en|dentro de) {n} (año|años)
		addmonth-12n = hace {n} (año|años)
		date = {day} {month no} {year}
		date = [el] [{weekday}] [el|día|el día] {day} [de] {month} [[de|del] {year}]
		date+1 = [el] {day} de {month} (del año que viene|del próximo año)
		date-1 = [el] {day} de {month} (del año pasado|del pasado año)
		dayofmonth = (el|día|el día) {day} [(de este|del) mes] | [el] {weekday} [día] {day}
		dayofmonth+1 = (el|día|el día) {day} (del mes que viene|del próximo mes|del mes próximo)
		weekday = [el|este|este próximo] {weekday} [por la (mañana|tarde|noche)]
		weekday+1 = [el] (próximo|siguiente) {weekday} | [el] {weekday} (próximo|que viene)
		weekday-1 = [el] {weekday} pasado | [el] (último|pasado) {weekday}
		week = esta semana | la semana actual
		week+1 = [la] (próxima semana|semana que viene|semana próxima|semana siguiente)
		week-1 = [la] (semana pasada|pasada semana|última semana)
		weekend = [este|el] fin de semana
		weekend+1 = [el] (próximo fin de semana|fin de semana que viene|fin de semana próximo)
		weekend-1 = [el] (fin de semana pasado|pasado fin de semana|último fin de semana)
		month = este mes | el mes actual
		month+1 = [el] (próximo mes|mes que viene|mes próximo)
		month-1 = [el] (mes pasado|pasado mes|último mes)
		monthof = [en|este|el mes de|mes de] {month} [[de|del] {year}]
		monthof+1 = [el] (próximo {month}|{month} que viene|{month} próximo)
		monthof-1 = [el] ({month} pasado|pasado {month})
		year = este año | el año actual | [en|el año|año|en el año] {year}
		year+1 = [el] (próximo año|año que viene|año próximo)
		year-1 = [el] (año pasado|pasado año)
		decade = (esta|la) década
		decade+1 = [la] próxima década
		decade-1 = [la] (década pasada|última década)
		decadeof = [en] los [años] {n} | la década de los {n}
		season = [este|esta|el|la|en] {season} [[de|del] {year}]
		season+1 = [el|la] (próximo|próxima) {season} | [el|la] {season} (que viene|próximo|próxima)
		season-1 = [el|la] {season} (pasado|pasada)
		quarter = este trimestre
		quarter+1 = [el] (próximo trimestre|trimestre que viene)
		quarter-1 = [el] (trimestre pasado|último trimestre)
		quarterof = [el] {quarter} trimestre [(de|del) {year}]`,

	times: `at+720 = [al|el] mediodía
		at = [a] [la] medianoche
		clock = {part} a (la|las) {clock} | {part} a (la|las) {hour} [y] [{minute}]
		clock = [a] [la|las] {clock} [{part}] | [a] [la|las] {hour} [horas|en punto] [{part}] | [a] [la|las] {hour} [horas] [y|con] {minute} [minutos] [{part}]
		clock+30 = [a] [la|las] {hour} y media [{part}]
		clock+15 = [a] [la|las] {hour} y cuarto [{part}]
		clock-15 = [a] [la|las] {hour} menos cuarto [{part}] | [un] (cuarto para|cuarto a) (la|las) {hour} [{part}]
		clock-n = [a] [la|las] {hour} menos {minute} [minutos] [{part}] | {minute} [minutos] para (la|las) {hour} [{part}]
		MO = [esta|la|por la|de la|de] (mañana|madrugada)
		AF = [esta|la|por la|de la] tarde
		EV = [al] anochecer
		NI = [esta|la|por la|de la] noche`,

	durations: `of = {n} {unit}
		hoursof = {n} (hora|horas) [y|con] {mm}
		of+2 = media {unit} | medio {unit}
		of+2 = {n} {unit} y (media|medio) | {n} y (media|medio) {unit}
		of+6 = [un|una] {unit} y (media|medio)
		of+8 = un par de {unit}
		of+1 = [un] cuarto de {unit} | {n} {unit} y cuarto
		of+3 = (tres cuartos|{n} cuartos) de {unit}
		weeks+2 = [una] quincena`,
}
