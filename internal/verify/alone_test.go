package verify

import (
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/verify/results"
)

func TestAlone(t *testing.T) {
	t.Parallel()
	many := make([]string, maxAlone+1)
	for i := range many {
		many[i] = "p.Test" + strings.Repeat("x", i)
	}
	for _, test := range []struct {
		name   string
		test   string // the platform's commands, with " ; " in between
		format results.Format
		opaque []string
		ids    []string
		want   string
	}{
		{
			name: "go", test: "go test -race ./...", format: results.Go, ids: []string{"example.org/m/pkg.TestA/sub.name", "example.org/m.TestB"},
			want: "go test -race -json -count=1 -run ^(TestA|TestB)$ example.org/m example.org/m/pkg",
		},
		{name: "go package", test: "go test ./...", format: results.Go, ids: []string{"example.org/m/pkg"}, want: "go test ./..."},
		{name: "go behind another", test: "make lint ; go test ./...", format: results.GoJSON, ids: []string{"m.ExampleX"}, want: "go test -json -count=1 -run ^(ExampleX)$ m"},
		{name: "go by make", test: "make test", format: results.Go, ids: []string{"m.TestX"}, want: "make test"},
		{name: "go option", test: "go test ./...", format: results.Go, ids: []string{"-exec=x.TestX"}, want: "go test ./..."},
		{name: "too many", test: "go test ./...", format: results.Go, ids: many, want: "go test ./..."},
		{name: "commands", test: "make a ; make b ; make c", opaque: []string{"make a", "make b"}, ids: []string{"make b"}, want: "make b"},
		{name: "command and test", test: "make a ; go test ./...", format: results.Go, opaque: []string{"make a"}, ids: []string{"make a", "m.TestX"}, want: "make a ; go test ./..."},
		{name: "unknown", test: "prove", format: results.TAP, ids: []string{"x"}, want: "prove"},
		{name: "pytest without a file", test: "pytest", format: results.Pytest, ids: []string{"x"}, want: "pytest"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var p Platform
			for c := range strings.SplitSeq(test.test, " ; ") {
				p.Test = append(p.Test, strings.Fields(c))
			}
			l := &lane{p: p}
			var got []string
			for _, c := range l.alone(test.ids, outcome{State: backport.RunFailed, Opaque: test.opaque, Report: results.Report{Format: test.format}}) {
				got = append(got, strings.Join(c, " "))
			}
			if strings.Join(got, " ; ") != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	l := &lane{p: Platform{Test: [][]string{{"pytest", "-q"}}}}
	got := l.alone([]string{"tests/test_a.py::TestA::test_b"}, outcome{Report: results.Report{Format: results.Pytest}})
	if len(got) != 1 || !strings.Contains(strings.Join(got[0], " "), "tests/test_a.py::TestA::test_b") {
		t.Errorf("pytest: %q", got)
	}
}
