package results

import (
	"slices"
	"strings"
	"testing"
)

func TestReadSigns(t *testing.T) {
	t.Parallel()
	const failed, notBuilt, missing, nothing = "failed", "not built", "missing", ""
	for _, test := range []struct{ line, want string }{
		{"all is well", nothing},
		{"check: 3 is not 4", nothing},
		{"make: *** [Makefile:2: check] Error 1", nothing},
		{"0 tests failed", nothing},
		{"PASS: a", nothing},
		{"XFAIL: a", nothing},
		{"# FAIL:  0", nothing},

		{"t: t.c:3: main: Assertion `x == 3' failed.", failed},
		{"Assertion failed: (x), function main, file t.c, line 3.", failed},
		{"AssertionError: 3 != 4", failed},
		{"thread 'main' panicked at src/lib.rs:3:5:", failed},
		{"panic: runtime error: index out of range [3]", failed},
		{"not ok 3 - a", failed},
		{"FAIL: test_a", failed},
		{"  [FAIL] a", failed},
		{"[  FAILED  ] Suite.Name", failed},
		{"a ... FAILED", failed},
		{"a: FAIL", failed},
		{"# FAIL:  1", failed},
		{"1 of 3 tests failed", failed},
		{"3 failing", failed},
		{"Failures: 2", failed},
		{"#   Failed test 'a'", failed},
		{"==12==ERROR: AddressSanitizer: heap-use-after-free", failed},
		{"a.c:3:5: runtime error: signed integer overflow", failed},
		{"Segmentation fault (core dumped)", failed},
		{"check.sh: line 3:  1234 Aborted                 ./t", failed},
		{"expected 3, got 4", failed},
		{"got 3, want 4", failed},
		{"a.out b.out differ: byte 3, line 1", failed},

		{"t.c:3:5: error: unknown type name 'foo'", notBuilt},
		{"make[1]: *** No rule to make target 'fix.o', needed by 't'.  Stop.", notBuilt},
		{"FAIL\tm/p [build failed]", notBuilt},
		{"FAIL\tm/p [setup failed]", notBuilt},
		{"error: could not compile `fix` (lib test) due to 1 previous error", notBuilt},
		{"    Cannot find module '../fix' from 'a.test.js'", notBuilt},
		{"Error: Cannot find module '../fix'", notBuilt},
		{"  ● Test suite failed to run", notBuilt},
		{"Can't locate Fix.pm in @INC (you may need to install the Fix module)", notBuilt},
		{"./t: error while loading shared libraries: libfix.so: cannot open shared object file", notBuilt},
		{"t.sh: line 3: syntax error near unexpected token `fi'", notBuilt},
		{"t.sh: 3: Syntax error: end of file unexpected", notBuilt},
		{"____ ERROR collecting tests/test_a.py ____", notBuilt},
		{"ERROR: file or directory not found: tests/test_a.py", notBuilt},
		{"ModuleNotFoundError: No module named 'fix'", notBuilt},
		{"E   ImportError: cannot import name 'fix'", notBuilt},
		{"Error: Could not find or load main class FixTest", notBuilt},

		{"cat: fixture.txt: No such file or directory", missing},
		{"t.sh: line 3: fixtool: command not found", missing},
		{"t.sh: 3: fixtool: not found", missing},
		{"python3: can't open file '/x/t.py': [Errno 2] No such file or directory", missing},
		{"sh: 1: ./t.sh: Permission denied", missing},
		{"tool: unrecognized option '--fix'", missing},
		{"usage: tool [-a]", missing},
		{"ninja: build stopped: subcommand failed.", missing},
		{"AttributeError: module 'm' has no attribute 'fix'", missing},
		{"TypeError: m.fix is not a function", missing},
		{"no tests ran in 0.01s", missing},
	} {
		s := ReadSigns([]byte("first\n  " + test.line + "\r\nlast"))
		lists := map[string][]string{failed: s.Failed, notBuilt: s.NotBuilt, missing: s.Missing}
		for name, list := range lists {
			if want := name == test.want; want != slices.Equal(list, []string{strings.TrimSpace(test.line)}) || !want && len(list) > 0 {
				t.Errorf("%q is taken for %+v, want %q", test.line, s, test.want)
				break
			}
		}
	}
}

func TestSignsWithout(t *testing.T) {
	t.Parallel()
	all := ReadSigns([]byte("FAIL: a\nFAIL: b\nFAIL: a\ncat: x: No such file or directory\nx.c:1: error: no\n"))
	left := all.Without(ReadSigns([]byte("cat: x: No such file or directory\nFAIL: b\n")))
	if !slices.Equal(left.Failed, []string{"FAIL: a"}) || len(left.Missing) != 0 || !slices.Equal(left.NotBuilt, []string{"x.c:1: error: no"}) {
		t.Errorf("left are %+v", left)
	}
	var many strings.Builder
	for i := range 10_000 {
		many.WriteString("FAIL: " + strings.Repeat("x", i%1000) + "\n")
	}
	for _, l := range ReadSigns([]byte(many.String())).Failed {
		if len(l) > maxSign {
			t.Errorf("%d bytes", len(l))
		}
	}
}
