package outline

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestOutlineGo(t *testing.T) {
	t.Parallel()
	src := `
package a

import "fmt"

import (
	f "os"
	. "io" // all of it
)

const limit, other = 1, 2

var (
	x int
	y, z = f.Args, func() {
		fmt.Println()
	}
)

// T is documented.
type T[K comparable] struct {
	a, b map[string]struct{}
	*Reader
	c    func(int) struct {
		d int
	}
}

type (
	I interface {
		io.Closer
		Do(a, b int, c ...string) error
	}
	A = B
)

func (t *T[K]) Run(a, b int, c ...string) (x struct{ e int }, err error) {
	return
}

func plain[P any](
	a int,
	_ func(x, y int),
) {
}

func external(int, string)
`
	want := []string{
		"import fmt 3", "import os as f 6", "import io as . 7", "constant limit 10", "constant other 10", "variable x 13", "variable y 14-16", "variable z 14-16",
		"type T 20-26", "field T|a 21", "field T|b 21", "field T|Reader 22", "field T|c 23-25",
		"type I 29-32", "field I|Closer 30", "method I|Do/2+ 31", "type A 33",
		"method T|Run/2+ 36-38", "function plain/2 40-44 body 43", "function external/2 46",
	}
	// An embedded name, and the lines of a field of several, are the parser's alone.
	lexical := slices.DeleteFunc(slices.Clone(want), func(s string) bool {
		return strings.HasPrefix(s, "field T|Reader") || strings.HasPrefix(s, "field I|Closer")
	})
	lexical[slices.Index(lexical, "field T|c 23-25")] = "field T|c 23"
	want = slices.DeleteFunc(want, func(s string) bool { return strings.HasPrefix(s, "field I|Closer") })
	checkOutline(t, []outlineTest{
		{name: "parsed", lang: Go, src: src, want: want},
		{name: "lexical", lang: Go, src: src + "\nfunc broken( {", want: append(lexical, "function broken/1 48"), problems: []string{
			"48 expected ')', found '{'",
		}},
	})
}

// The lexical way agrees with the parser on the functions and types of this
// repository, so that a fix that breaks a file still has them.
func TestGoLexicallyAgreesWithParser(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../*/*.go")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	all, same := 0, 0
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found := make(map[string]bool)
		for _, s := range lexically(Go, src).symbols {
			found[shown(s)] = true
		}
		o := Parse(Go, src)
		if len(o.Problems) > 0 {
			t.Errorf("%s: %v", name, o.Problems)
		}
		for _, s := range o.Symbols {
			if s.Kind != Function && s.Kind != Method && s.Kind != Type && s.Kind != Import {
				continue
			}
			all++
			if found[shown(s)] {
				same++
			} else if all-same < 20 {
				t.Logf("%s: %s", name, shown(s))
			}
		}
	}
	if same*100 < all*98 {
		t.Errorf("the lexical way finds %d of %d", same, all)
	}
}
