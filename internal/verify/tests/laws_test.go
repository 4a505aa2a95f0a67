package tests

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// commands are one of each runner.
var commands = []string{
	"go test ./...", "gotestsum -- ./...", "pytest", "python3 -m unittest", "python3 -m unittest discover -s tests", "stestr run", "python manage.py test",
	"cargo test", "cargo nextest run", "mvn verify", "gradle test", "npx jest", "vitest", "mocha", "node --test", "rspec", "bin/rails test", "rake test",
	"phpunit", "bats test", "prove t", "make test", "ctest", "meson test", "./runtest",
}

var endings = []string{
	"_test.go", "_test.py", ".py", ".rs", "Test.java", "IT.kt", ".test.ts", ".js", "_spec.rb", "_test.rb", "Test.php", ".phpt", ".bats", ".t", ".sh", ".c", "_test.cc", ".tcl",
}

// evil are words that do harm where they become options or are read by a shell;
// each holds EVIL.
var evil = rapid.SampledFrom([]string{
	"-EVIL", "--EVIL=x", "-exec=EVIL", "-toolexec EVIL", "@EVIL", "+EVIL", "EVIL;reboot", "$(EVIL)", "`EVIL`", "EVIL|x", "EVIL\nx", "EVIL x", "'EVIL'", "EVIL)(", "EVIL[", "EVIL*", `EVIL\`, "!EVIL", "~EVIL", "-DEVIL", "EVIL=1", "\"EVIL",
})

func hostile(t *rapid.T) Selection {
	folder := rapid.OneOf(evil, rapid.SampledFrom([]string{"tests", "t", "tests/unit", "src", "-EVIL/tests", "x/-EVIL", "tests/-EVIL"}))
	var s Selection
	s.Roots = Roots{"": {"go.mod"}}
	for range rapid.IntRange(1, 4).Draw(t, "tests") {
		dir := folder.Draw(t, "folder")
		file := dir + "/" + evil.Draw(t, "file") + rapid.SampledFrom(endings).Draw(t, "ending")
		if rapid.Bool().Draw(t, "top") {
			file = file[strings.LastIndex(file, "/")+1:]
		}
		if rapid.Bool().Draw(t, "root") {
			s.Roots[dir] = []string{"go.mod", "Cargo.toml", "pom.xml", "build.gradle"}
		}
		s.Files = append(s.Files, file)
		if rapid.Bool().Draw(t, "whole") {
			s.Whole = append(s.Whole, file)
			continue
		}
		suite, fn := rapid.OneOf(evil, rapid.Just("")).Draw(t, "suite"), evil.Draw(t, "func")
		s.Tests = append(s.Tests, Test{File: file, Suite: suite, Func: fn, Name: suite + fn, Line: 1})
	}
	return s
}

// joined are options that are written in one argument with their value.
var joined = regexp.MustCompile(`^(-Dtest|-Dit\.test|--test|--only)=`)

func TestNoNameBecomesAnOption(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := hostile(t)
		for _, c := range commands {
			argvs, note := Narrow(strings.Fields(c), nil, s)
			harmless(t, argvs, note)
		}
		for _, p := range []string{"run {tests}", "run --only={tests} {files}", "run {files}:{tests}", "make T={tests} {files}", "sh -c {tests}", "nice sh -c x{files}{tests}"} {
			argvs, note := Narrow(nil, strings.Fields(p), s)
			harmless(t, argvs, note)
		}
	})
}

// harmless checks that no word from a name is an option of a command, or shown
// to a shell.
func harmless(t *rapid.T, argvs [][]string, note string) {
	if argvs == nil && note == "" {
		t.Fatal("nothing is run, and nothing says why")
	}
	for _, argv := range argvs {
		shell := slices.ContainsFunc(argv, func(a string) bool { return shells[program(a)] })
		for _, a := range argv {
			switch {
			case !strings.Contains(a, "EVIL"):
			case strings.ContainsAny(a[:1], "-+@") && !joined.MatchString(a):
				t.Fatalf("%q has %q", argv, a)
			case shell && !plain().MatchString(strings.NewReplacer(" ", "").Replace(a)):
				t.Fatalf("%q would show %q to a shell", argv, a)
			}
		}
	}
}

func TestGoRunsWhatWasSelected(t *testing.T) {
	t.Parallel()
	name := rapid.StringMatching(`(Test|Fuzz|Example)[A-Z_][A-Za-z0-9_é]{0,8}`)
	dir := rapid.StringMatching(`[a-c](/[a-c]){0,2}`)
	rapid.Check(t, func(t *rapid.T) {
		s := Selection{Roots: Roots{"": {"go.mod"}}}
		for range rapid.IntRange(1, 6).Draw(t, "tests") {
			d, fn := dir.Draw(t, "dir"), name.Draw(t, "name")
			s.Tests = append(s.Tests, Test{File: d + "/x_test.go", Func: fn, Name: fn})
			s.Roots[d] = nil
			if rapid.IntRange(0, 5).Draw(t, "module") == 0 {
				s.Roots[d] = []string{"go.mod"}
			}
		}
		argvs, _ := Narrow([]string{"go", "test", "./..."}, nil, s)
		for _, test := range s.Tests {
			if !slices.ContainsFunc(argvs, func(argv []string) bool { return goRuns(argv, test) }) {
				t.Fatalf("%v is not run by %q", test, argvs)
			}
		}
	})
}

func goRuns(argv []string, test Test) bool {
	top := ""
	matched, there := true, false
	for i, a := range argv {
		switch {
		case a == "-C":
			top = argv[i+1] + "/"
		case a == "-run":
			matched = regexp.MustCompile(argv[i+1]).MatchString(test.Func)
		case a == ".":
			there = there || top == strings.TrimSuffix(test.File, "x_test.go")
		case strings.HasPrefix(a, "./"):
			there = there || top+a[2:]+"/x_test.go" == test.File
		}
	}
	return matched && there
}

func TestProductSelectsNothing(t *testing.T) {
	t.Parallel()
	path := rapid.StringMatching(`(src|lib|pkg|cmd)/[a-z]{1,8}\.(go|py|c|java|js|rb|php|tcl|md|json)`)
	text := rapid.SliceOf(rapid.SampledFrom([]string{
		"func TestA(t *testing.T) {\n", "}\n", "def test_a():\n", "    pass\n", "@Test public void a() {\n", "it('x', () => {\n", "})\n", "test {a} {\n", "TEST(A, B) {\n", "x\n",
	}))
	rapid.Check(t, func(t *rapid.T) {
		p := path.Draw(t, "path")
		s := Select([]Change{{Path: p, Before: []byte(strings.Join(text.Draw(t, "before"), "")), After: []byte(strings.Join(text.Draw(t, "after"), ""))}}, nil)
		if !s.Empty() || s.Files != nil || s.Data != nil || s.Helpers != nil {
			t.Fatalf("%s selects %+v", p, s)
		}
	})
}

func TestUnchangedSelectsNothing(t *testing.T) {
	t.Parallel()
	for name, c := range selectCases {
		for _, text := range [][]byte{first(edited(c.text)), second(edited(c.text))} {
			if s := Select([]Change{{Path: c.path, OldPath: "old/" + c.path, Before: text, After: text}}, nil); !s.Empty() {
				t.Errorf("%s: a renamed file selects %q %q", name, s.Names(), s.Whole)
			}
		}
	}
}

func first(a, _ []byte) []byte  { return a }
func second(_, b []byte) []byte { return b }

func TestSelectIsBounded(t *testing.T) {
	t.Parallel()
	shapes := map[string][2]string{
		"a.test.js":       {"describe('x', () => {\n", "it('a', () => {\n"},
		"test_a.py":       {"class A:\n", "  def test_a(self): pass\n"},
		"tests/a.rs":      {"#[test] fn a ", "#[cfg(cfg(cfg( mod a {\n"},
		"ATest.java":      {"class A {\n", "@Test void a() {}\n"},
		"a_test.cc":       {"TEST_CASE(", "TEST(A, B) {"},
		"tests/unit/a.t":  {"x", "y\n"},
		"tests/a.tcl":     {"test {a} {", "{test {b} {\n"},
		"t/t0001-a.sh":    {"test_expect_success 'a' '\n", "test_expect_success\n"},
		"a_spec.rb":       {"describe 'x' do\n", "it 'a' do\n"},
		"a_test.go":       {"func TestA() {\n", "func (s *S) TestB() { S }\n"},
		"tests/ATest.php": {"class A { /** @test */ function a() {}\n", "}"},
	}
	const n = 2_000
	for name, shape := range shapes {
		for i, text := range []string{strings.Repeat(shape[0], n), strings.Repeat(shape[1], n), strings.Repeat(shape[0]+shape[1], n), strings.Repeat(shape[0], n) + strings.Repeat(shape[1], n)} {
			s := Select([]Change{{Path: name, Before: []byte(text[len(text)/3:]), After: []byte(text)}}, nil)
			if len(s.Tests) > maxTests {
				t.Errorf("%s %d: %d tests", name, i, len(s.Tests))
			}
		}
	}
}

func FuzzSelect(f *testing.F) {
	for _, c := range selectCases {
		before, after := edited(c.text)
		f.Add(c.path, before, after)
	}
	f.Fuzz(func(t *testing.T, path string, before, after []byte) {
		s := Select([]Change{{Path: path, Before: before, After: after}}, []string{"**"})
		for _, test := range s.Tests {
			if test.File != path || test.Line < 1 || test.Line > strings.Count(string(after), "\n")+1 || test.Func == "" || !strings.Contains(test.Name, test.Func) {
				t.Errorf("selected %+v", test)
			}
		}
		for _, c := range commands {
			argv, note := Narrow(strings.Fields(c), nil, s)
			if argv == nil && note == "" {
				t.Errorf("%s: nothing is run, and nothing says why", c)
			}
		}
		if text, why := splice(path, before, after); text != nil && why != "" {
			t.Errorf("spliced %q although %s", text, why)
		}
	})
}
