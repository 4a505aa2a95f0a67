package results

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// fuzz feeds the parser of a format with what its tool printed, and worse.
func fuzz(f *testing.F, format Format, names ...string) {
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(content))
	}
	f.Add("ok 1 - a\n    ok 1 - b\n")
	f.Fuzz(func(t *testing.T, in string) {
		r, err := Parse(format, strings.NewReader(in), "/home/user")
		if err != nil {
			t.Fatal(err)
		}
		check(t, r)
		if again, _ := Parse(format, strings.NewReader(in), "/home/user"); !reflect.DeepEqual(r, again) {
			t.Error("read twice, two reports")
		}
		Detect([]byte(in))
		BuildFailure([]byte(in))
	})
}

// FuzzSigns stands for itself: its expressions need some milliseconds for a log
// such as those above.
func FuzzSigns(f *testing.F) {
	f.Add("sh: 1: tool: not found\nE   ImportError: no module\nFAIL: one\n")
	f.Fuzz(func(t *testing.T, log string) {
		s := ReadSigns([]byte(log))
		for _, list := range [][]string{s.Failed, s.NotBuilt, s.Missing} {
			if len(list) > maxSigns {
				t.Errorf("%d signs", len(list))
			}
			for _, line := range list {
				if line == "" || len(line) > maxSign {
					t.Errorf("%d bytes: %q", len(line), line)
				}
			}
		}
		Lacks(log)
	})
}

func FuzzGoJSON(f *testing.F)   { fuzz(f, GoJSON, "go-json.txt") }
func FuzzGo(f *testing.F)       { fuzz(f, Go, "go.txt", "go-v.txt") }
func FuzzJUnit(f *testing.F)    { fuzz(f, JUnit, "surefire.xml", "phpunit.xml", "node.xml", "ctest.xml") }
func FuzzTAP(f *testing.F)      { fuzz(f, TAP, "node.tap", "perl.tap", "prove.txt", "prove-v.txt") }
func FuzzPytest(f *testing.F)   { fuzz(f, Pytest, "pytest.txt", "pytest-v.txt", "pytest-collect.txt") }
func FuzzUnittest(f *testing.F) { fuzz(f, Unittest, "unittest.txt") }
func FuzzCTest(f *testing.F)    { fuzz(f, CTest, "ctest.txt", "ctest-V.txt") }
func FuzzCargo(f *testing.F)    { fuzz(f, Cargo, "cargo.txt", "cargo-build.txt") }
func FuzzMeson(f *testing.F)    { fuzz(f, Meson, "meson.txt") }
func FuzzRSpec(f *testing.F)    { fuzz(f, RSpec, "rspec.txt", "rspec-load.txt") }
func FuzzMinitest(f *testing.F) { fuzz(f, Minitest, "minitest.txt", "minitest-v.txt") }
func FuzzTcl(f *testing.F)      { fuzz(f, Tcl, "redis.txt", "redis-died.txt") }

// FuzzGoText: what is no record comes back as it is, and no record does.
func FuzzGoText(f *testing.F) {
	f.Add(unbuiltRecord)
	f.Add("plain\n{\"a\":\n")
	f.Fuzz(func(t *testing.T, log string) {
		got := GoText(log)
		if !strings.Contains(log, `{"`) && got != log {
			t.Errorf("%q has become %q", log, got)
		}
		if len(got) > 3*len(log) { // each broken byte becomes U+FFFD
			t.Errorf("%d bytes of %d", len(got), len(log))
		}
	})
}
