package tests

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/outline"
	"backstay.dev/backstay/internal/textdiff"
)

// Change is one file that a fix changes. Before is nil for a new file, After for
// one that is gone. OldPath is where the file was, if elsewhere.
type Change struct {
	Path, OldPath string
	Before, After []byte
}

// Test is one test as its runner names it.
type Test struct {
	File string
	// Name is what tells it from others: TestX of Go, path::Class::test_x of
	// pytest, package.Class.method of JUnit, module::test_x of cargo, Suite.Name
	// of GoogleTest, the titles joined by blanks of Jest and RSpec.
	Name string
	// Suite and Func are its parts: class, module or describe titles, and the
	// test's own name.
	Suite, Func string
	// Line is the 1-based first line in the new file.
	Line int
}

// Selection are the tests of a change.
type Selection struct {
	// Files are the test sources that the change adds or alters and that are
	// still there, Data what tests read, Helpers the code that tests use.
	Files, Data, Helpers []string
	// Tests are the single tests that it adds or alters, by file and line.
	Tests []Test
	// Whole are those of Files that must be run as a whole: the change touches
	// what all of their tests need, or nobody can tell their tests apart.
	Whole []string
	// Roots are the folders of the modules above the files, as Locate finds
	// them.
	Roots Roots
}

// Empty reports whether the change touches no test that could be run.
func (s Selection) Empty() bool { return len(s.Tests) == 0 && len(s.Whole) == 0 }

// Names are the tests' names.
func (s Selection) Names() []string {
	var out []string
	for _, t := range s.Tests {
		out = append(out, t.Name)
	}
	return out
}

// maxText bounds the texts that are read, in bytes; larger ones are run whole.
const maxText = 2 << 20

// maxTests is how many tests of one file are named, maxSelected how many of all;
// with more, files are run whole.
const (
	maxTests    = 2000
	maxSelected = 5000
)

// Select names the tests that a change adds or alters. more are patterns for
// further test files.
func Select(changed []Change, more []string) Selection {
	var s Selection
	for _, ch := range changed {
		if ch.After == nil || ch.Before != nil && ch.OldPath == "" && bytes.Equal(ch.Before, ch.After) {
			continue
		}
		kind := KindOf(ch.Path, more)
		switch kind {
		case Data:
			s.Data = append(s.Data, ch.Path)
			continue
		case Helper:
			s.Helpers = append(s.Helpers, ch.Path)
			continue
		}
		lang := outline.Detect(ch.Path, ch.After)
		if kind == Product && (lang != outline.Rust || !bytes.Contains(ch.After, []byte("#["))) {
			continue
		}
		if len(ch.After) > maxText || len(ch.Before) > maxText {
			if kind == Source {
				s.Files, s.Whole = append(s.Files, ch.Path), append(s.Whole, ch.Path)
			}
			continue
		}
		d := compare(ch, lang, kind == Product)
		switch {
		case kind == Product && len(d.touched) == 0 && !d.inside:
			continue
		case kind == Source && !d.has && !d.byFile:
			s.Helpers = append(s.Helpers, ch.Path)
			continue
		}
		s.Files = append(s.Files, ch.Path)
		s.Tests = append(s.Tests, d.touched...)
		if d.whole {
			s.Whole = append(s.Whole, ch.Path)
		}
	}
	if len(s.Tests) > maxSelected {
		for _, t := range s.Tests {
			s.Whole = append(s.Whole, t.File)
		}
		s.Tests = nil
	}
	slices.Sort(s.Files)
	slices.Sort(s.Data)
	slices.Sort(s.Helpers)
	slices.Sort(s.Whole)
	s.Whole = slices.Compact(s.Whole)
	slices.SortStableFunc(s.Tests, func(a, b Test) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Name, b.Name))
	})
	return s
}

// difference is what a change does to the tests of one file.
type difference struct {
	touched []Test
	// has says that the new text holds tests, byFile that it may though none is
	// seen, whole that the file must be run as a whole, inside that a module of
	// tests is touched.
	has, byFile, whole, inside bool
}

// side is one version of a file with whose its lines are.
type side struct {
	*code
	tests  []found
	test   []int // by line, index in tests; -1 for none
	group  []int // by line, index in tests of the innermost group; -1
	symbol []int // by line, index in symbols; -1
	// symbols are the functions, types, variables and macros.
	symbols []outline.Symbol
}

func newSide(name string, lang outline.Language, src []byte) side {
	s := side{code: read(lang, src)}
	s.tests = list(name, s.code)
	var spans, groups []span
	var at, gat []int
	for i, t := range s.tests {
		if t.group {
			groups, gat = append(groups, t.span), append(gat, i)
		} else {
			spans, at = append(spans, t.span), append(at, i)
		}
	}
	s.test, s.group = indexed(spans, at, s.lines), indexed(groups, gat, s.lines)
	var defs []span
	for _, sym := range s.outline.Symbols {
		switch sym.Kind {
		case outline.Function, outline.Method, outline.Type, outline.Variable, outline.Constant, outline.Macro, outline.Import:
			start := sym.Start
			if i := s.lead(s.at(start)); i < len(s.toks) {
				start = min(start, s.toks[i].line)
			}
			s.symbols = append(s.symbols, sym)
			defs = append(defs, span{start, sym.End})
		}
	}
	s.symbol = innermost(defs, s.lines)
	return s
}

// indexed is innermost with other numbers for the spans.
func indexed(spans []span, numbers []int, lines int) []int {
	out := innermost(spans, lines)
	for l, i := range out {
		if i >= 0 {
			out[l] = numbers[i]
		}
	}
	return out
}

// key tells a test from the others of its file.
func (f found) key() string { return f.suite + "\x00" + f.fn }

// compare finds the tests of a file that a change touches. With inline only the
// modules of tests count.
func compare(ch Change, lang outline.Language, inline bool) difference {
	old, now := newSide(cmp.Or(ch.OldPath, ch.Path), lang, ch.Before), newSide(ch.Path, lang, ch.After)
	byKey := map[string]int{}
	d := difference{byFile: byFile(ch.Path, now.code)}
	for i, t := range now.tests {
		if !t.group {
			d.has = true
			byKey[t.key()] = i
		}
	}
	touched := make([]bool, len(now.tests))
	h := helpers{now: now, touched: touched, queued: map[string]bool{}, served: map[string]bool{}}
	for _, hunk := range textdiff.Diff(ch.Before, ch.After) {
		for l := hunk.NewStart; l < hunk.NewStart+hunk.NewCount && l < now.lines; l++ {
			if !now.counts[l] || inline && now.group[l] < 0 && now.test[l] < 0 {
				continue
			}
			d.inside = true
			if i := now.test[l]; i >= 0 {
				touched[i] = true
			} else {
				h.line(l, now, nil)
			}
		}
		for l := hunk.OldStart; l < hunk.OldStart+hunk.OldCount && l < old.lines; l++ {
			if !old.counts[l] || inline && old.group[l] < 0 && old.test[l] < 0 {
				continue
			}
			d.inside = true
			if i := old.test[l]; i >= 0 {
				if j, ok := byKey[old.tests[i].key()]; ok {
					touched[j] = true
				}
			} else {
				h.line(l, old, byKey)
			}
		}
	}
	h.old = map[string]bool{}
	for _, s := range old.symbols {
		h.old[s.Name] = true
	}
	h.spread()
	for i, in := range covered(h.oldRanges, len(old.tests)) {
		if j, ok := byKey[old.tests[i].key()]; ok && in && !old.tests[i].group {
			touched[j] = true
		}
	}
	for i, in := range covered(h.ranges, len(now.tests)) {
		touched[i] = touched[i] || in
	}
	if h.all && !d.has {
		d.whole = !inline
	}
	seen := map[string]bool{}
	for i, t := range now.tests {
		if t.group || !touched[i] && !h.all {
			continue
		}
		if t.fn == "" || len(d.touched) == maxTests {
			d.whole = true
			continue
		}
		if !seen[t.key()] {
			seen[t.key()] = true
			d.touched = append(d.touched, newTest(ch.Path, lang, t))
		}
	}
	return d
}

func newTest(file string, lang outline.Language, f found) Test {
	t := Test{File: file, Suite: f.suite, Func: f.fn, Name: f.fn, Line: f.start + 1}
	if lang == outline.Python {
		t.Name = strings.ReplaceAll(f.suite, ".", "::") + "::" + f.fn
		t.Name = file + "::" + strings.TrimPrefix(t.Name, "::")
		return t
	}
	if f.suite == "" {
		return t
	}
	switch lang {
	case outline.Rust, outline.PHP:
		t.Name = f.suite + "::" + f.fn
	case outline.JavaScript, outline.TypeScript:
		t.Name = f.suite + " " + f.fn
	case outline.Ruby:
		if strings.HasPrefix(f.fn, "test_") {
			t.Name = f.suite + "#" + f.fn
		} else {
			t.Name = f.suite + " " + f.fn
		}
	default:
		t.Name = f.suite + "." + f.fn
	}
	return t
}
