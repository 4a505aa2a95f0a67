package tests

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/outline"
)

// found is one test, or one group of tests, in a text.
type found struct {
	// suite and fn are the parts of the name; fn is empty where no runner could
	// name the test, then its lines belong to all tests of its group or file.
	suite, fn string
	span
	// group says that it is no test but what encloses tests: a class, a
	// describe block, a module.
	group bool
}

// list finds the tests and groups of a text, by their first lines.
func list(name string, c *code) []found {
	var out []found
	switch c.lang {
	case outline.Go:
		out = c.goTests()
	case outline.Python:
		out = c.methods(pythonTest)
	case outline.Java, outline.Groovy:
		out = c.methods(javaTestMethod)
	case outline.PHP:
		out = c.methods(phpTest)
	case outline.CSharp:
		out = c.methods(csTestMethod)
	case outline.Rust:
		out = c.rustTests(name)
	case outline.C, outline.CPP:
		out = c.cTests()
	case outline.JavaScript, outline.TypeScript:
		out = c.jsTests()
	case outline.Ruby:
		out = append(c.methods(rubyTest), c.rubyBlocks()...)
	case outline.Tcl:
		out = append(c.tclTests(), c.tclBlocks()...)
	case outline.Shell:
		out = c.shellTests()
	}
	if path.Ext(name) == ".bats" {
		out = c.batsTests()
	}
	slices.SortStableFunc(out, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	for i := range out {
		if i >= maxFound || len(out[i].suite)+len(out[i].fn) > maxName {
			out[i].suite, out[i].fn = "", ""
		}
	}
	return out
}

// maxFound is how many tests of one file get a name, maxName how long a name may
// be, in bytes.
const (
	maxFound = 20_000
	maxName  = 1000
)

// method is a function as methods sees it.
type method struct {
	outline.Symbol
	// class are the enclosing types, outermost first.
	class []string
	// marks are the names of its annotations or attributes, without what
	// qualifies them.
	marks []string
}

// methods finds the tests that are functions and the types around them.
func (c *code) methods(test func(c *code, m method) (suite, fn string, ok bool)) []found {
	var out []found
	var around []outline.Symbol
	for _, s := range c.outline.Symbols {
		switch s.Kind {
		case outline.Function, outline.Method, outline.Type:
		default:
			continue
		}
		for len(around) > 0 && around[len(around)-1].End <= s.Start {
			around = around[:len(around)-1]
		}
		first := c.at(s.Start)
		lead := c.lead(first)
		f := found{span: span{s.Start, s.End}}
		if lead < len(c.toks) {
			f.start = min(f.start, c.toks[lead].line)
		}
		if s.Kind == outline.Type {
			if len(around) < 20 {
				around = append(around, s)
			}
			f.group = true
			out = append(out, f)
			continue
		}
		m := method{Symbol: s, marks: c.marks(lead, c.named(first, s.Name))}
		for _, a := range around {
			m.class = append(m.class, a.Name)
		}
		if s.Kind == outline.Function && len(m.class) > 0 && around[len(around)-1].End < s.End {
			m.class = nil
		}
		var ok bool
		if f.suite, f.fn, ok = test(c, m); ok {
			out = append(out, f)
		}
	}
	return out
}

// named is the token from first on that is a definition's name; first if it is
// not near.
func (c *code) named(first int, name string) int {
	for i := first; i < len(c.toks) && i < first+200; i++ {
		if c.is(i, name) {
			return i
		}
	}
	return first
}

// marks are the names of the annotations, decorators and attributes between two
// tokens, without what qualifies them.
func (c *code) marks(from, to int) []string {
	var out []string
	at := false
	for i := from; i < to && i < len(c.toks) && len(out) < 50; i = c.past(i) {
		t := c.toks[i]
		switch {
		case t.text == "@":
			at = true
		case strings.HasPrefix(t.text, "@") && !c.is(i+1, "."):
			out = append(out, t.text[1:])
		case strings.HasPrefix(t.text, "@"):
			at = true
		case at && t.kind == outline.Word && !c.is(i+1, "."):
			out = append(out, t.text)
			at = false
		case t.text == "[" && (c.is(i-1, "#") || c.lang == outline.CSharp):
			for j := i + 1; j < t.match; j = c.past(j) {
				if c.word(j) && !c.is(j+1, "::") && !c.is(j+1, ".") {
					out = append(out, c.toks[j].text)
					break
				}
			}
		}
	}
	return out
}

func hasMark(m method, names ...string) bool {
	return slices.ContainsFunc(m.marks, func(s string) bool { return slices.Contains(names, s) })
}

// pythonTest follows pytest's discovery: test* functions at top level and in
// classes. unittest wants the class to be a TestCase, which a subclass of a
// project's own base is without saying so.
func pythonTest(_ *code, m method) (suite, fn string, ok bool) {
	if !strings.HasPrefix(m.Name, "test") || m.Kind == outline.Function && len(m.class) > 0 {
		return "", "", false
	}
	return strings.Join(m.class, "."), m.Name, len(m.class) > 0 || m.Kind == outline.Function && m.Parent == ""
}

func javaTestMethod(c *code, m method) (suite, fn string, ok bool) {
	old := len(m.class) > 0 && strings.HasPrefix(m.Name, "test") && len(m.Name) > 4 && m.MaxArgs == 0
	if len(m.class) == 0 || !old && !hasMark(m, "Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate", "Property", "Theory") {
		return "", "", false
	}
	suite = strings.Join(m.class, "$")
	if p := c.packageName(); p != "" {
		suite = p + "." + suite
	}
	return suite, m.Name, true
}

func csTestMethod(_ *code, m method) (suite, fn string, ok bool) {
	if len(m.class) == 0 || !hasMark(m, "Test", "TestCase", "TestMethod", "Fact", "Theory", "DataTestMethod") {
		return "", "", false
	}
	return strings.Join(m.class, "."), m.Name, true
}

func phpTest(c *code, m method) (suite, fn string, ok bool) {
	if m.Kind != outline.Method || len(m.class) == 0 {
		return "", "", false
	}
	if !strings.HasPrefix(m.Name, "test") && !c.above(m.Start, "@test") && !c.above(m.Start, "#[Test") {
		return "", "", false
	}
	suite = m.class[len(m.class)-1]
	if p := c.packageName(); p != "" {
		suite = p + `\` + suite
	}
	return suite, m.Name, true
}

func rubyTest(_ *code, m method) (suite, fn string, ok bool) {
	return strings.Join(m.class, "::"), m.Name, m.Kind == outline.Method && strings.HasPrefix(m.Name, "test_") && len(m.class) > 0
}

// above reports whether a word stands in the comments right above a line.
func (c *code) above(line int, word string) bool {
	lines := c.text()
	for l, n := line-1, 0; l >= 0 && n < 40; l, n = l-1, n+1 {
		s := strings.TrimSpace(lines[l])
		if c.counts[l] && !strings.HasPrefix(s, "#[") || s == "" {
			return false
		}
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}

// text gives the lines.
func (c *code) text() []string {
	if c.cut == nil {
		c.cut = strings.Split(string(c.src), "\n")
	}
	return c.cut
}

// packageName is what a package or namespace declaration says.
func (c *code) packageName() string {
	for i := 0; i < len(c.toks) && i < 200; i++ {
		if !c.is(i, "package") && !c.is(i, "namespace") {
			continue
		}
		var b strings.Builder
		for j := i + 1; j < len(c.toks) && j < i+60 && c.toks[j].line == c.toks[i].line; j++ {
			if t := c.toks[j]; t.kind != outline.Word && t.text != "." && t.text != `\` {
				break
			}
			b.WriteString(c.toks[j].text)
		}
		return b.String()
	}
	return ""
}

// goTests follows go test: TestX, FuzzX and ExampleX at top level. A method of a
// suite runs as part of the top-level test that mentions its type.
func (c *code) goTests() []found {
	var out []found
	suites := map[string]string{}
	var tests []found
	for _, s := range c.outline.Symbols {
		if s.Kind == outline.Function && goTest(s.Name) {
			tests = append(tests, found{fn: s.Name, span: span{s.Start, s.End}})
		}
	}
	spans := make([]span, len(tests))
	for i, t := range tests {
		spans[i] = t.span
	}
	in := innermost(spans, c.lines)
	for _, t := range c.toks {
		if i := in[t.line]; t.kind == outline.Word && i >= 0 && suites[t.text] == "" {
			suites[t.text] = tests[i].fn
		}
	}
	for _, s := range c.outline.Symbols {
		if s.Kind == outline.Method && goTest(s.Name) {
			out = append(out, found{fn: suites[strings.TrimLeft(s.Parent, "*")], span: span{s.Start, s.End}})
		}
	}
	return append(out, tests...)
}

func goTest(name string) bool {
	for _, p := range []string{"Test", "Fuzz", "Example"} {
		if rest, ok := strings.CutPrefix(name, p); ok && name != "TestMain" {
			return rest == "" || !(rest[0] >= 'a' && rest[0] <= 'z')
		}
	}
	return false
}
