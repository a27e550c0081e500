// Package draft makes interaction models from the labels of functions, so that
// a skill can begin with a stack.yaml alone.
//
//	functions:
//	  BrewIntent:
//	    labels:
//	      hark.samples: brew a {Drink} | make me a {Drink}
//	      hark.slots: Drink = TEA:tea, COFFEE:coffee|espresso; Count = AMAZON.NUMBER
//
// A model that is there already belongs to the person who keeps it: what is
// missing in it is put into its text, and nothing of it is changed or taken out.
// What it has besides the labels, or has differently, is told.
package draft
