package slottype

// english serves all regions: what differs between them, day before month or
// after, is said with the month's name.
var english = grammar{
	cardinals: `0 zero nought nil 1? a an 1 one 2 two 3 three 4 four 5 five 6 six 7 seven 8 eight 9 nine
		10 ten 11 eleven 12 twelve 13 thirteen 14 fourteen 15 fifteen 16 sixteen 17 seventeen 18 eighteen 19 nineteen
		20 twenty 30 thirty 40 forty fourty 50 fifty 60 sixty 70 seventy 80 eighty 90 ninety
		100* hundred 1000^ thousand 1000000^ million 1000000000^ billion 1000000000000^ trillion
		100000^ lakh lakhs 10000000^ crore crores`,
	ordinals: `1 first 2 second 3 third 4 fourth 5 fifth 6 sixth 7 seventh 8 eighth 9 ninth
		10 tenth 11 eleventh 12 twelfth 13 thirteenth 14 fourteenth 15 fifteenth 16 sixteenth 17 seventeenth
		18 eighteenth 19 nineteenth 20/1 twentieth 30/1 thirtieth 40/1 fortieth 50/1 fiftieth 60/1 sixtieth
		70/1 seventieth 80/1 eightieth 90/1 ninetieth 100* hundredth 1000^ thousandth 1000000^ millionth 1000000000^ billionth`,
	ordinalEndings: "st nd rd th",
	joins:          "and", joinRoom: 100,
	digits:  "0 oh o zero nought",
	repeats: "2 double 3 triple treble", thousands: ",",
	pairs: true,

	months: `1 = january | jan
		2 = february | feb
		3 = march | mar
		4 = april | apr
		5 = may
		6 = june | jun
		7 = july | jul
		8 = august | aug
		9 = september | sept | sep
		10 = october | oct
		11 = november | nov
		12 = december | dec`,
	weekdays: `1 = monday | mon
		2 = tuesday | tues | tue
		3 = wednesday | wed
		4 = thursday | thurs | thu
		5 = friday | fri
		6 = saturday | sat
		7 = sunday | sun`,
	seasons: `WI = winter
		SP = spring | springtime
		SU = summer | summertime
		FA = fall | autumn`,
	decades: `10 = tens
		20 = twenties
		30 = thirties
		40 = forties
		50 = fifties
		60 = sixties
		70 = seventies
		80 = eighties
		90 = nineties`,
	parts: `am = am | a m | in the morning | this morning | morning
		pm = pm | p m | in the (afternoon|evening) | this (afternoon|evening) | afternoon | evening | tonight
		night = at night | in the night`,
	units: `Y = year | years
		M = month | months
		W = week | weeks
		D = day | days
		H = hour | hours | h | hr | hrs
		N = minute | minutes | min | mins
		S = second | seconds | sec | secs`,

	dates: `now = now | right now | at the moment | at present
		day = today | tonight | this (morning|afternoon|evening)
		day+1 = tomorrow [morning|afternoon|evening|night]
		day+2 = [the] day after tomorrow
		day-1 = yesterday [morning|afternoon|evening] | last night
		day-2 = [the] day before yesterday
		day+n = in {n} (day|days) | {n} (day|days) (from (now|today)|later|hence)
		day+1 = in a day | a day from (now|today)
		day-n = {n} (day|days) (ago|earlier)
		day-1 = a day ago
		day+7n = in {n} (week|weeks) | {n} (week|weeks) from (now|today)
		day+7 = in a week | a week from (now|today) | a week today
		day+8 = a week from tomorrow | a week tomorrow
		day+14 = in a fortnight | a fortnight today
		day-7n = {n} (week|weeks) ago
		day-7 = a week ago
		addmonth+n = in {n} (month|months) | {n} (month|months) from (now|today)
		addmonth+1 = in a month | a month from (now|today)
		addmonth-n = {n} (month|months) ago
		addmonth-1 = a month ago
		addmonth+12n = in {n} (year|years) | {n} (year|years) from (now|today)
		addmonth+12 = in a year | a year from (now|today)
		addmonth-12n = {n} (year|years) ago
		addmonth-12 = a year ago
		date = [{weekday}] [the] {day} [of] {month} [[of] {year}] | [{weekday}] {month} [the] {day} [{year}]
		date+1 = [the] {day} [of] {month} next year | {month} [the] {day} next year
		date-1 = [the] {day} [of] {month} last year | {month} [the] {day} last year
		dayofmonth = [{weekday}] the {nth} [of (this|the) month] | {nth} of (this|the) month
		dayofmonth+1 = [the] {nth} of next month
		dayofmonth-1 = [the] {nth} of last month
		weekday = [this|on|this coming|coming|this upcoming|upcoming] {weekday} [morning|afternoon|evening|night]
		nextweekday = next {weekday} | {weekday} next week
		weekdayin+1 = a week from [this] {weekday} | a week on {weekday} | {weekday} week
		weekday-1 = last {weekday}
		week = this week | [the] current week
		week+1 = next week | [the] following week
		week+2 = [the] week after next
		week-1 = last week | [the] previous week
		weekend = [this|the|this coming|coming|upcoming|on the|over the|at the] weekend
		weekend+1 = next weekend
		weekend-1 = last weekend
		month = this month | [the] current month
		month+1 = next month
		month+2 = [the] month after next
		month-1 = last month | [the] previous month
		monthof = [this|in|the month of|in the month of] {month} [[of] {year}]
		monthof+1 = next {month}
		monthof-1 = last {month}
		year = this year | [the] current year | [the year] {year}
		year+1 = next year
		year+2 = [the] year after next
		year-1 = last year | [the] previous year
		decade = this decade
		decade+1 = next decade
		decade-1 = last decade
		decadeof = [the] {decade}
		decadeof+18 = [the] eighteen {decade}
		decadeof+19 = [the] nineteen {decade}
		decadeof+20 = [the] twenty {decade}
		season = [this|the] {season} [[of] {year}]
		season+1 = next {season}
		season-1 = last {season}
		quarter = this quarter
		quarter+1 = next quarter
		quarter-1 = last quarter
		quarterof = [the] {quarter} quarter [[of] {year}]
		quarterof+1 = [the] {quarter} quarter of next year
		quarterof-1 = [the] {quarter} quarter of last year`,

	times: `at+720 = noon | midday | twelve noon
		at = midnight | twelve midnight
		at+705 = [a] quarter (to|of|till|til|before) (noon|midday)
		at+735 = [a] quarter (past|after) (noon|midday)
		at+750 = half past (noon|midday)
		at-15 = [a] quarter (to|of|till|til|before) midnight
		at+15 = [a] quarter (past|after) midnight
		at+30 = half past midnight
		clock = {part} at {clock} | {part} at {hour} [o'clock] | {part} at {hour} {mm}
		clock = [at] {clock} [{part}] | [at] {hour} [o'clock] [{part}] | {hour} {mm} [{part}] | [oh|zero] {hour} hundred [hours] | {hour} oh oh
		clock+30 = half [past|after] {hour} [{part}]
		clock+15 = [a] quarter (past|after) {hour} [{part}]
		clock-15 = [a] quarter (to|of|till|til|before) {hour} [{part}]
		clock+n = {minute} [minutes|minute] (past|after) {hour} [{part}]
		clock-n = {minute} [minutes|minute] (to|till|til|before) {hour} [{part}]
		MO = [this|in the|the] morning
		AF = [this|in the|the] afternoon
		EV = [this|in the|the] evening
		NI = [this|at] night | tonight`,

	durations: `of = {n} {unit}
		of+4 = (a|an) {unit}
		hoursof = {n} (hour|hours) [and] {mm}
		hoursof+4 = an hour {mm}
		of+2 = half (a|an) {unit} | [a|an|one] half {unit}
		of+1 = [a] quarter of (a|an) {unit} | [a] quarter {unit}
		of+3 = three quarters of (a|an) {unit}
		of+2 = {n} and [a] half {unit} | {n} {unit} and a half
		of+6 = (a|an) {unit} and a half
		of+8 = a couple [of] {unit}
		weeks+2 = [a] fortnight`,
}
