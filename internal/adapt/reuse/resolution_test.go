package reuse

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What is written is read.
func TestEncode(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOf(rapid.Byte())
		r := Resolution{
			Base: text.Draw(t, "base"), Ours: text.Draw(t, "ours"), Theirs: text.Draw(t, "theirs"), Result: text.Draw(t, "result"),
			Path: string(text.Draw(t, "path")), Fix: string(text.Draw(t, "fix")), By: rapid.String().Draw(t, "by"), When: rapid.Int64().Draw(t, "when"),
		}
		if rapid.Bool().Draw(t, "two") {
			r.TwoSided, r.Base = true, nil
		}
		got, err := parse(r.encode())
		if err != nil {
			t.Fatal(err)
		}
		if r.TwoSided != (got.Base == nil) || got.name() != r.name() {
			t.Fatalf("%+v, want %+v", got, r)
		}
		for _, b := range []*[]byte{&r.Base, &got.Base} { // none is nil or empty
			if len(*b) == 0 {
				*b = nil
			}
		}
		if !reflect.DeepEqual(got, r) {
			t.Fatalf("%+v, want %+v", got, r)
		}
	})
}

func FuzzParse(f *testing.F) {
	good := Resolution{Base: []byte("b\n"), Ours: []byte("o"), Theirs: nil, Result: []byte("r\n"), Path: "a \"b", By: "person", When: 7}
	f.Add(good.encode())
	good.TwoSided, good.Base = true, nil
	f.Add(good.encode())
	for _, s := range []string{
		"", title, title + "\n", title + "path \"\nours 1\n\n", title + "ours -1\n\n", title + "ours 9999999\ntheirs 0\nresult 0\n\n==== ours\n\n",
		strings.Replace(string(good.encode()), "ours 1", "ours 2", 1),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parse(b)
		if err != nil {
			return
		}
		again, err := parse(r.encode())
		if err != nil || again.name() != r.name() || !bytes.Equal(again.encode(), r.encode()) {
			t.Errorf("%q is read as %+v, then %+v, %v", b, r, again, err)
		}
	})
}

func FuzzRecorded(f *testing.F) {
	f.Add([]byte("a\n<<<<<<<\no\n=======\nt\n>>>>>>>\nz\n"), []byte("a\nx\nz\n"))
	f.Add([]byte("<<<<<<< a\no\n||||||| b\nb\n=======\n>>>>>>> c"), []byte("x"))
	f.Fuzz(func(t *testing.T, before, after []byte) {
		for _, r := range recorded(before, after, 1) {
			if !bytes.Contains(after, r.Result) || !bytes.Contains(before, r.Ours) || !bytes.Contains(before, r.Theirs) {
				t.Errorf("%q, %q: %+v", before, after, r)
			}
		}
	})
}
