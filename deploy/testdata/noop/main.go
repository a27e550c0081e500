// Command noop is a function that does nothing but answer with what it gets.
package main

import (
	"cmp"
	"io"
	"net/http"
	"os"
)

func main() {
	_ = http.ListenAndServe(":"+cmp.Or(os.Getenv("PORT"), "8080"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	}))
}
