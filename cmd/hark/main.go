// Command hark is the gateway for voice functions and its command line.
package main

import (
	"context"
	"os"

	_ "golang.org/x/crypto/x509roots/fallback" // certificate authorities for machines and images without any
)

func main() {
	ctx, stop := interruptible(context.Background())
	err := newCommand(os.Stdout, os.Stderr).ExecuteContext(ctx)
	stop()
	if err != nil {
		complain(os.Stderr, err)
		os.Exit(1)
	}
}
