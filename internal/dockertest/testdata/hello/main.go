// Command hello tells whoever connects which node it runs on.
package main

import (
	"io"
	"log"
	"net"
	"os"
)

func main() {
	l, err := net.Listen("tcp", ":8080")
	if err != nil {
		log.Fatal(err)
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		_, _ = io.WriteString(conn, os.Getenv("NODE"))
		conn.Close()
	}
}
