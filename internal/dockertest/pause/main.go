// Command pause does nothing until it is told to stop. A container of it keeps a
// network of Docker's in place.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
}
