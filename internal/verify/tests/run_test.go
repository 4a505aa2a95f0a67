package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNarrowedCommandsRun runs narrowed commands with the programs that are on
// this machine: what is selected runs, what is not does not.
func TestNarrowedCommandsRun(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		command string
		needs   []string // programs, and what they print with --version
		files   map[string]string
		sel     Selection
		ran     []string
		not     []string
	}{
		"go": {
			command: "go test -v ./...", needs: []string{"go"},
			files: map[string]string{
				"go.mod": "module example.org/m\n\ngo 1.21\n", "a/a_test.go": "package a\n\nimport \"testing\"\n\nfunc TestOne(t *testing.T) {}\nfunc TestOneMore(t *testing.T) {}\n",
				"sub/go.mod": "module example.org/m/sub\n\ngo 1.21\n", "sub/b/b_test.go": "package b\n\nimport \"testing\"\n\nfunc TestTwo(t *testing.T) {}\n",
			},
			sel: Selection{
				Tests: []Test{one("a/a_test.go", "", "TestOne", 5), one("sub/b/b_test.go", "", "TestTwo", 5)},
				Roots: Roots{"": {"go.mod"}, "a": nil, "sub": {"go.mod"}, "sub/b": nil},
			},
			ran: []string{`"Action":"pass","Package":"example.org/m/a","Test":"TestOne"`, `"Action":"pass","Package":"example.org/m/sub/b","Test":"TestTwo"`}, not: []string{"TestOneMore"},
		},
		"unittest": {
			command: "python3 -m unittest discover -s tests", needs: []string{"python3"},
			files: map[string]string{
				"tests/test_a.py": "import unittest\nimport beside\nclass A(unittest.TestCase):\n  def test_x(self): pass\n  def test_y(self): pass\n", "tests/beside.py": "",
			},
			sel: Selection{Tests: []Test{one("tests/test_a.py", "A", "test_x", 4)}}, ran: []string{"test_x", "Ran 1 test", "OK"}, not: []string{"test_y"},
		},
		"unittest by name": {
			command: "python3 -m unittest", needs: []string{"python3"},
			files: map[string]string{"tests/__init__.py": "", "tests/test_a.py": "import unittest\nclass A(unittest.TestCase):\n  def test_x(self): pass\n  def test_y(self): pass\n"},
			sel:   Selection{Tests: []Test{one("tests/test_a.py", "A", "test_x", 4)}}, ran: []string{"test_x", "Ran 1 test", "OK"}, not: []string{"test_y"},
		},
		"node": {
			command: "node --test", needs: []string{"node", "v20.", "v22.", "v24."},
			files: map[string]string{"test/a.test.js": "require('node:test')('one', () => {})\n", "test/b.test.js": "require('node:test')('two', () => {})\n"},
			sel:   Selection{Tests: []Test{one("test/a.test.js", "", "one", 1)}}, ran: []string{"ok 1 - one"}, not: []string{"two"},
		},
		"prove": {
			command: "prove -r t", needs: []string{"prove"},
			files: map[string]string{"t/-a.t": "print \"1..1\\nok 1 - one\\n\";\n", "t/b.t": "print \"1..1\\nok 1 - two\\n\";\n"},
			sel:   Selection{Whole: []string{"t/-a.t"}}, ran: []string{"ok 1 - one", "Result: PASS"}, not: []string{"two"},
		},
		"ctest": {
			command: "ctest --test-dir build", needs: []string{"ctest"},
			files: map[string]string{"build/CTestTestfile.cmake": "add_test(Suite.one \"true\")\nadd_test(Suite_one \"true\")\nadd_test(test-heap \"true\")\nadd_test(unconcerned \"true\")\n"},
			sel:   Selection{Tests: []Test{one("test/x.cc", "Suite", "one", 1)}, Whole: []string{"test/heap.c"}}, ran: []string{"Suite.one", "test-heap", "out of 2"}, not: []string{"Suite_one", "unconcerned"},
		},
		"cargo": {
			command: "cargo test --offline", needs: []string{"cargo"},
			files: map[string]string{
				"Cargo.toml": "[package]\nname = \"m\"\nversion = \"0.1.0\"\nedition = \"2021\"\n", "src/lib.rs": "mod net;\n", "src/net.rs": "#[cfg(test)]\nmod tests {\n    #[test]\n    fn one() {}\n    #[test]\n    fn two() {}\n}\n",
			},
			sel: Selection{Tests: []Test{one("src/net.rs", "net::tests", "one", 3)}, Roots: Roots{"": {"Cargo.toml"}, "src": nil}},
			ran: []string{"test net::tests::one ... ok"}, not: []string{"two"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && (name == "cargo" || name == "go") {
				t.Skip("it compiles")
			}
			if why := missing(c.needs); why != "" {
				t.Skip(why)
			}
			dir := t.TempDir()
			for p, content := range c.files {
				p = filepath.Join(dir, filepath.FromSlash(p))
				if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			commands, note := Narrow(strings.Fields(c.command), nil, c.sel)
			if commands == nil {
				t.Fatal(note)
			}
			var all strings.Builder
			for _, argv := range commands {
				cmd := exec.Command(argv[0], argv[1:]...)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOPROXY=off", "GOTOOLCHAIN=local")
				out, err := cmd.CombinedOutput()
				all.Write(out)
				if err != nil {
					t.Errorf("%q: %v", argv, err)
				}
			}
			for _, want := range c.ran {
				if !strings.Contains(all.String(), want) {
					t.Errorf("no %q in\n%s", want, all.String())
				}
			}
			for _, not := range c.not {
				if strings.Contains(all.String(), not) {
					t.Errorf("%q in\n%s", not, all.String())
				}
			}
		})
	}
}

// missing says why a program cannot be used: it is not there, or none of these
// versions.
func missing(needs []string) string {
	if _, err := exec.LookPath(needs[0]); err != nil {
		return "no " + needs[0] + " here"
	}
	out, err := exec.Command(needs[0], "--version").Output()
	if err != nil && needs[0] != "go" {
		return needs[0] + " does not run here"
	}
	for _, v := range needs[1:] {
		if strings.HasPrefix(string(out), v) {
			return ""
		}
	}
	if len(needs) > 1 {
		return needs[0] + " is another version"
	}
	return ""
}
