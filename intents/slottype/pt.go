package slottype

// portuguese is that of Brazil, with the words of Portugal beside.
var portuguese = grammar{
	cardinals: `0 zero 1 um uma 2 dois duas 3 três 4 quatro 5 cinco 6 seis 7 sete 8 oito 9 nove 10 dez 11 onze 12 doze
		13 treze 14 catorze quatorze 15 quinze 16 dezesseis dezasseis 17 dezessete dezassete 18 dezoito 19 dezenove dezanove
		20 vinte 30 trinta 40 quarenta 50 cinquenta 60 sessenta 70 setenta 80 oitenta 90 noventa 100/1 cem 100 cento
		200 duzentos duzentas 300 trezentos trezentas 400 quatrocentos quatrocentas 500 quinhentos quinhentas
		600 seiscentos seiscentas 700 setecentos setecentas 800 oitocentos oitocentas 900 novecentos novecentas
		1000^ mil 1000000^ milhão milhões 1000000000^ bilhão bilhões 1000000000000^ trilhão trilhões`,
	ordinals: `1 primeiro primeira 2 segundo segunda 3 terceiro terceira 4 quarto quarta 5 quinto quinta 6 sexto sexta
		7 sétimo sétima 8 oitavo oitava 9 nono nona 10/10 décimo décima 20 vigésimo vigésima 30 trigésimo trigésima
		40 quadragésimo quadragésima 50 quinquagésimo quinquagésima 60 sexagésimo sexagésima
		70 septuagésimo septuagésima setuagésimo setuagésima 80 octogésimo octogésima 90 nonagésimo nonagésima
		100 centésimo centésima 200 ducentésimo ducentésima 300 tricentésimo tricentésima
		400 quadringentésimo quadringentésima 500 quingentésimo quingentésima 600 sexcentésimo sexcentésima
		700 septingentésimo septingentésima 800 octingentésimo octingentésima 900 noningentésimo noningentésima 1000^ milésimo milésima`,
	ordinalEndings: "o a º ª",
	joins:          "e", joinRoom: 2,
	digits: "0 zero 6 meia", thousands: ".",
	repeats: "2 duplo 3 triplo",

	months: `1 = janeiro
		2 = fevereiro
		3 = março
		4 = abril
		5 = maio
		6 = junho
		7 = julho
		8 = agosto
		9 = setembro
		10 = outubro
		11 = novembro
		12 = dezembro`,
	weekdays: `1 = segunda-feira | segunda
		2 = terça-feira | terça
		3 = quarta-feira | quarta
		4 = quinta-feira | quinta
		5 = sexta-feira | sexta
		6 = sábado
		7 = domingo`,
	seasons: `WI = inverno
		SP = primavera
		SU = verão
		FA = outono`,
	parts: `am = da (manhã|madrugada) | de manhã | esta manhã
		pm = da tarde | de tarde | à tarde | esta tarde
		night = da noite | de noite | à noite | esta noite`,
	units: `Y = ano | anos
		M = mês | meses
		W = semana | semanas
		D = dia | dias
		H = hora | horas | h
		N = minuto | minutos | min
		S = segundo | segundos | seg`,

	dates: `now = agora | agora mesmo | neste momento | já
		day = hoje [de manhã|à tarde|à noite] | esta (manhã|tarde|noite)
		day+1 = amanhã [de manhã|à tarde|à noite]
		day+2 = depois de amanhã
		day-1 = ontem [de manhã|à tarde|à noite]
		day-2 = anteontem | antes de ontem
		day+n = (em|daqui a|dentro de) {n} (dia|dias)
		day-n = (há|faz) {n} (dia|dias) | {n} (dia|dias) atrás | há {n} (dia|dias) atrás
		day+7n = (em|daqui a|dentro de) {n} (semana|semanas)
		day-7n = (há|faz) {n} (semana|semanas) | {n} (semana|semanas) atrás
		addmonth+n = (em|daqui a|dentro de) {n} (mês|meses)
		addmonth-n = (há|faz) {n} (mês|meses) | {n} (mês|meses) atrás
		addmonth+12n = (em|daqui a|dentro de) {n} (ano|anos)
		addmonth-12n = (há|faz) {n} (ano|anos) | {n} (ano|anos) atrás
		date = {day} {month no} {year}
		date = [{weekday}] [o|dia|o dia|em] {day} [de] {month} [[de|do ano] {year}]
		date+1 = [dia|o dia] {day} de {month} (do ano que vem|do próximo ano)
		date-1 = [dia|o dia] {day} de {month} (do ano passado)
		dayofmonth = (dia|o dia|no dia) {day} [(deste|do) mês] | {weekday} [dia] {day}
		dayofmonth+1 = (dia|o dia|no dia) {day} (do mês que vem|do próximo mês)
		weekday = [na|no|nesta|neste|esta|este|a|o] {weekday} [de manhã|à tarde|à noite]
		weekday+1 = [na|no|a|o] (próxima|próximo) {weekday} | [na|no|a|o] {weekday} (que vem|próxima|próximo)
		weekday-1 = [na|no|a|o] {weekday} (passada|passado) | [na|no|a|o] (última|último) {weekday}
		week = (esta|essa|nesta) semana
		week+1 = [a|na] (próxima semana|semana que vem)
		week-1 = [a|na] (semana passada|última semana)
		weekend = [este|esse|o|neste|nesse|no] (fim de semana|final de semana)
		weekend+1 = [o|no] próximo (fim|final) de semana | [o|no] (fim|final) de semana que vem
		weekend-1 = [o|no] (fim|final) de semana passado | [o|no] último (fim|final) de semana
		month = (este|esse|neste) mês
		month+1 = [o|no] (próximo mês|mês que vem)
		month-1 = [o|no] (mês passado|último mês)
		monthof = [em|este|o mês de|mês de|no mês de] {month} [[de] {year}]
		monthof+1 = [o] próximo {month} | {month} que vem
		monthof-1 = {month} passado | [o] último {month}
		year = (este|esse|neste) ano | [em|o ano|o ano de|ano de|no ano de] {year}
		year+1 = [o|no] (próximo ano|ano que vem)
		year-1 = [o|no] ano passado
		decade = (esta|essa|nesta) década
		decade+1 = [a|na] próxima década
		decade-1 = [a|na] (década passada|última década)
		decadeof = [os|nos] anos {n} | [a|na] década de {n}
		season = [este|esta|neste|nesta|o|a|no|na] {season} [[de] {year}]
		season+1 = [o|a|no|na] (próximo|próxima) {season} | [o|a|no|na] {season} que vem
		season-1 = [o|a|no|na] {season} (passado|passada)
		quarter = (este|neste) trimestre
		quarter+1 = [o|no] (próximo trimestre|trimestre que vem)
		quarter-1 = [o|no] (trimestre passado|último trimestre)
		quarterof = [o|no] {quarter} trimestre [[de] {year}]`,

	times: `at+720 = [o|ao] meio-dia
		at = [a|à] meia-noite
		at+750 = [o|ao] meio-dia e meia
		at+30 = [a|à] meia-noite e meia
		clock = {part} (às|à|as) {clock} | {part} (às|à|as) {hour} [horas] [e] [{minute}]
		clock = [as|às|a|à] {clock} [{part}] | [as|às|a|à] {hour} [hora|horas|em ponto] [{part}] | [as|às|a|à] {hour} [hora|horas] [e] {minute} [minutos] [{part}]
		clock+30 = [as|às|a|à] {hour} [horas] e meia [{part}]
		clock+15 = [as|às|a|à] {hour} [horas] e um quarto [{part}]
		clock-15 = [um] quarto (para|pra) (as|às|a|à) {hour} [{part}]
		clock-n = {minute} [minutos] (para|pra|pras) [as|às|a|à|o|a] {hour} [{part}]
		MO = [esta|a|de|da|pela] (manhã|madrugada)
		AF = [esta|a|à|de|da] tarde
		NI = [esta|a|à|de|da] noite`,

	durations: `of = {n} {unit}
		hoursof = {n} (hora|horas) [e] {mm}
		of+2 = (meia|meio) {unit} | {n} {unit} e (meia|meio)
		of+2 = {n} e (meia|meio) {unit}
		of+6 = [um|uma] {unit} e (meia|meio)
		of+8 = um par de {unit}
		of+1 = [um] quarto de {unit}
		of+3 = três quartos de {unit}`,
}
