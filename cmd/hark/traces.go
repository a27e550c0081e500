package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"strings"

	"github.com/harkvoice/hark/internal/option"
	"github.com/harkvoice/hark/internal/trace"
)

// traces are the settings of traces. Their variables are OpenTelemetry's, as far as
// it has such.
type traces struct {
	Endpoint, Whole string // Whole has the path already
	HeadersFile     string
	Ratio           float64
	Service         string
	Resource        string
	Protocol        string
}

const otlpProtocol = "http/protobuf"

func defaultTraces() traces {
	return traces{Ratio: 1, Service: "hark", Protocol: otlpProtocol}
}

func (t *traces) options() []option.Option {
	return []option.Option{
		{Name: "otlp", Env: "OTEL_EXPORTER_OTLP_ENDPOINT", Usage: "where traces are sent, by OTLP over HTTP, such as http://127.0.0.1:4318; without it there are none", Value: option.Text(&t.Endpoint, "url")},
		{Env: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", Usage: "the same with the whole path, such as http://127.0.0.1:4318/v1/traces", Value: option.Text(&t.Whole, "url")},
		{Env: "OTEL_EXPORTER_OTLP_PROTOCOL", Usage: "there is one only", Value: option.Choice(&t.Protocol, otlpProtocol)},
		{Name: "otlp-headers-file", Env: "HARK_OTLP_HEADERS_FILE", Usage: "file of headers that traces are sent with, such as an API key, NAME: VALUE a line", Value: option.Text(&t.HeadersFile, "file")},
		{Name: "trace-ratio", Env: "OTEL_TRACES_SAMPLER_ARG", Usage: "part of the traces that is kept; those that a caller on the operator's listener has begun are kept as the caller does", Value: option.Part(&t.Ratio)},
		{Env: "OTEL_SERVICE_NAME", Usage: "what hark is called in traces", Value: option.Text(&t.Service, "name")},
		{Env: "OTEL_RESOURCE_ATTRIBUTES", Usage: "what else traces tell of this hark, NAME=VALUE,…", Value: option.Text(&t.Resource, "pairs")},
	}
}

// tracer is nil if nowhere is named. It is to be closed.
func (t *traces) tracer(log *slog.Logger) (*trace.Tracer, error) {
	to, from := t.Whole, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	if to == "" && t.Endpoint != "" {
		to, from = strings.TrimRight(t.Endpoint, "/")+"/v1/traces", "--otlp (OTEL_EXPORTER_OTLP_ENDPOINT)"
	}
	if to == "" {
		return nil, nil
	}
	if u, err := url.Parse(to); err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return nil, fmt.Errorf("%s: want an address such as http://127.0.0.1:4318, without a user", from)
	}
	header, err := t.header()
	if err != nil {
		return nil, fmt.Errorf("--otlp-headers-file: %w", err)
	}
	resource, err := t.resource()
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	if os.Getenv("OTEL_EXPORTER_OTLP_HEADERS") != "" {
		log.Warn("traces", "cause", "OTEL_EXPORTER_OTLP_HEADERS is not read, for functions and others see the environment: name a file with --otlp-headers-file or HARK_OTLP_HEADERS_FILE")
	}
	return trace.New(trace.Config{URL: to, Header: header, Service: t.Service, Version: versionText(), Resource: resource, Ratio: t.Ratio, Log: log}), nil
}

// header is what the file has, or nothing if none is named.
func (t *traces) header() (http.Header, error) {
	if t.HeadersFile == "" {
		return nil, nil
	}
	text, err := os.ReadFile(t.HeadersFile)
	if err != nil {
		return nil, err
	}
	lines := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(bytes.TrimSpace(text), "\r\n\r\n"...))))
	header, err := lines.ReadMIMEHeader()
	if err != nil || len(header) == 0 { // whose error has the line, and that a secret
		return nil, errors.New("want lines of the form NAME: VALUE")
	}
	return http.Header(header), nil
}

func (t *traces) resource() (attrs []slog.Attr, err error) {
	for pair := range strings.SplitSeq(t.Resource, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		name, value, ok := strings.Cut(pair, "=")
		if value, err = url.PathUnescape(strings.TrimSpace(value)); err != nil || !ok {
			return nil, fmt.Errorf("%.40q is not of the form NAME=VALUE", pair)
		}
		attrs = append(attrs, slog.String(strings.TrimSpace(name), value))
	}
	return attrs, nil
}
