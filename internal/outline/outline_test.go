package outline

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// shown is a symbol as the tables of the tests write it: lines count from one
// and the last is part of it, "body" is left out where it is the first line.
func shown(s Symbol) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s ", s.Kind)
	if s.Parent != "" {
		fmt.Fprintf(&b, "%s|", s.Parent)
	}
	b.WriteString(s.Name)
	switch {
	case s.MaxArgs >= 0 && s.MinArgs == s.MaxArgs:
		fmt.Fprintf(&b, "/%d", s.MinArgs)
	case s.MaxArgs >= 0:
		fmt.Fprintf(&b, "/%d-%d", s.MinArgs, s.MaxArgs)
	case s.MinArgs >= 0:
		fmt.Fprintf(&b, "/%d+", s.MinArgs)
	}
	if s.Alias != "" {
		fmt.Fprintf(&b, " as %s", s.Alias)
	}
	fmt.Fprintf(&b, " %d", s.Start+1)
	if s.End > s.Start+1 {
		fmt.Fprintf(&b, "-%d", s.End)
	}
	if s.Body != s.Start {
		fmt.Fprintf(&b, " body %d", s.Body+1)
	}
	return b.String()
}

// An outlineTest is a text, and what is found in it.
type outlineTest struct {
	name     string
	lang     Language
	src      string
	want     []string
	problems []string
}

func checkOutline(t *testing.T, tests []outlineTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(string(tt.lang)+"/"+tt.name, func(t *testing.T) {
			t.Parallel()
			o := Parse(tt.lang, []byte(strings.TrimPrefix(tt.src, "\n")))
			var got, problems []string
			for _, s := range o.Symbols {
				got = append(got, shown(s))
			}
			for _, p := range o.Problems {
				problems = append(problems, fmt.Sprintf("%d %s", p.Line+1, p.Text))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("symbols (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.problems, problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// checkParse fails if an outline breaks an invariant of the package.
func checkParse(t interface{ Fatalf(string, ...any) }, lang Language, src []byte) {
	o := Parse(lang, src)
	lines := strings.Count(string(src), "\n") + 1
	for i, s := range o.Symbols {
		if s.Start < 0 || s.Body < s.Start || s.End <= s.Body || s.End > lines {
			t.Fatalf("%s: %q has %d lines, but %+v", lang, src, lines, s)
		}
		if i > 0 && (o.Symbols[i-1].Start > s.Start || o.Symbols[i-1].Start == s.Start && o.Symbols[i-1].End < s.End) {
			t.Fatalf("%s: %q: %+v is behind %+v", lang, src, s, o.Symbols[i-1])
		}
		if s.MaxArgs >= 0 && s.MinArgs > s.MaxArgs || s.MinArgs < -1 || s.MaxArgs < -1 {
			t.Fatalf("%s: %q: arguments of %+v", lang, src, s)
		}
	}
	for _, p := range o.Problems {
		if p.Line < 0 || p.Line >= lines || p.Text == "" {
			t.Fatalf("%s: %q has %d lines, but %+v", lang, src, lines, p)
		}
	}
	for line := range min(lines, 50) {
		for _, s := range o.Enclosing(line) {
			if line < s.Start || line >= s.End {
				t.Fatalf("%s: %q: %+v is not around line %d", lang, src, s, line)
			}
		}
	}
	for _, u := range Uses(lang, src) {
		if u.Line < 0 || u.Line >= lines || u.Name == "" || u.Args < -1 {
			t.Fatalf("%s: %q has %d lines, but %+v", lang, src, lines, u)
		}
	}
}

func TestParseAnyText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		src := broken(t)
		for _, lang := range languages {
			checkParse(t, lang, src)
		}
	})
}

// The same text twice gives the same answer twice.
func TestParseIsDeterministic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		src := broken(t)
		for _, lang := range languages {
			if diff := cmp.Diff(Parse(lang, src), Parse(lang, src)); diff != "" {
				t.Fatalf("%s: %s", lang, diff)
			}
		}
	})
}

func TestEnclosing(t *testing.T) {
	t.Parallel()
	src := "class A:\n    x = 1\n\n    def f(self):\n        def g():\n            pass\n        return g\n\n\ndef h(): pass\n"
	o := Parse(Python, []byte(src))
	for line, want := range []string{"A", "A", "A", "A f", "A f g", "A f g", "A f", "", "", "h"} {
		var names []string
		for _, s := range o.Enclosing(line) {
			names = append(names, s.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("around line %d are %q, want %q", line, got, want)
		}
	}
}

func TestConflictMarkers(t *testing.T) {
	t.Parallel()
	src := "int a;\n<<<<<<< ours\nint b;\n||||||| base\n=======\nint c;\n>>>>>>> theirs\n"
	for _, lang := range []Language{C, Plain, Markdown, YAML, Shell} {
		var got []int
		for _, p := range Parse(lang, []byte(src)).Problems {
			if p.Text == "conflict marker" {
				got = append(got, p.Line)
			}
		}
		if !slices.Equal(got, []int{1, 3, 4, 6}) {
			t.Errorf("%s: markers in lines %v", lang, got)
		}
	}
	if p := Parse(Markdown, []byte("Head\n=======\n\ntext\n")).Problems; len(p) > 0 {
		t.Errorf("an underlined heading is %v", p)
	}
}

func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, n uint8, src []byte) {
		checkParse(t, languages[int(n)%len(languages)], src)
	})
}

// seeds adds a text of each language, and each text in another language.
func seeds(f *testing.F) {
	for n, s := range snippets {
		f.Add(uint8(slices.Index(languages, s.lang)), []byte(s.src))
		f.Add(uint8(n), []byte(s.src))
	}
}
