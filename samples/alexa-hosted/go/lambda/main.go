package main

import (
	"encoding/json"
	"log"
	"os"

	alexa "github.com/arienmalec/alexa-go"
)

// main stands for lambda.Start: a request on STDIN, its answer on STDOUT.
func main() {
	var request alexa.Request
	if err := json.NewDecoder(os.Stdin).Decode(&request); err != nil {
		log.Fatal(err)
	}
	_ = json.NewEncoder(os.Stdout).Encode(DispatchIntents(request)) // who does not take it has hung up
}
