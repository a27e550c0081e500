package tracetest

import (
	"testing"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// strict wants a message to have no field that its type does not know.
func strict(t testing.TB, m protoreflect.Message) {
	if unknown := m.GetUnknown(); len(unknown) > 0 {
		t.Errorf("%s has unknown fields: % x", m.Descriptor().FullName(), unknown)
	}
	m.Range(func(field protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case field.Message() == nil:
		case field.IsList():
			for i := range v.List().Len() {
				strict(t, v.List().Get(i).Message())
			}
		default:
			strict(t, v.Message())
		}
		return true
	})
}

// Attributes are those of a span or resource, values as text or numbers.
func Attributes(of []*commonpb.KeyValue) map[string]any {
	all := make(map[string]any, len(of))
	for _, pair := range of {
		switch v := pair.GetValue().GetValue().(type) {
		case *commonpb.AnyValue_StringValue:
			all[pair.GetKey()] = v.StringValue
		case *commonpb.AnyValue_IntValue:
			all[pair.GetKey()] = v.IntValue
		case *commonpb.AnyValue_DoubleValue:
			all[pair.GetKey()] = v.DoubleValue
		default:
			all[pair.GetKey()] = v
		}
	}
	return all
}
