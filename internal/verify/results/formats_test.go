package results

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// TestCases are outputs, and pieces of outputs, that are hard to come by.
func TestCases(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		format Format
		in     string
		want   string // without the line of the format
	}{
		{"empty", TAP, "", "broken no test was seen\n"},
		{"no JSON at all", GoJSON, "hello\n", "broken no test was seen; the output ends before the tests do\n"},
		{"a JSON stream that is cut off", GoJSON, `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestA","Elapsed":0.5}
{"Action":"run","Package":"p","Test":"TestB"}
{"Action":"out`, "broken the output ends before the tests do\npassed p.TestA\n"},
		{"a build before Go 1.24", GoJSON, `# p [p.test]
./a_test.go:3:5: undefined: x
{"Action":"output","Package":"p","Output":"FAIL\tp [build failed]\n"}
{"Action":"fail","Package":"p","Elapsed":0}
`, "broken something was not built\n  | # p [p.test]\n  | ./a_test.go:3:5: undefined: x\nfailed p (quiet)\n  | FAIL\tp [build failed]\n"},
		{"a test that is run twice", GoJSON, `{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}
`, "flaky p.TestA\n"},
		{
			"a module that is broken", Go, "go: errors parsing go.mod:\n/x/go.mod:3: unknown directive: foo\n",
			"broken no test was seen; something was not built\n  | go: errors parsing go.mod:\n  | /x/go.mod:3: unknown directive: foo\n",
		},
		{"a test binary without go", Go, "=== RUN   TestA\n--- PASS: TestA (0.00s)\nPASS\n", "passed TestA\n"},
		{"go cut off", Go, "=== RUN   TestA\n--- PASS: TestA (0.00s)\n=== RUN   TestB\n", "broken no test was seen; the output ends before the tests do\n"},
		{
			"a package from the cache", Go, "ok  \tp/q\t(cached)\nok  \tp/r\t0.003s\tcoverage: 1% of statements\nok  \tp/s\t0.002s [no tests to run]\n",
			"passed p/q\npassed p/r\n",
		},
		{"go without a test that was chosen", Go, "ok  \tp/s\t0.002s [no tests to run]\n", "broken no test was seen\n"},
		{"TAP 12 without a plan", TAP, "ok\nnot ok\nok 3 # skip no net\n", "broken there is no plan, so the end may be missing\npassed #1\nfailed #2\nskipped #3\n  | skip no net\n"},
		{"TAP that ends early", TAP, "1..3\nok 1 - a\nok 2 - b\n", "broken the output ends before the tests do\npassed a\npassed b\n"},
		{"TAP of several programs", TAP, "1..1\nok 1 - a\n1..2\nok 1 - b\nok 2 - c # TODO not yet\n", "passed a\npassed b\npassed c\n"},
		{"TAP with the plan behind", TAP, "ok 1 - a\n1..1\n", "passed a\n"},
		{"TAP that skips all", TAP, "1..0 # SKIP no database\n", ""},
		{"TAP that bails out", TAP, "1..2\nok 1 - a\nBail out! no; database\n", "broken bailed out: no, database; the output ends before the tests do\npassed a\n"},
		{
			"TAP 14 with blocks", TAP, "TAP version 14\n1..1\n    # Subtest: in\n    1..1\n        ok 1 - deepest\n        1..1\n    ok 1 - deep # time=3ms\nok 1 - top \\# 1\n",
			"passed top \\# 1\npassed top \\# 1 > deep\npassed top \\# 1 > deep > deepest\n",
		},
		{"subtests without their parent", TAP, "1..1\n    ok 1 - deep\n", "broken no test was seen; the output ends before the tests do\n"},
		{
			"pytest with workers", Pytest, "[gw0] [ 50%] PASSED tests/test_a.py::test_x \n[gw1] [100%] FAILED tests/test_a.py::test_y[a - b] \n===== 1 failed, 1 passed in 0.10s =====\n",
			"passed tests/test_a.py::test_x\nfailed tests/test_a.py::test_y[a - b]\n",
		},
		{"pytest cut off", Pytest, "tests/test_a.py::test_x PASSED   [ 50%]\n", "broken the output ends before the tests do\npassed tests/test_a.py::test_x\n"},
		{"pytest that says dots alone", Pytest, "..                   [100%]\n2 passed in 0.01s\n", ""},
		{"pytest without tests", Pytest, "===== no tests ran in 0.01s =====\n", "broken no test was seen\n"},
		{"pytest: failing and then failing to clean up", Pytest, "a.py::x PASSED [50%]\na.py::x ERROR [100%]\n= 1 passed, 1 error in 1s =\n=== 1 passed, 1 error in 1s ===\n", "failed a.py::x\n"},
		{"cargo cut off", Cargo, "running 2 tests\ntest a ... ok\n", "broken the output ends before the tests do\npassed a\n"},
		{"cargo that names none", Cargo, "running 2 tests\n..\ntest result: ok. 2 passed; 0 failed\n", "broken not every test is named\n"},
		{"ctest without tests", CTest, "No tests were found!!!\n", "broken no test was seen\n"},
		{"colours", Tcl, "\x1b[0;32m[\x1b[0m\x1b[32mok\x1b[0m]: A \x1b[1mname\x1b[0m (3 ms)\n\\o/ All tests passed without errors!\n", "passed A name\n"},
		{"a line that is drawn anew", Meson, "[1/2] running\r1/1 a OK 0.01s\nOk:   1\n", "passed a\n"},
		{"no XML", JUnit, "hello", "broken no test was seen; the file ends before its tests do\n"},
		{"XML cut off", JUnit, `<testsuite name="s"><testcase name="a" classname="c"/><testcase name="b" cla`, "broken the file is no XML: XML syntax error on line 1: unexpected EOF\npassed c.a\n"},
		{"XML with bytes that are none", JUnit, "<testsuite><testcase name='a\x00\xff' classname='c'><failure>\x1b[1mbad&nosuch;</failure></testcase></testsuite>", "failed c.a??\n  | ?[1mbad&nosuch;\n"},
		{"a suite without tests", JUnit, `<testsuites tests="0"/>`, "broken no test was seen\n"},
		{"entities", JUnit, `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><testsuite><testcase name="&b;" classname="c"/></testsuite>`, "passed c.&b;\n"},
		{"twice in one file", JUnit, `<testsuite><testcase name="a" classname="c"/><testcase name="a" classname="c"><failure/></testcase></testsuite>`, "failed c.a\n"},
		{"names that change", JUnit, `<testsuite name="s"><testcase name="a &lt;X object at 0x7f24ce14eb10> 127.0.0.1:45123 2024-01-02T03:04:05Z (12 ms)"/></testsuite>`, "passed s.a <X object at 0x*> 127.0.0.1:* *\n"},
		{"a project whose folder is tmp", JUnit, `<testsuite><testcase name="a" classname="src/tmp/b"/></testsuite>`, "passed src/tmp/b.a\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, err := Parse(test.format, strings.NewReader(test.in))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := describe(r), "format "+string(test.format)+"\n"+test.want; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestCutOff cuts what tools printed in the middle. The ends of packages are all
// that go test says of its end, so that one may be missing without a trace.
func TestCutOff(t *testing.T) {
	t.Parallel()
	for name, format := range map[string]Format{
		"go-json.txt": GoJSON, "cargo.txt": Cargo, "pytest-v.txt": Pytest, "unittest.txt": Unittest, "prove-v.txt": TAP, "node.tap": TAP,
		"node.xml": JUnit, "ctest.txt": CTest, "meson.txt": Meson, "minitest-v.txt": Minitest, "rspec.txt": RSpec, "redis.txt": Tcl, "surefire.xml": JUnit,
	} {
		content, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		whole, err := Parse(format, strings.NewReader(string(content)))
		if err != nil {
			t.Fatal(err)
		}
		half, err := Parse(format, strings.NewReader(string(content[:len(content)/2])))
		if err != nil {
			t.Fatal(err)
		}
		if half.Broken == "" {
			t.Errorf("%s: half of it is not broken", name)
		}
		for _, c := range Compare(whole, half) {
			if c.Kind == Gone {
				t.Errorf("%s: %s is taken for gone", name, c.Test)
			}
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	if _, err := Parse("nosuch", strings.NewReader("")); !errors.Is(err, ErrFormat) {
		t.Errorf("error %v", err)
	}
	bad := errors.New("disk on fire")
	for _, f := range []Format{TAP, JUnit} {
		if _, err := Parse(f, iotest.ErrReader(bad)); !errors.Is(err, bad) {
			t.Errorf("%s: error %v", f, err)
		}
	}
}

func TestDetectNothing(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", "make: Nothing to be done for 'test'.\n", "<?xml version=\"1.0\"?><project/>", "PASS\n", "ok\nall fine\n", "# Heading\n\n- item\n\n1. one\n",
		"error: something\nRunning tests...\n", "{\"name\":\"x\"}\n",
	} {
		if got := Detect([]byte(in)); got != "" {
			t.Errorf("%q is taken for %s", in, got)
		}
	}
}

func TestBuildFailure(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"nothing", "all is fine\n1 error in the text\n", ""},
		{"gcc", "cc -c a.c\na.c:3:5: error: unknown type name 'foo'\n    3 |     foo x;\nmake: *** [Makefile:4: a.o] Error 1\n", "a.c:3:5: error: unknown type name 'foo'\n    3 |     foo x;\nmake: *** [Makefile:4: a.o] Error 1"},
		{"ld", "a.c:(.text+0x5): undefined reference to `f'\n", "a.c:(.text+0x5): undefined reference to `f'"},
		{"maven", "[INFO] ---\n[ERROR] COMPILATION ERROR :\n[ERROR] /x/Foo.java:[12,5] cannot find symbol\n", "[ERROR] COMPILATION ERROR :\n[ERROR] /x/Foo.java:[12,5] cannot find symbol"},
		{"javac", "Foo.java:5: error: ';' expected\n", "Foo.java:5: error: ';' expected"},
		{"tsc", "src/a.ts(3,4): error TS2304: Cannot find name 'x'.\n", "src/a.ts(3,4): error TS2304: Cannot find name 'x'."},
		{"python", "Traceback (most recent call last):\nModuleNotFoundError: No module named 'x'\n", "ModuleNotFoundError: No module named 'x'"},
		{"go", "# p\n./a.go:3:5: undefined: x\n", "./a.go:3:5: undefined: x"},
		{"a test of make", "test failed\nmake: *** [Makefile:4: check] Error 1\n", ""},
		{"a test of ninja", "FAILED: CMakeFiles/test.util\n", ""},
		{"ninja", "FAILED: src/a.c.o\n", "FAILED: src/a.c.o"},
		{"a program's error", "error: 3 is not 4\n", ""},
		{"rust", "error[E0425]: cannot find function\n", "error[E0425]: cannot find function"},
	}
	for _, test := range tests {
		if got := BuildFailure([]byte(test.in)); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestBounds feeds what is far too much of something.
func TestBounds(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20)
	inputs := map[string]struct {
		format Format
		in     string
	}{
		"one line":         {TAP, "ok 1 - " + long},
		"a long name":      {GoJSON, `{"Action":"pass","Package":"p","Test":"` + long[:40<<10] + `"}`},
		"open tests":       {GoJSON, strings.Repeat(`{"Action":"run","Package":"p","Test":"T`+"\"}\n", 1000)},
		"deep TAP":         {TAP, strings.Repeat(strings.Repeat(" ", 400)+"ok 1 - a\n", 1000)},
		"deep children":    {TAP, strings.Repeat(strings.Repeat(" ", 31*4)+"ok 1 - a\n", 5000) + strings.Repeat("    ok 1 - b\n", 5000) + "ok 1 - c\n1..1\n"},
		"deep XML":         {JUnit, strings.Repeat("<testsuite>", 1<<16)},
		"much text":        {JUnit, "<testsuite><testcase name='a'><failure>" + strings.Repeat(long, 8) + "</failure></testcase></testsuite>"},
		"many attributes":  {JUnit, "<testsuite><testcase " + strings.Repeat("name='a' ", 1<<16) + "/></testsuite>"},
		"escapes":          {Tcl, strings.Repeat("\x1b", 1<<16) + "\n" + strings.Repeat("\x1b[", 1<<16)},
		"dots":             {CTest, "1/1 Test #1: " + strings.Repeat(" ..", 1<<14)},
		"many XML tests":   {JUnit, "<testsuite>" + strings.Repeat("<testcase name='a'><failure message='b'/></testcase>", 20000) + "</testsuite>"},
		"brackets":         {Pytest, strings.Repeat("::[ (", 1<<14) + " PASSED (x)"},
		"a banner of dots": {Pytest, strings.Repeat("_", 1<<20)},
	}
	for name, input := range inputs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			r, err := Parse(input.format, strings.NewReader(input.in))
			if err != nil {
				t.Fatal(err)
			}
			check(t, r)
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

// check holds a report against its bounds.
func check(t testing.TB, r Report) {
	t.Helper()
	if len(r.Tests) > maxTests || len(r.NotBuilt) > maxNotBuilt || len(r.Broken) > maxReasons*(maxReason+2) {
		t.Errorf("too large: %d tests, %d bytes of the build, %q", len(r.Tests), len(r.NotBuilt), r.Broken)
	}
	if r.NotBuilt != "" && r.Broken == "" {
		t.Error("what is not built must be broken")
	}
	for id, test := range r.Tests {
		if id == "" || len(id) > maxID || len(test.Text) > maxText || severity(test.State) < 0 {
			t.Fatalf("test %q: %+v", id, test)
		}
		if again := stable(id, nil); again != id {
			t.Fatalf("the id %q is not stable: %q", id, again)
		}
	}
	if got := Compare(r, r); got != nil {
		t.Errorf("a report differs from itself: %v", got)
	}
}

func BenchmarkGoJSON(b *testing.B) {
	content, err := os.ReadFile(filepath.Join("testdata", "go-json.txt"))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if _, err := Parse(GoJSON, strings.NewReader(string(content))); err != nil {
			b.Fatal(err)
		}
	}
}
