// Command pause does nothing until it is told to stop, but listen on an address
// if it is given one. A container of it keeps a network of Docker's in place.
package main

import (
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	if len(os.Args) > 1 {
		if _, err := net.Listen("tcp", os.Args[1]); err != nil {
			log.Fatal(err)
		}
	}
	<-stop
}
