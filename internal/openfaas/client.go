package openfaas

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/harkvoice/hark/internal/function"
)

const (
	// callTime is more than the API takes while a Swarm elects another leader.
	callTime = 45 * time.Second
	dialTime = 5 * time.Second
	// maxAnswer bounds what is read of an answer, but for logs.
	maxAnswer = 64 << 20
)

// Credentials are what the API asks for: a user's password or a token. The zero
// value is none.
type Credentials struct {
	User, Password string
	Token          string
}

// None reports whether there are no credentials.
func (c Credentials) None() bool { return c == Credentials{} }

func (c Credentials) authorize(r *http.Request) {
	switch {
	case c.Token != "":
		r.Header.Set("Authorization", "Bearer "+c.Token)
	case c.User != "":
		r.SetBasicAuth(c.User, c.Password)
	}
}

// Client calls the API of a gateway. What the gateway answers instead of what
// was asked for is an *Error; everything else is an *Unreachable.
type Client struct {
	base        *url.URL
	credentials Credentials
	http        *http.Client
}

// NewClient returns the client of the gateway at an address, such as
// http://127.0.0.1:8080; without a scheme, it is http.
func NewClient(address string, c Credentials) (*Client, error) {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	base, err := url.Parse(strings.TrimRight(address, "/"))
	if err != nil || base.Hostname() == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, errors.New("want an address such as http://127.0.0.1:8080")
	}
	if base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, errors.New("want an address without a user, a query or a fragment")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: dialTime}).DialContext
	return &Client{base, c, &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // it would turn a PUT into a GET
	}}, nil
}

// Address is where the gateway is.
func (c *Client) Address() string { return c.base.String() }

// Exposed reports whether credentials travel to another machine in clear.
func (c *Client) Exposed() bool {
	host := c.base.Hostname()
	loopback := host == "localhost" || net.ParseIP(host).IsLoopback()
	return !c.credentials.None() && c.base.Scheme == "http" && !loopback
}

// Functions lists the functions.
func (c *Client) Functions(ctx context.Context) (all []Status, err error) {
	err = c.call(ctx, http.MethodGet, "/system/functions", nil, &all)
	for i := range all {
		all[i].Trouble = line(all[i].Trouble)
	}
	return all, err
}

// Info is what the gateway is.
func (c *Client) Info(ctx context.Context) (i Info, err error) {
	return i, c.call(ctx, http.MethodGet, "/system/info", nil, &i)
}

// Function describes a function.
func (c *Client) Function(ctx context.Context, name string) (s Status, err error) {
	err = c.call(ctx, http.MethodGet, "/system/function/"+url.PathEscape(name), nil, &s)
	s.Trouble = line(s.Trouble)
	return s, err
}

// Deploy updates a function, or creates it if there is none of that name. The
// answer does not wait until it is ready.
func (c *Client) Deploy(ctx context.Context, d Deployment) (created bool, err error) {
	err = c.call(ctx, http.MethodPut, "/system/functions", d, nil)
	if !IsStatus(err, http.StatusNotFound) {
		return false, err
	}
	return true, c.call(ctx, http.MethodPost, "/system/functions", d, nil)
}

// Remove removes a function.
func (c *Client) Remove(ctx context.Context, name string) error {
	return c.call(ctx, http.MethodDelete, "/system/functions", Removal{FunctionName: name}, nil)
}

// Scale asks for a number of replicas.
func (c *Client) Scale(ctx context.Context, name string, replicas uint64) error {
	return c.call(ctx, http.MethodPost, "/system/scale-function/"+url.PathEscape(name), Scaling{ServiceName: name, Replicas: replicas}, nil)
}

const secretsPath = "/system/secrets"

// Secrets lists the secrets, without their values.
func (c *Client) Secrets(ctx context.Context) (all []Secret, err error) {
	return all, c.call(ctx, http.MethodGet, secretsPath, nil, &all)
}

// CreateSecret creates a secret.
func (c *Client) CreateSecret(ctx context.Context, s Secret) error {
	return c.call(ctx, http.MethodPost, secretsPath, s, nil)
}

// UpdateSecret changes the value of a secret.
func (c *Client) UpdateSecret(ctx context.Context, s Secret) error {
	return c.call(ctx, http.MethodPut, secretsPath, s, nil)
}

// RemoveSecret removes a secret.
func (c *Client) RemoveSecret(ctx context.Context, name string) error {
	return c.call(ctx, http.MethodDelete, secretsPath, Secret{Name: name}, nil)
}

// Metrics is what the gateway tells of itself, in Prometheus' text format, of which
// no more is read than of other answers. It is to be closed.
func (c *Client) Metrics(ctx context.Context) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	resp, err := c.send(ctx, http.MethodGet, "/metrics", nil)
	if err != nil {
		cancel()
		return nil, err
	}
	return &ending{io.LimitReader(resp.Body, maxAnswer), resp.Body, cancel}, nil
}

// ending is an answer whose time ends when it is closed.
type ending struct {
	io.Reader
	body io.Closer
	end  context.CancelFunc
}

func (e *ending) Close() error { defer e.end(); return e.body.Close() }

// Logs gives each line that a query yields to each, until there is none any
// more or each returns an error. One that follows ends with ctx only.
func (c *Client) Logs(ctx context.Context, q function.LogQuery, each func(LogLine) error) error {
	resp, err := c.send(ctx, http.MethodGet, "/system/logs?"+logValues(q).Encode(), nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	lines := json.NewDecoder(resp.Body)
	for {
		var line LogLine
		if err := lines.Decode(&line); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return c.broken(ctx, err)
		}
		if err := each(line); err != nil {
			return err
		}
	}
}

func logValues(q function.LogQuery) url.Values {
	v := url.Values{"name": {q.Name}}
	if q.Instance != "" {
		v.Set("instance", q.Instance)
	}
	if !q.Since.IsZero() {
		v.Set("since", q.Since.UTC().Format(time.RFC3339Nano))
	}
	if q.Tail > 0 {
		v.Set("tail", strconv.Itoa(q.Tail))
	}
	if q.Follow {
		v.Set("follow", "true")
	}
	return v
}

// call sends in as JSON and reads the answer into out, if they are not nil.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	resp, err := c.send(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(out); err != nil {
		return c.broken(ctx, err)
	}
	return nil
}

// send returns an answer of success, whose body is to be closed.
func (c *Client) send(ctx context.Context, method, path string, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base.String()+path, body)
	if err != nil {
		return nil, err
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	c.credentials.authorize(r)
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, c.broken(ctx, err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		defer resp.Body.Close()
		return nil, errorOf(resp)
	}
	return resp, nil
}

// broken is an answer that did not come, or not whole, or that is none.
func (c *Client) broken(ctx context.Context, err error) error {
	if ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ctx.Err()
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // the address is told once
	}
	var syntax *json.SyntaxError
	var form *json.UnmarshalTypeError
	if errors.As(err, &syntax) || errors.As(err, &form) {
		err = fmt.Errorf("what it answers is not the API's: %w", err)
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("it took longer than %s: %w", callTime, err)
	}
	return &Unreachable{c.Address(), err}
}
