package slottype_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/harkvoice/hark/intents/slottype"
)

func ExampleType_Spans() {
	date, _ := slottype.Lookup("AMAZON.DATE")
	words := strings.Fields("remind me the third of march twenty twenty six please")
	ref := time.Date(2025, 11, 24, 9, 0, 0, 0, time.UTC)
	for _, span := range date.Spans(slottype.For("en-US"), words, 2, ref) {
		fmt.Println(strings.Join(words[2:2+span.Len], " "), span.Value)
	}
	// Output:
	// the third of march twenty twenty six 2026-03-03
	// the third of march twenty twenty 2020-03-03
	// the third of march 2026-03-03
	// the third 2025-12-03
}

func ExampleType_SpansIn() {
	clock, _ := slottype.Lookup("AMAZON.TIME")
	text := "午後三時半に起こして"
	for _, span := range clock.SpansIn(slottype.For("ja-JP"), text, time.Now()) {
		fmt.Println(text[:span.Len], span.Value)
	}
	// Output:
	// 午後三時半 15:30
	// 午後三時 15:00
	// 午後 AF
}
