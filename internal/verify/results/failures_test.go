package results

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/backport"
)

func TestFailures(t *testing.T) {
	t.Parallel()
	failed := func(text string) Test { return Test{State: backport.TestFailed, Text: text} }
	quiet := Test{State: backport.TestFailed, Text: "FAIL\tm/p [build failed]\n", Quiet: true}
	for _, test := range []struct {
		name  string
		r     Report
		lines int
		want  string
	}{
		{"nothing failed", Report{Tests: map[string]Test{"a": {State: backport.TestPassed, Text: "hello"}, "b": {State: backport.TestSkipped, Text: "no"}}}, 9, ""},
		{"in order", Report{Tests: map[string]Test{"b": failed("  second\n--- FAIL: B\n"), "a": failed("first\n")}}, 9, "first\n  second\n--- FAIL: B"},
		{"without a word", Report{Tests: map[string]Test{"m/p.TestA": failed(""), "m/p.TestB": {State: backport.TestFlaky}}}, 9, "m/p.TestA failed\nm/p.TestB flaky"},
		{"a package beside its tests", Report{Tests: map[string]Test{"m/p": {State: backport.TestFailed, Text: "exit status 2\n", Quiet: true}, "m/q.TestA": failed("no\n")}}, 9, "no\nexit status 2"},
		{"not built", Report{NotBuilt: "# m/p\np.go:1:2: undefined: x", Tests: map[string]Test{"m/p": quiet, "m/q.TestA": failed("no\n")}}, 9, "# m/p\np.go:1:2: undefined: x\nno"},
		{"middle left out", Report{Tests: map[string]Test{"a": failed("1\n2\n3\n4\n5\n6\n7\n8\n")}}, 5, "1\n2\n…\n7\n8"},
		{"each its share", Report{Tests: map[string]Test{"a": failed("1\n2\n3\n4\n5\n6"), "b": failed("x"), "c": failed("7\n8\n9\n10\n11")}}, 9, "1\n…\n6\nx\n7\n8\n9\n10\n11"},
		{"the first of many", Report{Tests: map[string]Test{"a": failed("1\n2\n3\n4"), "b": failed("5\n6\n7"), "c": failed("8"), "d": failed("9")}}, 5, "1\n…\n4\n5\n6"},
		{"long lines", Report{Tests: map[string]Test{"a": failed(strings.Repeat("x", 100) + "\r\nend")}}, 5, strings.Repeat("x", 40) + "\nend"},
	} {
		if got := test.r.Failures(test.lines, 40); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestFailuresBounds: whatever failed, the bounds hold.
func TestFailuresBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := Report{NotBuilt: rapid.String().Draw(t, "not built"), Tests: map[string]Test{}}
		for i, text := range rapid.SliceOfN(rapid.StringOf(rapid.RuneFrom([]rune("a\n\r…"))), 0, 30).Draw(t, "texts") {
			r.Tests[string(rune('a'+i))] = Test{State: backport.TestFailed, Text: text, Quiet: i%3 == 0}
		}
		lines, bytes := rapid.IntRange(1, 20).Draw(t, "lines"), rapid.IntRange(4, 40).Draw(t, "bytes")
		got := r.Failures(lines, bytes)
		all := strings.Split(got, "\n")
		if len(all) > lines || got == "" && len(r.Tests) > 0 && r.NotBuilt == "" {
			t.Fatalf("%d lines: %q", len(all), got)
		}
		for _, l := range all {
			if len(l) > bytes {
				t.Fatalf("%d bytes: %q", len(l), l)
			}
		}
	})
}

func TestGoText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"plain", "a\nb", "a\nb"},
		{
			"records", `{"Action":"start","Package":"m/p"}
{"Action":"run","Package":"m/p","Test":"TestA"}
{"Action":"output","Package":"m/p","Test":"TestA","Output":"    a_test.go:3: a \u003c b\n"}
make: *** Error 1
{"Action":"fail","Package":"m/p","Test":"TestA","Elapsed":0.1}
`, "    a_test.go:3: a < b\nmake: *** Error 1\n",
		},
		{"build", unbuiltRecord, "# m/p\n"},
		{"cut off at its end", `{"Time":"2024-01-01T00:00:00Z","Action":"output","Pack`, ""},
		{"JSON of the test itself", "{\"level\":\"info\"}\n{\"a\":", "{\"level\":\"info\"}\n{\"a\":"},
	} {
		if got := GoText(test.in); got != test.want || !utf8.ValidString(got) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

const unbuiltRecord = `{"ImportPath":"m/p","Action":"build-output","Output":"# m/p\n"}` + "\n"
