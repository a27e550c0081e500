package function

import "time"

// LogQuery chooses among the lines that a function has logged.
type LogQuery struct {
	Name     string    // of the function
	Instance string    // of one replica only, if it is not empty
	Since    time.Time // none before it
	Tail     int       // at most so many of those that are there already; 0 is all
	Follow   bool      // go on with what is logged from now on
}

// LogLine is a line that a function has logged.
type LogLine struct {
	Name     string
	Instance string // the replica, as its engine names it
	Time     time.Time
	Text     string // without its end
}
