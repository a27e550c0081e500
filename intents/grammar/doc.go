// Package grammar knows what can be said to a skill in one locale: sample
// utterances with slots in them, compiled once, and the way from an utterance to
// the samples that it fits. It knows nothing of intents beyond their order.
//
//	g := grammar.Compile(source)
//	found := g.Hear(grammar.Words("paint the door red"), now).Parse(false)
//
// All samples are one automaton: nodes are joined by words that are said as they
// are, and by types of slots. A Hearing walks it by dynamic programming over the
// places between the words, so that its work grows with the utterance and not
// with the number of samples. Three passes, each only where the one before finds
// nothing: samples as they are, with values that the types know; values that a
// type of the skill's own does not know; and samples that are nearly what was
// said.
package grammar
