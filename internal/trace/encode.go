package trace

import (
	"log/slog"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// The numbers of fields are those of opentelemetry/proto/collector/trace/v1 and of
// what it imports, OTLP 1.x, in which they do not change.

// nested appends a message within another, which fill writes.
func nested(b []byte, field protowire.Number, fill func([]byte) []byte) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	start := len(b)
	b = fill(append(b, 0)) // of most, the length takes one byte
	n := len(b) - start - 1
	if n < 1<<7 {
		b[start] = byte(n)
		return b
	}
	more := protowire.SizeVarint(uint64(n)) - 1
	b = append(b, make([]byte, more)...)
	copy(b[start+1+more:], b[start+1:len(b)-more])
	protowire.AppendVarint(b[:start], uint64(n))
	return b
}

// named is the name of an attribute of a request: OpenTelemetry's where it has one,
// else hark's own.
func named(key string) (prefix, name string) {
	switch key {
	case "status":
		return "http.response.", "status_code"
	case "method":
		return "http.request.", "method"
	}
	return "hark.", key
}

// asIs is the name of an attribute that is told under it.
func asIs(key string) (prefix, name string) { return "", key }

func text(b []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

func octets(b []byte, field protowire.Number, s []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), s)
}

func number(b []byte, field protowire.Number, n uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), n)
}

func fixed(b []byte, field protowire.Number, n uint64) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(b, field, protowire.Fixed64Type), n)
}

// request is an ExportTraceServiceRequest of spans that appendSpans has written.
func request(resource []slog.Attr, version string, spans []byte) []byte {
	b := make([]byte, 0, len(spans)+1024)
	return nested(b, 1, func(b []byte) []byte { // resource_spans
		b = nested(b, 1, func(b []byte) []byte { return attributes(b, 1, resource, asIs) })
		return nested(b, 2, func(b []byte) []byte { // scope_spans
			b = nested(b, 1, func(b []byte) []byte { return text(text(b, 1, "github.com/harkvoice/hark"), 2, version) })
			return append(b, spans...)
		})
	})
}

// appendSpans writes the spans of a trace, as they stand in ScopeSpans, and tells
// how many they are.
func (n *Trace) appendSpans(b []byte) ([]byte, int) {
	b = n.appendSpan(b, n.root, n.parent, n.kind, n.failed, n.attrs)
	for i, s := range n.stages {
		k := kindInternal
		if s.name == Invoke {
			k = kindClient
		}
		b = n.appendSpan(b, s, n.root.id, k, n.failed && i == len(n.stages)-1, nil)
	}
	return b, 1 + len(n.stages)
}

func (n *Trace) appendSpan(b []byte, s span, parent spanID, k kind, failed bool, attrs []slog.Attr) []byte {
	return nested(b, 2, func(b []byte) []byte {
		b = octets(b, 1, n.id[:])
		b = octets(b, 2, s.id[:])
		if n.state != "" {
			b = text(b, 3, n.state)
		}
		if parent != (spanID{}) {
			b = octets(b, 4, parent[:])
		}
		b = text(b, 5, s.name)
		b = number(b, 6, uint64(k))
		b = fixed(b, 7, uint64(s.begin))
		b = fixed(b, 8, uint64(max(s.begin, s.end)))
		b = attributes(b, 9, attrs, named)
		if n.linked != nil && s.id == n.root.id {
			b = nested(b, 13, func(b []byte) []byte { return octets(octets(b, 1, n.linked.trace[:]), 2, n.linked.span[:]) })
		}
		if failed {
			b = nested(b, 15, func(b []byte) []byte { return number(b, 3, 2) }) // STATUS_CODE_ERROR
		}
		return b
	})
}

// attributes appends each as a KeyValue.
func attributes(b []byte, field protowire.Number, attrs []slog.Attr, called func(key string) (prefix, name string)) []byte {
	for _, a := range attrs {
		b = nested(b, field, func(b []byte) []byte {
			prefix, name := called(a.Key)
			b = protowire.AppendVarint(protowire.AppendTag(b, 1, protowire.BytesType), uint64(len(prefix)+len(name)))
			b = append(append(b, prefix...), name...)
			return nested(b, 2, func(b []byte) []byte { return value(b, a.Value) })
		})
	}
	return b
}

// value is an AnyValue.
func value(b []byte, v slog.Value) []byte {
	switch v.Kind() {
	case slog.KindInt64:
		return number(b, 3, uint64(v.Int64()))
	case slog.KindFloat64:
		return fixed(b, 4, math.Float64bits(v.Float64()))
	}
	return text(b, 1, v.String())
}

// rejected is what an ExportTraceServiceResponse says of spans that were not taken.
func rejected(answer []byte) (spans int, why string) {
	partial := field(answer, 1)
	n, _ := protowire.ConsumeVarint(field(partial, 1))
	return int(n), string(field(partial, 2))
}

// field is the value of a message's field, without its length; nil if it has none.
func field(message []byte, want protowire.Number) (found []byte) {
	for len(message) > 0 {
		num, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return nil
		}
		message = message[n:]
		size := protowire.ConsumeFieldValue(num, kind, message)
		if size < 0 {
			return nil
		}
		if num == want {
			found = message[:size]
			if kind == protowire.BytesType {
				found, _ = protowire.ConsumeBytes(found)
			}
		}
		message = message[size:]
	}
	return found
}
