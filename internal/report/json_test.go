package report

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"backstay.dev/backstay/internal/backport"
)

const schemaFile = "../../docs/verify.schema.json"

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	s, err := c.Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decoded(t *testing.T, text []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// What JSON writes is as the published schema says, and is the values again.
func TestJSONSchema(t *testing.T) {
	t.Parallel()
	schema := compiled(t)
	for name, vs := range map[string][]backport.Verification{"rich": rich(), "hostile": hostile(), "none": nil, "zero": {{}}} {
		var got bytes.Buffer
		if err := JSON(&got, vs); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(decoded(t, got.Bytes())); err != nil && name != "zero" {
			t.Errorf("%s: %v", name, err)
		}
		var back Document
		if err := json.Unmarshal(got.Bytes(), &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(vs, back.Verifications); diff != "" && name == "rich" {
			t.Errorf("%s comes back as something else:\n%s", name, diff)
		}
		if bytes.ContainsAny(got.Bytes(), "\u202e\u0085\u009b\x7f\x1b\u2028") {
			t.Errorf("%s: a character without a shape is in the text", name)
		}
	}
}

// The schema is strict enough to tell.
func TestJSONSchemaRefuses(t *testing.T) {
	t.Parallel()
	schema := compiled(t)
	for name, text := range map[string]string{
		"no version":      `{"verifications":[]}`,
		"another version": `{"schema":"https://backstay.dev/schema/verify-2.json","verifications":[]}`,
		"null":            `{"schema":"https://backstay.dev/schema/verify-1.json","verifications":null}`,
		"a word":          `{"schema":"https://backstay.dev/schema/verify-1.json","verifications":[{"name":"","target":{"name":"","commit":""},"commits":[],"tree":"","subject":"","verdict":{"state":"fine"}}]}`,
		"a field lacks":   `{"schema":"https://backstay.dev/schema/verify-1.json","verifications":[{"name":"","target":{"name":""},"commits":[],"tree":"","subject":"","verdict":{"state":"open"}}]}`,
	} {
		if schema.Validate(decoded(t, []byte(text))) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	more := `{"schema":"https://backstay.dev/schema/verify-1.json","verifications":[],"later":1}`
	if err := schema.Validate(decoded(t, []byte(more))); err != nil {
		t.Errorf("a field of a later version: %v", err)
	}
}

// definition is what is compared of a definition of the schema.
type definition struct {
	Description string
	Required    []string
	Properties  map[string]struct {
		Description string
		Ref         string `json:"$ref"`
		Type        any
	}
}

// The schema has each field of the Go values, and no other; each is described;
// those that are always written are required.
func TestJSONSchemaFields(t *testing.T) {
	t.Parallel()
	var schema struct {
		definition
		Defs map[string]definition `json:"$defs"`
	}
	text := read(t, schemaFile)
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	types := map[string]reflect.Type{}
	collect(reflect.TypeFor[Document](), types)
	schema.Defs["Document"] = schema.definition
	for name, typ := range types {
		def, ok := schema.Defs[name]
		if !ok {
			t.Errorf("the schema does not define %s", name)
			continue
		}
		var fields, required []string
		for i := range typ.NumField() {
			field, options, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if field == "-" {
				continue
			}
			fields = append(fields, field)
			if options != "omitempty" {
				required = append(required, field)
			}
			if p := def.Properties[field]; p.Description == "" && p.Ref == "" {
				t.Errorf("%s.%s is not described", name, field)
			}
		}
		slices.Sort(fields)
		if diff := cmp.Diff(fields, slices.Sorted(maps.Keys(def.Properties))); diff != "" {
			t.Errorf("%s: fields of the Go type (-) and of the schema (+):\n%s", name, diff)
		}
		slices.Sort(required)
		slices.Sort(def.Required)
		if diff := cmp.Diff(required, def.Required); diff != "" {
			t.Errorf("%s: fields that are always written (-) and required ones (+):\n%s", name, diff)
		}
		if def.Description == "" {
			t.Errorf("%s is not described", name)
		}
	}
	for name, def := range schema.Defs {
		if types[name] == nil && def.Properties != nil {
			t.Errorf("no Go type is called %s", name)
		}
	}
}

// collect finds the structs below a type, by name.
func collect(typ reflect.Type, into map[string]reflect.Type) {
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		collect(typ.Elem(), into)
	case reflect.Struct:
		if into[typ.Name()] == nil {
			into[typ.Name()] = typ
			for i := range typ.NumField() {
				if typ.Field(i).Tag.Get("json") != "-" {
					collect(typ.Field(i).Type, into)
				}
			}
		}
	}
}
