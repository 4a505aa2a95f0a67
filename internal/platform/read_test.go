//go:build unix

package platform

import (
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/backport"
)

// A program's own folder holds what it may write; links out are not read.
func TestRead(t *testing.T) {
	t.Parallel()
	b := open(t, LocalOptions{})
	if r := b.sh(t, `mkdir -p out/a/b deep && echo 1 >out/r.xml && echo 22 >out/a/r.xml && echo 333 >out/a/b/r.xml && echo x >out/a/b/r.txt &&
		ln -s /etc/passwd out/passwd.xml && ln -s ../out deep/link && ln -s r.xml out/same.xml && mkfifo out/pipe.xml && mkdir out/dir.xml && echo top >top.xml`); r.State != backport.RunPassed {
		t.Fatalf("%+v", r)
	}
	for _, c := range []struct {
		pattern string
		max     int64
		want    string
	}{
		{"out/*.xml", 100, "out/r.xml=1\n"},
		{"out/**/*.xml", 2, "out/a/b/r.xml=33 out/a/r.xml=22 out/r.xml=1\n"},
		{"**/r.*", 1, "out/a/b/r.txt=x out/a/b/r.xml=3 out/a/r.xml=2 out/r.xml=1"},
		{"**/*.xml", 0, "out/a/b/r.xml= out/a/r.xml= out/r.xml= top.xml="},
		{"*.xml", 3, "top.xml=top"},
		{"deep/**", 9, ""},
		{"../*", 9, ""},
		{"/etc/passwd", 9, ""},
		{"nothing", 9, ""},
	} {
		files, err := b.Read(t.Context(), c.pattern, c.max)
		var got []string
		for name, text := range files {
			got = append(got, name+"="+string(text))
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want || err != nil {
			t.Errorf("%s: %q, %v, want %q", c.pattern, got, err, c.want)
		}
	}
	if _, err := b.Read(t.Context(), "a/[", 1); err == nil {
		t.Error("a bad pattern is taken")
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"a", "a", true},
		{"a", "b", false},
		{"*", "a/b", false},
		{"**", "a/b", true},
		{"**/b", "b", true},
		{"**/b", "a/a/b", true},
		{"a/**", "a", true},
		{"a/**/b", "a/b", true},
		{"a/**/b", "a/x/y/b", true},
		{"a/**/b", "a/x/y/c", false},
		{"a/**/b/**", "a/b/c", true},
		{"**/a/**/a/**", "a/b/c", false},
		{"[a-c]?", "bx", true},
		{"a/*", "a", false},
		{"", "", true},
	} {
		if got, err := Matches(c.pattern, c.name); got != c.want || err != nil {
			t.Errorf("%s matches %s: %v, %v", c.pattern, c.name, got, err)
		}
	}
	if _, err := Matches("[", "a"); err == nil {
		t.Error("a bad pattern is taken")
	}
	// Trying all ways would take years.
	begin := time.Now()
	if ok, _ := Matches(strings.Repeat("**/a/", 30)+"b", strings.Repeat("a/", 200)+"c"); ok || time.Since(begin) > 5*time.Second {
		t.Errorf("%v after %v", ok, time.Since(begin))
	}
}

// Matches agrees with trying all ways.
func TestMatchesLikeTryingAll(t *testing.T) {
	t.Parallel()
	var try func(pattern, name []string) bool
	try = func(pattern, name []string) bool {
		switch {
		case len(pattern) == 0:
			return len(name) == 0
		case pattern[0] == "**":
			return try(pattern[1:], name) || len(name) > 0 && try(pattern, name[1:])
		case len(name) == 0:
			return false
		}
		ok, err := path.Match(pattern[0], name[0])
		return ok && err == nil && try(pattern[1:], name[1:])
	}
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.SliceOfN(rapid.SampledFrom([]string{"**", "*", "a", "b", "?b", "[ab]"}), 1, 6).Draw(t, "pattern")
		name := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab", "**"}), 1, 6).Draw(t, "name")
		got, err := Matches(strings.Join(pattern, "/"), strings.Join(name, "/"))
		if err != nil || got != try(pattern, name) {
			t.Fatalf("%v, %v", got, err)
		}
	})
}

func FuzzMatches(f *testing.F) {
	for _, seed := range [][2]string{{"a/**/b", "a/x/b"}, {"[a-", "a"}, {"**", ""}, {"\\", "\\"}, {"*/*", "a//b"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, name string) {
		ok, err := Matches(pattern, name)
		if ok && err != nil {
			t.Errorf("%q matches %q, and %v", pattern, name, err)
		}
		if ok, err := Matches("**/"+pattern, "x/"+name); !ok && err == nil {
			if plain, _ := Matches(pattern, name); plain {
				t.Errorf("%q matches %q, but not below a folder", pattern, name)
			}
		}
	})
}
