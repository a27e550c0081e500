package slottype

var french = grammar{
	cardinals: `0 zéro 1 un une 2 deux 3 trois 4 quatre 5 cinq 6 six 7 sept 8 huit 9 neuf 10/10>6 dix 11 onze 12 douze
		13 treize 14 quatorze 15 quinze 16 seize 20=4 vingt vingts 30 trente 40 quarante 50 cinquante 60/20 soixante
		70 septante 80 huitante octante 90 nonante
		100* cent cents 1000^ mille 1000000^ million millions 1000000000^ milliard milliards`,
	ordinals: `1 premier première unième 2 deuxième second seconde 3 troisième 4 quatrième 5 cinquième 6 sixième 7 septième
		8 huitième 9 neuvième 10 dixième 11 onzième 12 douzième 13 treizième 14 quatorzième 15 quinzième 16 seizième
		20=4/1 vingtième 30/1 trentième 40/1 quarantième 50/1 cinquantième 60/1 soixantième
		70/1 septantième 80/1 huitantième 90/1 nonantième 100* centième 1000^ millième 1000000^ millionième 1000000000^ milliardième`,
	elides:         true,
	ordinalEndings: "er ère re e ème eme",
	joins:          "et", joinRoom: 2,
	digits:  "0 zéro",
	repeats: "2 double 3 triple",

	months: `1 = janvier
		2 = février
		3 = mars
		4 = avril
		5 = mai
		6 = juin
		7 = juillet
		8 = août
		9 = septembre
		10 = octobre
		11 = novembre
		12 = décembre`,
	weekdays: `1 = lundi
		2 = mardi
		3 = mercredi
		4 = jeudi
		5 = vendredi
		6 = samedi
		7 = dimanche`,
	seasons: `WI = hiver
		SP = printemps
		SU = été
		FA = automne`,
	parts: `am = du matin | le matin | ce matin | am
		pm = de l'après-midi | l'après-midi | cet après-midi | du soir | le soir | ce soir | pm
		night = la nuit | de la nuit | cette nuit`,
	units: `Y = an | ans | année | années
		M = mois
		W = semaine | semaines
		D = jour | jours | journée | journées
		H = heure | heures | h
		N = minute | minutes | min | mn
		S = seconde | secondes | sec`,

	dates: `now = maintenant | tout de suite | en ce moment | actuellement
		day = aujourd'hui | ce (matin|soir) | cet après-midi
		day+1 = demain [matin|midi|après-midi|soir]
		day+2 = après-demain
		day-1 = hier [matin|midi|après-midi|soir]
		day-1 = la nuit dernière
		day-2 = avant-hier
		day+n = (dans|d'ici) {n} (jour|jours)
		day-n = il y a {n} (jour|jours)
		day+7n = dans {n} (semaine|semaines)
		day+7 = dans huit jours
		day+14 = dans quinze jours
		day-7n = il y a {n} (semaine|semaines)
		addmonth+n = dans {n} mois
		addmonth-n = il y a {n} mois
		addmonth+12n = dans {n} (an|ans)
		addmonth-12n = il y a {n} (an|ans)
		date = {day} {month no} {year}
		date = [le] [{weekday}] [le] {day} {month} [{year}]
		date+1 = [le] {day} {month} (de l'année prochaine|l'année prochaine|l'an prochain)
		date-1 = [le] {day} {month} (de l'année dernière|l'année dernière|l'an dernier)
		dayofmonth = le {day} | [le] {weekday} {day} | [le] {day} (du|de ce) mois
		dayofmonth+1 = [le] {day} du mois prochain
		weekday = [le|ce] {weekday} [matin|midi|après-midi|soir]
		weekday+1 = [le] {weekday} (prochain|qui vient)
		weekday+1 = [le] prochain {weekday}
		weekdayin+1 = {weekday} en huit
		weekday-1 = [le] {weekday} (dernier|passé)
		week = cette semaine | la semaine en cours
		week+1 = [la] semaine (prochaine|qui vient|suivante|d'après) | [la] prochaine semaine
		week-1 = [la] semaine (dernière|passée|précédente)
		weekend = [ce|le|cette fin de] (weekend|week-end) | cette fin de semaine
		weekend+1 = [le] (weekend|week-end) prochain
		weekend-1 = [le] (weekend|week-end) (dernier|passé)
		month = ce mois [ci] | le mois en cours
		month+1 = [le] mois (prochain|qui vient|suivant)
		month-1 = [le] mois (dernier|passé|précédent)
		monthof = [en|au mois de|au mois d'|le mois de|le mois d'|mois de|mois d'] {month} [{year}]
		monthof+1 = [en|le mois de] {month} prochain
		monthof-1 = [en|le mois de] {month} dernier
		year = cette année | l'année en cours | [en|l'année|l'an] {year}
		year+1 = [l'] (année prochaine|an prochain)
		year-1 = [l'] (année dernière|année passée|an dernier|an passé)
		decade = cette décennie
		decade+1 = [la] (décennie prochaine|prochaine décennie)
		decade-1 = [la] (décennie dernière|dernière décennie)
		decadeof = [dans] les années {n}
		season = [cet|ce|cette|l'|le|en|au] {season} [{year}]
		season+1 = [l'|le] {season} prochain
		season-1 = [l'|le] {season} (dernier|passé)
		quarter = ce trimestre
		quarter+1 = [le] (trimestre prochain|prochain trimestre)
		quarter-1 = [le] (trimestre dernier|dernier trimestre)
		quarterof = [le|au] {quarter} trimestre [[de] {year}]`,

	times: `at+720 = [à] midi
		at = [à] minuit
		at+750 = midi et (demi|demie) | midi trente
		at+30 = minuit et (demi|demie) | minuit trente
		at+735 = midi et quart
		at+705 = midi moins le quart
		at+720+n = [à] midi {minute}
		at+720-n = [à] midi moins {minute}
		at-n = [à] minuit moins {minute}
		at+n = [à] minuit {minute}
		at+15 = minuit et quart
		at-15 = minuit moins le quart
		clock = {part} à {clock} | {part} à {hour} (heure|heures|h) [{minute}]
		clock = [à] {clock} [{part}] | [à|vers] {hour} (heure|heures|h) [pile|précises] [{part}] | [à] {hour} (heure|heures|h) [et] {minute} [minutes] [{part}] | {hour} {part} | {hour} {mm} | {hour}
		clock+30 = [à] {hour} (heure|heures|h) et (demi|demie) [{part}]
		clock+15 = [à] {hour} (heure|heures|h) [et|un] quart [{part}]
		clock+45 = [à] {hour} (heure|heures|h) trois quarts
		clock-15 = [à] {hour} (heure|heures|h) moins [le|un] quart [{part}]
		clock-n = [à] {hour} (heure|heures|h) moins {minute} [{part}]
		MO = [ce|le|du] matin | [la|dans la] matinée
		AF = [cet|l'|dans l'] après-midi
		EV = [ce|le|du] soir | [la|en|dans la] soirée
		NI = [cette|la] nuit`,

	durations: `of = {n} {unit}
		hoursof = {n} (heure|heures|h) {mm}
		minutesof = {n} (minute|minutes) {mm}
		of+2 = [une|un] (demie|demi) {unit}
		of+2 = {n} {unit} et (demie|demi)
		of+1 = {n} {unit} et [un] quart
		of+3 = {n} {unit} et trois quarts
		of+1 = [un] quart d'{unit}
		of+3 = trois quarts d'{unit}
		weeks+2 = une quinzaine [de jours]`,
}
