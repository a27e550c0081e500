// WebhookStash keeps the body of each request in a file of the working
// directory, or of STASH_DIR, named after the time in nanoseconds.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

func main() {
	if err := stash(os.Stdin, filepath.Join(os.Getenv("STASH_DIR"), fmt.Sprintf("%d.txt", time.Now().UnixNano()))); err != nil {
		fmt.Fprintln(os.Stderr, "webhookstash:", err)
		os.Exit(1)
	}
	fmt.Println("Stashing request")
}

// stash writes what it reads to a new file.
func stash(from io.Reader, path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, from); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
