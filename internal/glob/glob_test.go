package glob

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	for pattern, paths := range map[string][2]string{
		"go.sum":        {"go.sum", "a/go.sum go.sum/a go.sums"},
		"*.go":          {"a.go", "a/b.go"},
		"**/*.pb.go":    {"a.pb.go x/a.pb.go x/y/a.pb.go", "a.go x/a.pb.go/b"},
		"api/**":        {"api api/a api/a/b", "a/api/b"},
		"a/**/b/**/c":   {"a/b/c a/x/b/y/z/c a/b/b/c a/b/c/c", "a/c a/b b/c a/x/c"},
		"**":            {"a a/b", ""},
		"a/**/b/*":      {"a/b/c a/b/b/c", "a/b a/b/c/d"},
		"**/**/a/**/**": {"a x/a/y a/a", "b x/b"},
		"release/*":     {"release/1.7", "release/1.7/fix main"},
		"**/1.7":        {"release/1.7 1.7", "release/1.8"},
		"v[0-9]*":       {"v10.x", "va v"},
		"v[^0-9]*":      {"va", "v10.x"},
		"v?":            {"v1", "v12"},
		"a**b":          {"axxb", "a/b"},
		"a/[b":          {"", "a/b a/[b"},
	} {
		for p := range strings.FieldsSeq(paths[0]) {
			if !Match([]string{"nothing", pattern}, p) {
				t.Errorf("%q does not match %q", pattern, p)
			}
		}
		for p := range strings.FieldsSeq(paths[1]) {
			if Match([]string{"nothing", pattern}, p) {
				t.Errorf("%q matches %q", pattern, p)
			}
		}
	}
}

// The short way of comparing gives what trying everything gives.
func TestLikeTryingAll(t *testing.T) {
	t.Parallel()
	var all func(pattern, name []string) bool
	all = func(pattern, name []string) bool {
		if len(pattern) == 0 {
			return len(name) == 0
		}
		if pattern[0] == "**" {
			return all(pattern[1:], name) || len(name) > 0 && all(pattern, name[1:])
		}
		return len(name) > 0 && pattern[0] == name[0] && all(pattern[1:], name[1:])
	}
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "**"}), 1, 6).Draw(t, "pattern")
		name := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 1, 8).Draw(t, "name")
		if got, want := match(pattern, name), all(pattern, name); got != want {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

// A pattern with many "**" takes no longer for it.
func TestManyStars(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	if Match([]string{strings.Repeat("**/a/", 1000) + "b"}, strings.Repeat("a/", 2000)+"c") {
		t.Error("it matches")
	}
	if d := time.Since(begin); d > 5*time.Second {
		t.Errorf("%v", d)
	}
}
