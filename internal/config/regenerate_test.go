package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseRegenerate(t *testing.T) {
	t.Parallel()
	got, err := Parse("f", []byte("regenerate:\n  - paths: [go.sum, api/**/*.pb.go]\n    run: [go, mod, tidy]\n  - run:\n    - make\n    - VERSION=2.10 x\n    - ''\n    paths:\n    - \"configure\"\nsquash: true\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{Squash: true, Regenerate: []Regenerate{
		{Paths: []string{"go.sum", "api/**/*.pb.go"}, Run: []string{"go", "mod", "tidy"}},
		{Paths: []string{"configure"}, Run: []string{"make", "VERSION=2.10 x", ""}},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if c, err := Parse("f", []byte("regenerate:\n")); err != nil || c.Regenerate != nil {
		t.Errorf("nothing: %+v, %v", c, err)
	}
}

func TestParseRegenerateErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"regenerate: make\n":                                                                 "f:1:13: expected a list of rules with `paths` and `run`",
		"regenerate: [make]\n":                                                               "f:1:14: expected a rule with `paths` and `run`",
		"regenerate:\n- paths: [a]\n":                                                        "a rule needs `paths` and `run`, both lists",
		"regenerate:\n- run: [a]\n":                                                          "a rule needs `paths` and `run`, both lists",
		"regenerate:\n- paths: [a]\n  run: []\n":                                             "a rule needs `paths` and `run`, both lists",
		"regenerate:\n- paths: [a]\n  run: make a\n":                                         "f:3:8: expected a list, one word of a command each",
		"regenerate:\n- paths: a\n  run: [make]\n":                                           "f:2:10: expected a list, one path pattern each",
		"regenerate:\n- paths: [a]\n  run: [[make]]\n":                                       "f:3:9: expected one word of a command",
		"regenerate:\n- paths: [a]\n  run: [\"\"]\n":                                         "the command has no name",
		"regenerate:\n- paths: [a]\n  run: [\"a\\0b\"]\n":                                    "a NUL in a word of a command",
		"regenerate:\n- paths: [../a]\n  run: [make]\n":                                      `"../a" is no path below the top of the tree`,
		"regenerate:\n- paths: [/a]\n  run: [make]\n":                                        `"/a" is no path below the top of the tree`,
		"regenerate:\n- paths: ['a[']\n  run: [make]\n":                                      `malformed path pattern "a["`,
		"regenerate:\n- paths: [a]\n  run: [make]\n  shell: 1\n":                             `f:4:3: unknown key "shell"; known are paths, run`,
		"regenerate:\n- paths: [a]\n  run: [" + strings.Repeat("a, ", MaxArguments) + "a]\n": "more than 100 words",
	} {
		c, err := Parse("f", []byte(text))
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Error(), want) {
			t.Errorf("Parse(%q) = %+v, %v; want %q", text, c, err, want)
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	r := Regenerate{Paths: []string{"go.sum", "**/*.pb.go"}}
	for name, want := range map[string]bool{"go.sum": true, "x/y/a.pb.go": true, "a.go": false, "x/go.sum": false} {
		if got := r.Matches(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
