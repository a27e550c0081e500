package slottype

// japanese has no spaces: its rules and numerals are read rune by rune, and its
// numerals are those of kanji. Speech recognition writes kanji and digits.
var japanese = grammar{
	unspaced: true,
	cardinals: `0 〇 零 ゼロ 1 一 壱 2 二 弐 3 三 参 4 四 5 五 6 六 7 七 8 八 9 九
		10* 十 100* 百 1000* 千 10000^ 万 100000000^ 億 1000000000000^ 兆`,
	ordinalRules: `n = 第{n} | {n}番 | {n}番目 | {n}つ目 | {n}個目 | {n}回目 | {n}人目 | {n}位 | {n}号 | {n}枚目 | {n}本目 | {n}日目 | {n}曲目
		n+1 = 最初 | 最初の | 一番最初`,
	digits: "0 〇 零 ゼロ",

	months: `1 = 一月 | 1月 | １月
		2 = 二月 | 2月 | ２月
		3 = 三月 | 3月 | ３月
		4 = 四月 | 4月 | ４月
		5 = 五月 | 5月 | ５月
		6 = 六月 | 6月 | ６月
		7 = 七月 | 7月 | ７月
		8 = 八月 | 8月 | ８月
		9 = 九月 | 9月 | ９月
		10 = 十月 | 10月 | １０月
		11 = 十一月 | 11月 | １１月
		12 = 十二月 | 12月 | １２月`,
	weekdays: `1 = 月曜日 | 月曜
		2 = 火曜日 | 火曜
		3 = 水曜日 | 水曜
		4 = 木曜日 | 木曜
		5 = 金曜日 | 金曜
		6 = 土曜日 | 土曜
		7 = 日曜日 | 日曜`,
	seasons: `WI = 冬
		SP = 春
		SU = 夏
		FA = 秋`,
	parts: `am = 午前 | 午前中 | 朝 | 今朝 | 早朝 | 明け方
		pm = 午後 | 昼 | 夕方 | お昼
		night = 夜 | 今夜 | 今晩 | 深夜 | 夜中 | 晩`,
	units: `Y = 年 | 年間
		M = か月 | ヶ月 | ケ月 | カ月 | 箇月 | か月間 | ヶ月間
		W = 週間 | 週
		D = 日 | 日間
		H = 時間
		N = 分 | 分間
		S = 秒 | 秒間`,

	dates: `now = 今 | たった今 | 現在
		day = 今日 | きょう | 本日 | 今朝 | 今夜 | 今晩
		day+1 = (明日|あした|あす)[の(朝|昼|夕方|夜|晩)] | 翌日
		day+2 = 明後日 | あさって
		day+3 = しあさって
		day-1 = 昨日 | きのう | 昨夜 | 昨晩
		day-2 = 一昨日 | おととい
		day+n = {n}日後
		day-n = {n}日前
		day+7n = {n}週間後
		day-7n = {n}週間前
		addmonth+n = {n}(か|ヶ|ケ|カ)月後
		addmonth-n = {n}(か|ヶ|ケ|カ)月前
		addmonth+12n = {n}年後
		addmonth-12n = {n}年前
		date = {month}{day}日 | {month}の{day}日 | {year}年{month}{day}日
		date+1 = 来年の{month}{day}日
		date-1 = (去年|昨年)の{month}{day}日
		dayofmonth = {day}日 | 今月の{day}日
		dayofmonth+1 = 来月の{day}日
		dayofmonth-1 = 先月の{day}日
		weekday = {weekday} | 今度の{weekday} | 次の{weekday}
		nextweekday = 来週の{weekday}
		weekday-1 = 先週の{weekday} | 前の{weekday}
		week = 今週
		week+1 = 来週
		week+2 = 再来週
		week-1 = 先週
		weekend = 週末 | 今週末 | 今週の週末
		weekend+1 = 来週末 | 来週の週末
		weekend-1 = 先週末 | 先週の週末
		month = 今月
		month+1 = 来月
		month+2 = 再来月
		month-1 = 先月
		monthof = {month} | {year}年{month}
		monthof+1 = 来年の{month}
		monthof-1 = 去年の{month}
		year = 今年 | ことし | {year}年
		year+1 = 来年
		year+2 = 再来年
		year-1 = 去年 | 昨年
		decadeof = {n}年代
		season = {season} | 今年の{season} | {year}年の{season}
		season+1 = 来年の{season} | 次の{season}
		season-1 = 去年の{season}
		quarterof = 第{quarter}四半期 | {year}年第{quarter}四半期`,

	times: `at+720 = 正午
		at = 真夜中
		clock = [{part}[の]]{hour}時[ちょうど] | [{part}[の]]{hour}時{minute}分 | [{part}[の]]{hour}:{minute} | {hour}：{minute}
		clock+30 = [{part}[の]]{hour}時半
		clock-n = [{part}[の]]{hour}時{minute}分前
		MO = 朝 | 今朝 | 午前 | 午前中
		AF = 昼 | 午後 | お昼
		EV = 夕方
		NI = 夜 | 今夜 | 今晩 | 深夜`,

	durations: `of = {n}{unit}
		of+2 = {n}{unit}半 | 半{unit}`,
}
