// Command fwatchdog is the small server in every function image: it runs the
// program that the variable fprocess names once for each HTTP request, with the
// body on its STDIN and its STDOUT as the answer, or keeps it running as an
// HTTP server or an AWS Lambda runtime. Its environment configures it; see
// fwatchdog -help.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/harkvoice/hark/internal/option"
	"github.com/harkvoice/hark/watchdog"
)

// version is set by the linker.
var version = "devel"

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	command, err := parse(os.Args[1:])
	if err != nil {
		os.Exit(2)
	}
	if err := command(log); err != nil {
		log.Error("fwatchdog cannot run", "error", err)
		os.Exit(1)
	}
}

// parse chooses what to do by the flags, which are those of the classic
// watchdog.
func parse(args []string) (func(*slog.Logger) error, error) {
	flags := flag.NewFlagSet("fwatchdog", flag.ContinueOnError)
	health := flags.Bool("run-healthcheck", false, "ask the watchdog on this machine how it is, and end with status 0 if it is well")
	tell := flags.Bool("version", false, "print the version")
	flags.Usage = func() { usage(flags.Output(), flags) }
	if err := flags.Parse(args); err != nil {
		if err == flag.ErrHelp {
			os.Exit(0)
		}
		return nil, err
	}
	if flags.NArg() > 0 {
		err := fmt.Errorf("fwatchdog takes no arguments, but got %q; its environment configures it, see fwatchdog -help", flags.Arg(0))
		fmt.Fprintln(flags.Output(), err)
		return nil, err
	}
	switch {
	case *tell:
		return printVersion, nil
	case *health:
		return checkHealth, nil
	}
	return serve, nil
}

func usage(w io.Writer, flags *flag.FlagSet) {
	fmt.Fprint(w, "fwatchdog answers HTTP requests by a program: it runs it once for each, or keeps it running.\n\nFlags:\n")
	flags.PrintDefaults()
	s := watchdog.Defaults()
	fmt.Fprint(w, "\nEnvironment:\n", option.Help(s.Options()), "\nExample:\n  fprocess=cat port=8080 fwatchdog\n")
}

func printVersion(*slog.Logger) error {
	_, err := fmt.Printf("fwatchdog %s %s/%s\n", version, runtime.GOOS, runtime.GOARCH)
	return err
}

// serve runs the function until it is told to stop.
func serve(log *slog.Logger) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if os.Getpid() == 1 { // of a container: the parent of whatever loses its own
		watchdog.ReapOrphans(context.Background())
	}
	return run(ctx, log)
}
