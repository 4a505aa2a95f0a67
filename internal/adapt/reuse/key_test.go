package reuse_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/adapt/reuse"
)

func TestKey(t *testing.T) {
	t.Parallel()
	key := func(s string) string { return reuse.Key([]byte(s), []byte("o\n"), []byte("t\n")) }
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"x\ny\n", "x\r\ny\r\n", true},
		{"x\ny\n", "x  \ny\t\n", true},
		{"x\ny\n", "\n\nx\ny\n \n", true},
		{"x\ny\n", "x\ny", true},
		{"x\ny\n", "x\n\ny\n", false},
		{"x\n", " x\n", false},
		{"x\n", "\tx\n", false},
		{"", "\n", true},
		{"", "x\n", false},
	} {
		if (key(tt.a) == key(tt.b)) != tt.same {
			t.Errorf("%q and %q: same is not %v", tt.a, tt.b, tt.same)
		}
	}
	if reuse.Key([]byte("x\n"), []byte("y\n"), nil) == reuse.Key([]byte("x\n"), nil, []byte("y\n")) {
		t.Error("sides are not told apart")
	}
	if k := key("x\n"); len(k) != 64 || strings.ToLower(k) != k {
		t.Errorf("key %q", k)
	}
}

// What is found for a chunk that differs in white space looks like that chunk.
func TestFitted(t *testing.T) {
	t.Parallel()
	r := resolution("o\n\tt\n")
	s := open(t, repository(t))
	s.Hold(r)
	for _, tt := range []struct{ base, ours, theirs, want string }{
		{"b\n", "o\n", "t\n", "o\n\tt\n"},
		{"b\r\n", "o\r\n", "t\r\n", "o\r\n\tt\r\n"},
		{"\nb\n", "\no\n", "\nt\n", "\no\n\tt\n"},
		{"b\n\n", "o\n\n", "t\n\n", "o\n\tt\n\n"},
		{"b\n", "o  \n", "t\n", "o  \n\tt\n"},
		{"b\n", "\no\n", "t\n", ""}, // is the line to stay?
	} {
		if got := strings.TrimPrefix(found(t, s, tt.base, tt.ours, tt.theirs, 0), "person:"); got != tt.want {
			t.Errorf("%q %q %q: %q, want %q", tt.base, tt.ours, tt.theirs, got, tt.want)
		}
	}
}

// A resolution is found for the chunk it was made for, byte for byte, before
// and after it was written; of other chunks nothing that has their key is lost.
func TestFoundAsAdded(t *testing.T) {
	t.Parallel()
	dir := repository(t)
	side := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"a\n", "b\n", " b\n", "\n", "c \r\n", "d"}), 0, 5),
		func(l []string) []byte { return []byte(strings.Join(l, "")) })
	s := open(t, dir)
	rapid.Check(t, func(t *rapid.T) {
		r := reuse.Resolution{
			Base: side.Draw(t, "base"), Ours: side.Draw(t, "ours"), Theirs: side.Draw(t, "theirs"), Result: side.Draw(t, "result"),
			Path: rapid.String().Draw(t, "path"), By: "x", When: rapid.Int64Range(1, 1000).Draw(t, "when"),
		}
		s.Hold(r)
		rs, err := s.Find(t.Context(), r.Base, r.Ours, r.Theirs, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range rs {
			if string(got.Result) == string(r.Result) {
				return
			}
		}
		t.Fatalf("%q is not among %d found", r.Result, len(rs))
	})
}
