package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/harkvoice/hark/alexa/alexatest"
	"github.com/harkvoice/hark/internal/trace/tracetest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hark": main})
}

// TestScript runs the command line as people do; see testdata/script.
func TestScript(t *testing.T) {
	collector := tracetest.New(t)
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HARK_STATE", filepath.Join(env.WorkDir, "state"))
			env.Setenv("HARK_LISTEN", "127.0.0.1:0")
			env.Setenv("HARK_HTTPS", "127.0.0.1:0")
			env.Setenv("HARK_BIN", filepath.SplitList(env.Getenv("PATH"))[0]) // where hark is, and no other program
			env.Setenv("OPENFAAS_URL", "")                                    // no gateway of this machine's
			env.Setenv("DOCKER_CONFIG", filepath.Join(env.WorkDir, "docker"))
			env.Setenv("HTTPS_PROXY", "http://127.0.0.1:1") // nothing leaves this machine
			env.Setenv("COLLECTOR", collector.URL)
			env.Setenv("GORACE", "atexit_sleep_ms=0") // by default each program waits a second
			port, err := freePort()
			env.Setenv("PORT", port)
			env.Values[pebbleKey{}] = &pebble{port: port}
			return err
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"await-up":      awaitUp,
			"await-gone":    awaitGone,
			"await-down":    awaitDown,
			"await-other":   awaitOther,
			"gone":          gone,
			"await-file":    awaitFile,
			"await-text":    awaitText,
			"await-port":    awaitPort,
			"await-exec":    awaitExec,
			"await-http":    awaitHTTP,
			"free-port":     setFreePort,
			"http":          httpRequest,
			"server-cert":   serverCert,
			"await-renewed": awaitRenewed,
			"pebble":        pebbleCommand,
			"monitored":     monitored,
			"spans":         func(ts *testscript.TestScript, _ bool, _ []string) { printSpans(ts, collector) },
		},
	})
}

// deadline bounds what a script waits for.
const deadline = 20 * time.Second

// poll calls done until it says so.
func poll(ts *testscript.TestScript, what string, done func() bool) {
	for end := time.Now().Add(deadline); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			ts.Fatalf("%s did not come within %s", what, deadline)
		}
	}
}

// awaitUp waits until a hark has noted that it is up, and sets $URL, $OPERATOR
// and $TAKEN, the operator's address.
func awaitUp(ts *testscript.TestScript, _ bool, _ []string) {
	var here running
	poll(ts, "hark", func() bool {
		var err error
		here, err = readRunning(ts.Getenv("HARK_STATE"))
		return err == nil
	})
	ts.Setenv("URL", here.URL)
	ts.Setenv("OPERATOR", here.Operator)
	ts.Setenv("TAKEN", strings.TrimPrefix(here.Operator, "http://"))
}

// awaitOther waits until another hark than that of awaitUp has noted that it is
// up.
func awaitOther(ts *testscript.TestScript, _ bool, _ []string) {
	poll(ts, "another hark", func() bool {
		here, err := readRunning(ts.Getenv("HARK_STATE"))
		return err == nil && here.URL != ts.Getenv("URL")
	})
}

func awaitFile(ts *testscript.TestScript, _ bool, args []string) {
	poll(ts, args[0], func() bool {
		_, err := os.Stat(ts.MkAbs(args[0]))
		return err == nil
	})
}

// awaitText waits until a file has text that matches: await-text FILE PATTERN.
func awaitText(ts *testscript.TestScript, _ bool, args []string) {
	pattern, err := regexp.Compile(args[1])
	ts.Check(err)
	poll(ts, args[1]+" in "+args[0], func() bool {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		return err == nil && pattern.Match(text)
	})
}

// awaitExec runs a program again until what it prints matches: await-exec PATTERN
// PROGRAM [ARGUMENT…].
func awaitExec(ts *testscript.TestScript, _ bool, args []string) {
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	poll(ts, args[0]+" from "+strings.Join(args[1:], " "), func() bool {
		_ = ts.Exec(args[1], args[2:]...)
		return pattern.MatchString(ts.ReadFile("stdout")) || pattern.MatchString(ts.ReadFile("stderr"))
	})
}

func awaitPort(ts *testscript.TestScript, _ bool, args []string) {
	poll(ts, "a listener on port "+args[0], func() bool { return listens("127.0.0.1:" + args[0]) })
}

// listens reports whether something accepts connections at an address.
func listens(address string) bool {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	c.Close()
	return true
}

// awaitRenewed waits until the certificate in a file is served on a port:
// await-renewed PORT FILE.
func awaitRenewed(ts *testscript.TestScript, _ bool, args []string) {
	block, _ := pem.Decode([]byte(ts.ReadFile(args[1])))
	poll(ts, args[1]+" on port "+args[0], func() bool {
		c, err := tls.Dial("tcp", "127.0.0.1:"+args[0], &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			return false
		}
		defer c.Close()
		return bytes.Equal(c.ConnectionState().PeerCertificates[0].Raw, block.Bytes)
	})
}

// freePort is a port that nothing listened on a moment ago.
func freePort() (string, error) {
	for range 100 { // below those that the kernel gives to connections, which may take any of theirs
		port := strconv.Itoa(10_000 + rand.IntN(20_000))
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			return port, l.Close()
		}
	}
	return "", errors.New("there is no free port")
}

// awaitDown waits until the operator's listener of awaitUp is closed.
func awaitDown(ts *testscript.TestScript, _ bool, _ []string) {
	poll(ts, "the end of the listeners", func() bool { return !listens(ts.Getenv("TAKEN")) })
}

// awaitGone waits until the process whose id is in a file has ended; gone wants
// it to have ended already.
func awaitGone(ts *testscript.TestScript, _ bool, args []string) {
	poll(ts, "the end of the process in "+args[0], func() bool { return ended(ts, args[0]) })
}

func gone(ts *testscript.TestScript, _ bool, args []string) {
	if !ended(ts, args[0]) {
		ts.Fatalf("the process in %s is still there", args[0])
	}
}

func ended(ts *testscript.TestScript, file string) bool {
	stat, err := os.ReadFile("/proc/" + strings.TrimSpace(ts.ReadFile(file)) + "/stat")
	return errors.Is(err, fs.ErrNotExist) || strings.Contains(string(stat), ") Z ")
}

// setFreePort sets a variable to another port than $PORT: free-port NAME.
func setFreePort(ts *testscript.TestScript, _ bool, args []string) {
	port, err := freePort()
	ts.Check(err)
	ts.Setenv(args[0], port)
}

// awaitHTTP waits until what is at an address matches, and prints it: await-http
// PATTERN URL.
func awaitHTTP(ts *testscript.TestScript, _ bool, args []string) {
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	poll(ts, args[0]+" at "+args[1], func() bool {
		resp, err := http.Get(args[1])
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil || !pattern.Match(text) {
			return false
		}
		fmt.Fprintln(ts.Stdout(), string(text))
		return true
	})
}

// httpRequest is a small curl: http METHOD URL [NAME:VALUE…] [BODY]. It prints
// the status, the headers of hark's and the body.
func httpRequest(ts *testscript.TestScript, neg bool, args []string) {
	body := ""
	header := http.Header{}
	for _, a := range args[2:] {
		if name, value, ok := strings.Cut(a, ":"); ok && !strings.ContainsAny(name, " {") {
			header.Set(name, value)
		} else {
			body = a
		}
	}
	r, err := http.NewRequest(args[0], args[1], strings.NewReader(body))
	ts.Check(err)
	r.Header = header
	resp, err := http.DefaultClient.Do(r)
	if neg {
		if err == nil {
			ts.Fatalf("unexpected answer %s", resp.Status)
		}
		return
	}
	ts.Check(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	ts.Check(err)
	fmt.Fprintln(ts.Stdout(), resp.Status)
	for name, values := range resp.Header {
		if strings.HasPrefix(name, "X-") {
			fmt.Fprintf(ts.Stdout(), "%s: %s\n", name, strings.Join(values, ", "))
		}
	}
	fmt.Fprintln(ts.Stdout(), string(text))
}

// printSpans prints what a collector has of the scripts: a line each span.
func printSpans(ts *testscript.TestScript, from *tracetest.Receiver) {
	for _, s := range from.Spans() {
		fmt.Fprintf(ts.Stdout(), "%s trace=%x parent=%x %v\n", s.GetName(), s.GetTraceId(), s.GetParentSpanId(), tracetest.Attributes(s.GetAttributes()))
	}
}

// serverCert makes an authority in DIR and a server's certificate of it:
// server-cert DIR. The files are DIR/authority, DIR/cert.pem, DIR/key.pem.
func serverCert(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	authority, _, err := alexatest.Create(filepath.Join(dir, "authority"))
	ts.Check(err)
	certificate, err := authority.ServerCertificate("127.0.0.1")
	ts.Check(err)
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	ts.Check(err)
	write := func(name, kind string, der []byte) {
		ts.Check(os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
	}
	write("cert.pem", "CERTIFICATE", certificate.Certificate[0])
	write("key.pem", "PRIVATE KEY", key)
}
