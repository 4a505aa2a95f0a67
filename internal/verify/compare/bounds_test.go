package compare

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func added(n int) []File {
	var out []File
	for i := range n {
		out = append(out, created(fmt.Sprintf("new/%d", i), fmt.Sprintf("a\nb\nc\n%d\n", i%5)))
	}
	return out
}

func removed(n int) []File {
	var out []File
	for i := range n {
		out = append(out, deleted(fmt.Sprintf("old/%d", i), fmt.Sprintf("a\nb\nc\n%d\n", i%5)))
	}
	return out
}

// TestBounds compares changes that are made to take long. The time allowed is
// far more than they take: it is quadratic work that it would not suffice for.
func TestBounds(t *testing.T) {
	t.Parallel()
	const size = 64 << 10
	fill := func(piece string) string { return strings.Repeat(piece, size/len(piece)) }
	numbered := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	functions := numbered("func f%d() {\n\tx()\n}\n", 10_000)
	nested := numbered("func f%d() {\n", 5000) + strings.Repeat("}\n", 5000)
	many := func(text string) []File {
		var out []File
		for i := range 2000 {
			out = append(out, edit(fmt.Sprintf("%s%d/a.go", text[:1], i), text, text+fmt.Sprint(i%7))...)
		}
		return out
	}
	for _, c := range []struct {
		name string
		a, b []File
	}{
		{"blank lines", edit("a.c", fill("\n"), fill("\n")+"x\n"), edit("a.c", "\n", fill("\n"))},
		{"two lines", edit("a.c", fill("}\n\n"), fill("\n}\n\n")), edit("a.c", fill("}\n"), fill("}\n}\n\n"))},
		{"one file, all else", edit("a", fill("a\nb\n"), fill("b\nc\nd\n")), edit("a", fill("x\ny\nz\n"), fill("d\nc\nb\na\n"))},
		{"the same functions", edit("a.go", functions, strings.ReplaceAll(functions, "x()", "y()")), edit("b.go", functions, strings.ReplaceAll(functions, "x()", "z()\n\ty()"))},
		{"functions of one name", edit("a.go", fill("func f() {\n\tx()\n}\n"), fill("func f() {\n\ty()\n}\n")), edit("a.go", fill("func f() {\n\tx()\n}\n\n"), fill("func f() {\n\ty()\n\ty()\n}\n"))},
		{"nested", edit("a.js", nested, strings.ReplaceAll(nested, "() {\n", "() {\nx()\n")), edit("a.js", nested, strings.ReplaceAll(nested, "() {\n", "() {\ny()\n"))},
		{"groups that rotate", edit("a.json", fill("k\n"), fill("k\na\nb\n")), edit("a.json", fill("k\n"), fill("b\na\nk\n"))},
		{"long lines", edit("a", fill("x"), fill("y")), edit("a", fill("x"), fill("z"))},
		{"renamed files", append(added(500), removed(500)...), added(10)},
		{"many files", many("a\nb\n"), many("b\nb\n")},
		{"one class", edit("a.java", "class A {\n"+fill("int x;\n")+"}\n", "class A {\n"+fill("int x;\nvoid f() { }\n")+"}\n"), edit("a.java", "class A {\n"+fill("void f() { }\n")+"}\n", "class A {\n"+fill("int x;\nvoid g() { }\n")+"}\n")},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			if len(Functions(c.a, c.b)) == 0 {
				t.Error("nothing differs")
			}
			took := time.Since(start)
			if took > time.Minute {
				t.Errorf("took %v", took)
			}
			start = time.Now()
			renames(append(slices.Clone(c.a), c.b...))
			if took := time.Since(start); took > time.Minute {
				t.Errorf("renames took %v", took)
			}
		})
	}
}
