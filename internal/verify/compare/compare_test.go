package compare

import (
	"strings"
	"testing"
)

// goFile is a file of functions, each a name and its lines, separated by "|".
func goFile(functions ...string) string {
	var b strings.Builder
	b.WriteString("package p\n\nimport \"fmt\"\n")
	for _, f := range functions {
		lines := strings.Split(f, "|")
		b.WriteString("\nfunc " + lines[0] + "() {\n")
		for _, l := range lines[1:] {
			b.WriteString("\t" + l + "\n")
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func edit(path, before, after string) []File {
	return []File{{Path: path, Before: []byte(before), After: []byte(after)}}
}

func created(path, text string) File { return File{Path: path, After: []byte(text)} }
func deleted(path, text string) File { return File{Path: path, Before: []byte(text)} }

func TestFunctions(t *testing.T) {
	t.Parallel()
	foo, fooFixed := "foo|a := 1|b := 2|c := 3|use(a, b, c)", "foo|a := 1|check(a)|b := 2|c := 3|use(a, b, c)"
	other := "bar|x()|y()|z()"
	for _, c := range []struct {
		name               string
		original, backport []File
		want               string
	}{{
		name:     "nothing",
		original: nil, backport: nil, want: "",
	}, {
		name:     "identical",
		original: edit("a.go", goFile(foo, other), goFile(fooFixed, other)),
		backport: edit("a.go", goFile(other, foo), goFile(other, fooFixed)),
		want:     "identical a.go:7:foo a.go:13:foo same=1\n",
	}, {
		name:     "moved file",
		original: edit("new/a.go", goFile(foo, other), goFile(fooFixed, other)),
		backport: edit("old/a.go", goFile(foo), goFile(fooFixed)),
		want:     "identical new/a.go:7:foo old/a.go:7:foo same=1\n",
	}, {
		name:     "function in another file",
		original: append(edit("a.go", goFile(foo), goFile(fooFixed)), edit("b.go", goFile(other), goFile("bar|x()|y(1)|z()"))...),
		backport: edit("b.go", goFile(foo, other), goFile(fooFixed, "bar|x()|y(1)|z()")),
		want:     "identical a.go:7:foo b.go:7:foo same=1\nidentical b.go:7:bar b.go:15:bar same=2\n",
	}, {
		name:     "renamed function, and other lines",
		original: edit("a.go", goFile(foo, other), goFile("foo|a := 1|check(a)|log(a)|b := 2|c := 3|use(a, b, c)", other)),
		backport: edit("a.go", goFile("oldFoo|a := 1|b := 2|c := 3|use(a, b, c)", other), goFile("oldFoo|a := 1|check(a)|print(a)|b := 2|c := 3|use(a, b, c)", other)),
		want: `differs a.go:7:foo a.go:7:oldFoo same=1
  =  	a := 1
  = +	check(a)
  o +	log(a)
  b +	print(a)
  =  	b := 2
  =  	c := 3
  =  	use(a, b, c)
`,
	}, {
		name:     "hunk in another function",
		original: edit("a.go", goFile(foo, other), goFile(fooFixed, "bar|x()|y(1)|z()")),
		backport: edit("a.go", goFile("foo|a := 1", "rest|b := 2|c := 3|use(a, b, c)", other), goFile("foo|a := 1", "rest|check(a)|b := 2|c := 3|use(a, b, c)", "bar|x()|y(2)|z()")),
		want: `context a.go:7:foo a.go:10:rest same=1
  o  func foo() {
  o  	a := 1
  b  func rest() {
  = +	check(a)
  =  	b := 2
  ... 2
differs a.go:15:bar a.go:18:bar same=1
  =  func bar() {
  =  	x()
  = -	y()
  o +	y(1)
  b +	y(2)
  =  	z()
  =  }
`,
	}, {
		name:     "dropped hunk",
		original: edit("a.go", goFile(foo, other), goFile(fooFixed, "bar|x()|y(1)|z()")),
		backport: edit("a.go", goFile(foo, other), goFile(foo, "bar|x()|y(1)|z()")),
		want: `original-only a.go:7:foo - same=0
  o  func foo() {
  o  	a := 1
  o +	check(a)
  o  	b := 2
  o  	c := 3
identical a.go:15:bar a.go:14:bar same=2
`,
	}, {
		name:     "extra hunk outside functions",
		original: edit("a.go", goFile(foo), goFile(fooFixed)),
		backport: edit("a.go", goFile(foo), strings.Replace(goFile(fooFixed), "fmt", "log", 1)),
		want: `identical a.go:7:foo a.go:7:foo same=1
backport-only - a.go:3: same=0
  b  package p
  b  
  b -import "fmt"
  b +import "log"
  b  
`,
	}, {
		name:     "added and deleted files",
		original: []File{created("new.txt", "one\ntwo\n"), deleted("gone.txt", "x\n"), created("empty", "")},
		backport: []File{created("new.txt", "one\nthree\n"), deleted("gone.txt", "x\n")},
		want: `differs new.txt:1: new.txt:1: same=1
  = +one
  o +two
  b +three
identical gone.txt:1: gone.txt:1: same=1
original-only empty:0: - same=0
  o +empty file
`,
	}, {
		name:     "binary",
		original: []File{created("same", "\x00a"), created("b", "\x00b"), {Path: "c", Before: []byte("\x00c"), After: []byte("\x00d")}},
		backport: []File{created("same", "\x00a"), created("b", "\x00c"), {Path: "c", Before: []byte("\x00x"), After: []byte("\x00d")}},
		want: `identical same:0: same:0: same=1
differs b:0: b:0: same=0
  o +binary: 2 bytes, SHA-256 57eb35615d47f34e
  b +binary: 2 bytes, SHA-256 597fcb31282d3465
context c:0: c:0: same=1
  o -binary: 2 bytes, SHA-256 597fcb31282d3465
  = +binary: 2 bytes, SHA-256 d070dc5b8da9aea7
  b -binary: 2 bytes, SHA-256 3c7e9bc930dc93f0
`,
	}, {
		name:     "CRLF",
		original: edit("a.go", goFile(foo), goFile(fooFixed)),
		backport: edit("a.go", strings.ReplaceAll(goFile(foo), "\n", "\r\n"), strings.ReplaceAll(goFile(fooFixed), "\n", "\r\n")),
		want: `context a.go:7:foo a.go:7:foo same=1
  ... 6
  b  \ Every line of the file ends in CRLF
`,
	}, {
		name:     "ends become CRLF",
		original: edit("a", "1\n2\n", "1\n3\n"),
		backport: edit("a", "1\n2\n", "1\n3\r\n"),
		want:     "differs a:2: a:2: same=1\n  =  1\n  = -2\n  o +3\n  b +3\r\n",
	}, {
		name:     "no final newline",
		original: edit("a", "1\n2\n", "1\n3\n"),
		backport: edit("a", "1\n2\n", "1\n3"),
		want:     "differs a:2: a:2: same=1\n  =  1\n  = -2\n  o +3\n  b +3\n  b +\\ No newline at end of file\n",
	}, {
		name:     "not UTF-8",
		original: edit("a", "\xe4\n\xf6\n", "\xe4\n\xfc\n"),
		backport: edit("a", "\xe4\n\xf6\n", "\xe4\n\xdf\n"),
		want:     "differs a:2: a:2: same=1\n  =  \xe4\n  = -\xf6\n  o +\xfc\n  b +\xdf\n",
	}, {
		name:     "mode and name",
		original: []File{{Path: "dir/b", OldPath: "dir/a", Before: []byte("1\n"), After: []byte("1\n"), OldMode: 0o100644, Mode: 0o100755}},
		backport: []File{{Path: "dir/a", Before: []byte("1\n"), After: []byte("1\n"), OldMode: 0o100644, Mode: 0o100755}},
		want: `differs dir/b:0: dir/a:0: same=2
  = -mode 100644
  o -name a
  = +mode 100755
  o +name b
`,
	}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := show(Functions(c.original, c.backport)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
