package results

import (
	"slices"
	"testing"
)

func TestLacks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		want []string
	}{
		{"3 is not 4", nil},
		{"E   AttributeError: 'NoneType' object has no attribute 'x'", []string{"x"}},
		{"AttributeError: module 'm' has no attribute 'fix'", []string{"fix"}},
		{"ModuleNotFoundError: No module named 'm.fix'", []string{"m.fix"}},
		{"ImportError: cannot import name 'fix' from 'm' (/x/m.py)", []string{"fix"}},
		{"NameError: name 'fix' is not defined", []string{"fix"}},
		{"TypeError: f() got an unexpected keyword argument 'strict'", []string{"strict"}},
		{"NoMethodError: undefined method `fix' for nil:NilClass", []string{"fix"}},
		{"NoMethodError: undefined method 'fix!' for an instance of A", []string{"fix!"}},
		{"NameError: uninitialized constant A::Fix", []string{"A::Fix"}},
		{"LoadError: cannot load such file -- lib/fix", []string{"lib/fix"}},
		{"TypeError: m.fix is not a function", []string{"m.fix"}},
		{"ReferenceError: fix is not defined", []string{"fix"}},
		{"Error: Cannot find module '../lib/fix'", []string{"../lib/fix"}},
		{`Error: Call to undefined method App\A::fix()`, []string{`App\A::fix`}},
		{`Error: Class "App\Fix" not found`, []string{`App\Fix`}},
		{`Can't locate object method "fix" via package "A"`, []string{"fix"}},
		{"Can't locate A/Fix.pm in @INC", []string{"A/Fix.pm"}},
		{"Undefined subroutine &main::fix called", []string{"main::fix"}},
		{`invalid command name "fix"`, []string{"fix"}},
		{"attempt to call a nil value (field 'fix')", []string{"fix"}},
		{"ERR unknown subcommand or wrong number of arguments for 'fix'", []string{"fix"}},
		{"t.sh: line 3: fix: command not found\ncat: a/fix.txt: No such file or directory", []string{"fix", "a/fix.txt"}},
		{"sh: 0: cannot open bin/b.sh: No such file", []string{"bin/b.sh"}},
		{"python3: can't open file '/x/t.py': [Errno 2] No such file or directory", []string{"/x/t.py"}},
		{"FileNotFoundError: [Errno 2] No such file or directory: 'fix.sh'", []string{"fix.sh"}},
	} {
		if got := Lacks(test.text); !slices.Equal(got, test.want) {
			t.Errorf("%q lacks %q, want %q", test.text, got, test.want)
		}
	}
}
