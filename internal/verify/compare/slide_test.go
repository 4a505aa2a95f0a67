package compare

import (
	"strings"
	"testing"
)

// TestScriptsOfOneChange: what a diff may choose makes no difference.
func TestScriptsOfOneChange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, path                  string
		before, after, onto, ported string
		want                        string
	}{{
		name: "a function before one that begins the same, and another change", path: "a.go",
		before: "package p\n\nfunc a() {\n\tx()\n}\n\nvar v = 1\n",
		after:  "package p\n\nfunc b() {\n\tx()\n}\n\nfunc a() {\n\tx()\n}\n\nvar v = 2\n",
		onto:   "package p\n\nfunc z() {\n\tx()\n}\n\nvar v = 1\n",
		ported: "package p\n\nfunc z() {\n\tx()\n}\n\nfunc b() {\n\tx()\n}\n\nvar v = 3\n",
		want: `identical a.go:3:b a.go:7:b same=4
differs a.go:11: a.go:11: same=1
  =  
  = -var v = 1
  o +var v = 2
  b +var v = 3
`,
	}, {
		name: "entries of a table", path: "a.json",
		before: "[\n  {\n    \"a\": 1\n  },\n  {\n    \"z\": 9\n  }\n]\nend\n",
		after:  "[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": 2\n  },\n  {\n    \"z\": 9\n  }\n]\nEND\n",
		onto:   "[\n  // first\n  {\n    \"z\": 9\n  }\n]\nend\n",
		ported: "[\n  // first\n  {\n    \"b\": 2\n  },\n  {\n    \"z\": 9\n  }\n]\nEnd\n",
		want: `differs a.json:6: a.json:4: same=4
  ... 6
  =  ]
  = -end
  o +END
  b +End
`,
	}, {
		name: "a line in a function that could be either of two, and another change", path: "a.go",
		before: "package p\n\nfunc a() {\n\tx()\n\ty()\n}\n\nvar v = 1\n",
		after:  "package p\n\nfunc a() {\n\tx()\n\tx()\n\ty()\n}\n\nvar v = 2\n",
		onto:   "package p\n\nfunc a() {\n\tw()\n\tx()\n}\n\nvar v = 1\n",
		ported: "package p\n\nfunc a() {\n\tw()\n\tx()\n\tx()\n}\n\nvar v = 3\n",
		want: `context a.go:5:a a.go:6:a same=1
  =  func a() {
  b  	w()
  =  	x()
  = +	x()
  o  	y()
  =  }
differs a.go:9: a.go:9: same=1
  =  
  = -var v = 1
  o +var v = 2
  b +var v = 3
`,
	}, {
		name: "a hunk that landed in another function, and another change", path: "a.go",
		before: "package p\n\nfunc a() {\n\tfirst()\n\tsecond()\n\tthird()\n}\n\nfunc b() {\n}\n",
		after:  "package p\n\nfunc a() {\n\tbefore()\n\tfirst()\n\tsecond()\n\tthird()\n\tdefer after()\n}\n\nfunc b() {\n}\n",
		onto:   "package p\n\nfunc a() {\n\tfirst()\n}\n\nfunc b() {\n\tsecond()\n\tthird()\n}\n",
		ported: "package p\n\nfunc a() {\n\tbeforehand()\n\tfirst()\n}\n\nfunc b() {\n\tsecond()\n\tthird()\n\tdefer after()\n}\n",
		want: `differs a.go:4:a a.go:4:a same=0
  =  func a() {
  o +	before()
  b +	beforehand()
  =  	first()
  o  	second()
context a.go:8:a a.go:11:b same=1
  o  	first()
  b  func b() {
  =  	second()
  =  	third()
  ... 2
`,
	}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := show(Functions(edit(c.path, c.before, c.after), edit(c.path, c.onto, c.ported)))
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestReplay tries scripts on other texts.
func TestReplay(t *testing.T) {
	t.Parallel()
	known := newLines()
	number := func(s string) []int32 { return known.of([]byte(strings.ReplaceAll(s, " ", "\n")), false) }
	for _, c := range []struct {
		old, new, want string // want: signs and lines
		ok             bool
	}{
		{"a b c ", "a x b c ", "+x", true},
		{"a b c ", "a x b c ", "+y", false},
		{"a b c ", "b c ", "-a", true},
		{"a b c ", "a b c ", "", true},
		{"a b c ", "a b ", "", false},
		{"a a a ", "a a ", "-a", true},
		{"} } f } ", "} } f } f } ", "+f +}", true},
		{"} } f } ", "} } f } f } ", "+} +f", true},
		{"a b ", "c d ", "-a +c -b +d", true},
		{"a b ", "c d ", "-a -b +c +d", true},
		{"a b ", "c d ", "+d -a -b +c", false},
		{"", "a ", "+a", true},
		{"", "a ", "-a", false},
	} {
		var want []op
		for _, f := range strings.Fields(c.want) {
			want = append(want, op{sign: f[0], line: known.number([]byte(f[1:] + "\n"))})
		}
		got, ok := replay(number(c.old), number(c.new), want)
		if ok != c.ok {
			t.Errorf("%q of %q and %q: %v", c.want, c.old, c.new, ok)
		}
		if ok {
			checkScript(t, number(c.old), number(c.new), got)
		}
	}
}

// checkScript fails the test unless a script turns old into new.
func checkScript(t *testing.T, old, new []int32, ops []op) {
	t.Helper()
	i, j := 0, 0
	for n := 0; i < len(old) || j < len(new); {
		switch {
		case n < len(ops) && ops[n].old == i && ops[n].new == j && ops[n].sign == '-' && i < len(old) && old[i] == ops[n].line:
			i, n = i+1, n+1
		case n < len(ops) && ops[n].old == i && ops[n].new == j && ops[n].sign == '+' && j < len(new) && new[j] == ops[n].line:
			j, n = j+1, n+1
		case i < len(old) && j < len(new) && old[i] == new[j]:
			i, j = i+1, j+1
		default:
			t.Errorf("%v is no script of %v and %v", ops, old, new)
			return
		}
	}
}
