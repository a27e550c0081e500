package watchdog

import "time"

// Limits bound what each process may use, as setrlimit(2) does; 0 is without
// bound.
type Limits struct {
	Memory    int64         // address space in bytes
	CPU       time.Duration // CPU time, rounded up to seconds; then the kernel kills it
	Files     int           // open files
	Processes int           // of the user that it runs as, everywhere
	FileSize  int64         // of a file that it writes, in bytes
}
