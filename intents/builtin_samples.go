package intents

import (
	"strings"
	"sync"
)

// builtinSamples are what people say for Amazon's standard intents without a
// model's help, by language; models list only what they add to it.
//
// Clause: "Standard Built-in Intents".
var builtinSamples = sync.OnceValue(func() map[string]map[string][]string {
	all := make(map[string]map[string][]string)
	for language, table := range builtinTables {
		all[language] = make(map[string][]string)
		for line := range strings.SplitSeq(strings.TrimSpace(table), "\n") {
			name, samples, _ := strings.Cut(strings.TrimSpace(line), ": ")
			all[language]["AMAZON."+name+"Intent"] = strings.Split(samples, " | ")
		}
	}
	return all
})

var builtinTables = map[string]string{
	"en": `
		Help: help | help me | i need help | can you help me | what can i say | what can you do
		Stop: stop | off | shut up | quit | that's all | goodbye | bye
		Cancel: cancel | never mind | forget it | cancel that | cancel it
		Yes: yes | yes please | sure | yeah | yep | yup | ok | okay | of course | correct | right
		No: no | no thanks | no thank you | nope | nah | not now
		Repeat: repeat | repeat that | repeat please | please repeat | say that again | say it again | what did you say | again | pardon
		StartOver: start over | restart | start again | begin again | from the beginning
		Next: next | skip | skip forward | next one | go forward
		Previous: previous | go back | back | skip back | back up | previous one
		Pause: pause | pause that | hold on
		Resume: resume | continue | keep going | go on | play
		LoopOn: loop | loop on | turn loop on | turn on loop
		LoopOff: loop off | turn loop off | turn off loop
		ShuffleOn: shuffle | shuffle on | turn shuffle on | shuffle the music | turn on shuffle
		ShuffleOff: shuffle off | turn shuffle off | stop shuffling | turn off shuffle
		NavigateHome: go home | home | exit | return home | go to home screen
		NavigateSettings: settings | go to settings | open settings
		More: more | show more | tell me more | show me more
		PageUp: page up
		PageDown: page down
		ScrollUp: scroll up
		ScrollDown: scroll down
		ScrollLeft: scroll left
		ScrollRight: scroll right`,
	"de": `
		Help: hilfe | hilf mir | ich brauche hilfe | kannst du mir helfen | was kann ich sagen | was kannst du
		Stop: stopp | stop | halt | aus | aufhören | hör auf | ende | beenden | tschüss | auf wiedersehen
		Cancel: abbrechen | abbruch | cancel | brich ab | vergiss es | egal
		Yes: ja | ja bitte | ja gerne | gerne | klar | sicher | okay | ok | genau | richtig | jawohl
		No: nein | nein danke | nö | nee | ne | lieber nicht | nicht jetzt
		Repeat: wiederholen | wiederhole das | wiederhole | nochmal | noch einmal | sag das nochmal | wie bitte | was hast du gesagt
		StartOver: von vorne | von vorn | nochmal von vorne | neu starten | neustart | fang von vorne an
		Next: weiter | nächste | nächster | nächstes | überspringen | vor
		Previous: zurück | vorherige | vorheriger | vorheriges | geh zurück
		Pause: pause | pausieren | anhalten
		Resume: fortsetzen | fortfahren | weiter abspielen | mach weiter | weitermachen
		LoopOn: wiederholung an | endlosschleife | schleife an | endlosschleife an
		LoopOff: wiederholung aus | schleife aus | endlosschleife aus
		ShuffleOn: zufallswiedergabe | zufallswiedergabe an | zufällig | mischen
		ShuffleOff: zufallswiedergabe aus | nicht mischen
		NavigateHome: startseite | home | geh zur startseite | nach hause | hauptmenü | zum startbildschirm
		NavigateSettings: einstellungen | geh zu einstellungen | öffne einstellungen
		More: mehr | zeig mehr | mehr anzeigen | zeig mir mehr
		PageUp: seite hoch | seite nach oben
		PageDown: seite runter | seite nach unten
		ScrollUp: nach oben scrollen | hochscrollen
		ScrollDown: nach unten scrollen | runterscrollen
		ScrollLeft: nach links scrollen
		ScrollRight: nach rechts scrollen`,
	"fr": `
		Help: aide | aide moi | aidez moi | à l'aide | que puis je dire | que sais tu faire
		Stop: stop | arrête | arrête toi | arrêter | quitter | au revoir | tais toi
		Cancel: annule | annuler | laisse tomber | oublie | peu importe
		Yes: oui | oui s'il te plaît | ouais | bien sûr | d'accord | ok | volontiers | exact | tout à fait
		No: non | non merci | pas maintenant | nan | pas du tout
		Repeat: répète | répéter | redis | redis le | encore une fois | encore | tu peux répéter | qu'as tu dit
		StartOver: recommence | recommencer | depuis le début | reprends au début
		Next: suivant | suivante | prochain | passe | avance
		Previous: précédent | précédente | retour | reviens | reviens en arrière
		Pause: pause | mets en pause | mettre en pause
		Resume: reprends | reprendre | continue | continuer
		LoopOn: en boucle | active la boucle | lecture en boucle
		LoopOff: arrête la boucle | désactive la boucle
		ShuffleOn: aléatoire | lecture aléatoire | mélange | active la lecture aléatoire
		ShuffleOff: désactive la lecture aléatoire | arrête la lecture aléatoire
		NavigateHome: accueil | va à l'accueil | retour à l'accueil | page d'accueil
		NavigateSettings: paramètres | réglages | va aux paramètres
		More: plus | montre plus | montre moi plus | en savoir plus
		PageUp: page précédente
		PageDown: page suivante
		ScrollUp: défile vers le haut | fais défiler vers le haut
		ScrollDown: défile vers le bas | fais défiler vers le bas
		ScrollLeft: défile vers la gauche | fais défiler vers la gauche
		ScrollRight: défile vers la droite | fais défiler vers la droite`,
	"es": `
		Help: ayuda | ayúdame | necesito ayuda | qué puedo decir | qué puedes hacer
		Stop: para | parar | detente | stop | alto | basta | termina | adiós | salir | ya basta
		Cancel: cancela | cancelar | olvídalo | déjalo | no importa
		Yes: sí | sí por favor | claro | claro que sí | vale | por supuesto | de acuerdo | ok | correcto
		No: no | no gracias | ahora no | para nada
		Repeat: repite | repetir | repítelo | otra vez | dilo otra vez | de nuevo | qué has dicho | qué dijiste
		StartOver: empieza de nuevo | empezar de nuevo | reinicia | reiniciar | desde el principio | vuelve a empezar
		Next: siguiente | próximo | próxima | salta | avanza | adelante
		Previous: anterior | atrás | vuelve | vuelve atrás | regresa
		Pause: pausa | pausar | haz una pausa
		Resume: continúa | continuar | reanuda | reanudar | sigue
		LoopOn: bucle | activa el bucle | repetir en bucle
		LoopOff: desactiva el bucle | quita el bucle
		ShuffleOn: aleatorio | modo aleatorio | activa el modo aleatorio | mezcla
		ShuffleOff: desactiva el modo aleatorio | quita el modo aleatorio
		NavigateHome: inicio | ve al inicio | pantalla de inicio | ir a inicio
		NavigateSettings: ajustes | configuración | ve a ajustes
		More: más | muestra más | muéstrame más | dime más
		PageUp: página arriba
		PageDown: página abajo
		ScrollUp: desplaza hacia arriba
		ScrollDown: desplaza hacia abajo
		ScrollLeft: desplaza hacia la izquierda
		ScrollRight: desplaza hacia la derecha`,
	"it": `
		Help: aiuto | aiutami | ho bisogno di aiuto | cosa posso dire | cosa sai fare
		Stop: stop | fermati | ferma | basta | esci | arrivederci | ciao | spegniti
		Cancel: annulla | annullare | cancella | lascia perdere | lascia stare | dimentica
		Yes: sì | sì grazie | certo | va bene | ok | d'accordo | esatto | certamente
		No: no | no grazie | non ora | per niente
		Repeat: ripeti | ripeti per favore | ripetere | ripetilo | ancora | di nuovo | puoi ripetere | cosa hai detto
		StartOver: ricomincia | ricomincia da capo | ricominciare | dall'inizio | inizia da capo | da capo
		Next: avanti | prossimo | prossima | successivo | successiva | salta
		Previous: indietro | precedente | torna indietro
		Pause: pausa | metti in pausa
		Resume: riprendi | riprendere | continua | continuare
		LoopOn: ripeti tutto | attiva la ripetizione | in loop
		LoopOff: disattiva la ripetizione | togli il loop
		ShuffleOn: casuale | riproduzione casuale | attiva la riproduzione casuale | mischia
		ShuffleOff: disattiva la riproduzione casuale
		NavigateHome: home | vai alla home | schermata principale | torna alla home
		NavigateSettings: impostazioni | vai alle impostazioni
		More: altro | di più | mostra altro | mostrami di più
		PageUp: pagina su
		PageDown: pagina giù
		ScrollUp: scorri in alto | scorri verso l'alto
		ScrollDown: scorri in basso | scorri verso il basso
		ScrollLeft: scorri a sinistra | scorri verso sinistra
		ScrollRight: scorri a destra | scorri verso destra`,
	"pt": `
		Help: ajuda | me ajuda | me ajude | preciso de ajuda | o que posso dizer | o que você faz
		Stop: pare | para | parar | chega | sair | tchau | stop | encerrar
		Cancel: cancela | cancelar | cancele | esquece | deixa pra lá | esqueça
		Yes: sim | sim por favor | claro | com certeza | ok | tá bom | certo | isso | pode ser
		No: não | não obrigado | não obrigada | agora não | de jeito nenhum
		Repeat: repete | repetir | repita | de novo | outra vez | fala de novo | o que você disse
		StartOver: recomeçar | recomece | começar de novo | comece de novo | do início | reiniciar
		Next: próximo | próxima | avançar | seguinte | pular | pula
		Previous: anterior | voltar | volta | volte
		Pause: pausa | pausar | pause
		Resume: continuar | continua | continue | retomar | retome
		LoopOn: repetir tudo | ativar repetição | loop
		LoopOff: desativar repetição | parar de repetir
		ShuffleOn: aleatório | modo aleatório | ativar modo aleatório | embaralhar
		ShuffleOff: desativar modo aleatório
		NavigateHome: início | ir para o início | tela inicial | página inicial
		NavigateSettings: configurações | ir para configurações | ajustes
		More: mais | mostrar mais | mostre mais | me conta mais
		PageUp: página acima
		PageDown: página abaixo
		ScrollUp: rolar para cima
		ScrollDown: rolar para baixo
		ScrollLeft: rolar para a esquerda
		ScrollRight: rolar para a direita`,
	"nl": `
		Help: help | hulp | help me | wat kan ik zeggen | wat kun je
		Stop: stop | stoppen | uit | afsluiten | tot ziens | doei | hou op
		Cancel: annuleer | annuleren | laat maar | vergeet het
		Yes: ja | ja graag | zeker | natuurlijk | oké | ok | prima | juist
		No: nee | nee bedankt | nee dank je | niet nu
		Repeat: herhaal | herhalen | herhaal dat | nog een keer | nog eens | wat zei je
		StartOver: opnieuw | opnieuw beginnen | begin opnieuw | van voren af aan
		Next: volgende | overslaan | verder
		Previous: vorige | terug | ga terug
		Pause: pauze | pauzeer | pauzeren
		Resume: hervat | ga verder | hervatten | doorgaan | ga door
		LoopOn: herhalen aan | zet herhalen aan
		LoopOff: herhalen uit | zet herhalen uit
		ShuffleOn: shuffle | shuffle aan | willekeurig afspelen
		ShuffleOff: shuffle uit | zet shuffle uit
		NavigateHome: startscherm | ga naar het startscherm | naar huis
		NavigateSettings: instellingen | ga naar instellingen
		More: meer | laat meer zien | toon meer`,
	"ja": `
		Help: ヘルプ | ヘルプして | 使い方 | 助けて | 使い方を教えて | 何ができるの
		Stop: ストップ | 止めて | 止まって | やめて | 停止 | 終了 | 終わり | おわり | バイバイ
		Cancel: キャンセル | キャンセルして | 取り消し | 取り消して | やっぱりいい | やっぱりやめる
		Yes: はい | うん | ええ | お願い | お願いします | オッケー | オーケー | そう | そうです | もちろん
		No: いいえ | いや | ううん | 違う | 違います | 結構です | いらない
		Repeat: もう一度 | もう一回 | 繰り返して | リピート | もう一度言って | もう一回言って
		StartOver: 最初から | 初めから | やり直し | やり直して | もう一度最初から
		Next: 次 | 次へ | 次に | スキップ | 次の | 進んで
		Previous: 前 | 前へ | 戻って | 戻る | 前の | 前に戻って
		Pause: 一時停止 | 一時停止して | ポーズ
		Resume: 再開 | 再開して | 続けて | 続き
		LoopOn: ループ | ループオン | ループして
		LoopOff: ループオフ | ループを止めて
		ShuffleOn: シャッフル | シャッフルオン | シャッフルして
		ShuffleOff: シャッフルオフ | シャッフルを止めて
		NavigateHome: ホーム | ホームに戻って | ホームへ | ホーム画面
		NavigateSettings: 設定 | 設定を開いて
		More: もっと | もっと見せて | もっと見る
		ScrollUp: 上にスクロール | 上にスクロールして
		ScrollDown: 下にスクロール | 下にスクロールして
		ScrollLeft: 左にスクロール | 左にスクロールして
		ScrollRight: 右にスクロール | 右にスクロールして`,
	"hi": `
		Help: मदद | मदद करो | हेल्प | मेरी मदद करो | सहायता
		Stop: रुको | रोको | बंद करो | स्टॉप | रुक जाओ | बस | बंद
		Cancel: रद्द करो | कैंसल | कैंसल करो | कैंसिल | कैंसिल करो | रहने दो | छोड़ो
		Yes: हाँ | हां | जी हाँ | जी | हाँ जी | ठीक है | ओके | बिल्कुल
		No: नहीं | ना | नहीं धन्यवाद | जी नहीं | अभी नहीं
		Repeat: दोहराओ | फिर से | फिर से बोलो | फिर से कहो | दोबारा | रिपीट | रिपीट करो
		StartOver: फिर से शुरू करो | शुरू से | दोबारा शुरू करो
		Next: अगला | आगे | नेक्स्ट | आगे बढ़ो
		Previous: पिछला | पीछे | वापस जाओ | पीछे जाओ
		Pause: पॉज़ | पॉज़ करो
		Resume: जारी रखो | फिर से चलाओ | रिज्यूम
		NavigateHome: होम | होम पर जाओ | होम स्क्रीन
		More: और | और दिखाओ | और बताओ`,
	"ar": `
		Help: مساعدة | المساعدة | ساعدني | ساعديني | أحتاج مساعدة | ماذا يمكنني أن أقول
		Stop: توقف | توقفي | إيقاف | قف | أوقف | أغلق | مع السلامة | وداعا
		Cancel: إلغاء | ألغ | ألغي | انس الأمر | لا يهم
		Yes: نعم | أجل | أكيد | طبعا | حسنا | تمام | موافق | أيوه
		No: لا | لا شكرا | كلا | ليس الآن
		Repeat: كرر | أعد | أعيدي | مرة أخرى | كرر ذلك | ماذا قلت
		StartOver: ابدأ من جديد | من البداية | أعد من البداية
		Next: التالي | التالية | تخطى | تقدم
		Previous: السابق | السابقة | ارجع | عد
		Pause: إيقاف مؤقت | أوقف مؤقتا
		Resume: استمر | تابع | أكمل | استئناف
		NavigateHome: الصفحة الرئيسية | الشاشة الرئيسية | اذهب إلى الرئيسية
		More: المزيد | أكثر | أرني المزيد`,
}
