package results

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// describe is a report as a text.
func describe(r Report) string {
	var out strings.Builder
	fmt.Fprintf(&out, "format %s\n", r.Format)
	if r.Broken != "" {
		fmt.Fprintf(&out, "broken %s\n", r.Broken)
	}
	for line := range strings.Lines(r.NotBuilt) {
		fmt.Fprintf(&out, "  | %s\n", strings.TrimRight(line, "\n"))
	}
	for _, id := range slices.Sorted(maps.Keys(r.Tests)) {
		t := r.Tests[id]
		quiet := ""
		if t.Quiet {
			quiet = " (quiet)"
		}
		fmt.Fprintf(&out, "%s %s%s\n", t.State, id, quiet)
		lines := strings.Split(strings.TrimSpace(t.Text), "\n")
		for i, line := range lines {
			if i < 2 || i > len(lines)-2 {
				fmt.Fprintf(&out, "  | %s\n", strings.TrimRight(line, " "))
			}
		}
	}
	return strings.ReplaceAll(out.String(), "  | \n", "")
}

// TestOutputs reads what the tools themselves printed for small projects, and
// compares with golden files that were read by a person.
func TestOutputs(t *testing.T) {
	t.Parallel()
	for name, format := range map[string]Format{
		"go-json.txt": GoJSON, "go-v.txt": Go, "go.txt": Go, "cargo.txt": Cargo, "cargo-build.txt": Cargo,
		"pytest.txt": Pytest, "pytest-v.txt": Pytest, "pytest-rA.txt": Pytest, "pytest-collect.txt": Pytest, "pytest.xml": JUnit, "unittest.txt": Unittest,
		"perl.tap": TAP, "prove.txt": TAP, "prove-v.txt": TAP, "node.tap": TAP, "node.xml": JUnit,
		"ctest.txt": CTest, "ctest-V.txt": CTest, "ctest.xml": JUnit, "meson.txt": Meson, "meson.xml": JUnit,
		"rspec.txt": RSpec, "rspec-load.txt": RSpec, "minitest.txt": Minitest, "minitest-v.txt": Minitest,
		"redis.txt": Tcl, "redis-died.txt": Tcl, "surefire.xml": JUnit, "phpunit.xml": JUnit,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("testdata", name)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := Detect(content); got != format {
				t.Errorf("Detect: %q, want %q", got, format)
			}
			r, err := Parse(format, strings.NewReader(string(content)), "/home/user/node/")
			if err != nil {
				t.Fatal(err)
			}
			got := describe(r)
			if *update {
				if err := os.WriteFile(path+".want", []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path + ".want")
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
