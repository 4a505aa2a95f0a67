package tests

import (
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/lazy"
	"backstay.dev/backstay/internal/outline"
)

// rustTests finds functions under #[test], #[tokio::test], #[rstest] and the
// like, with the modules around them: file modules by the path, as cargo lays
// them out, inline ones by the text.
func (c *code) rustTests(name string) []found {
	type module struct {
		name string
		end  int
		test bool
	}
	var out []found
	var mods []module
	base := rustModule(name)
	for i := 0; i < len(c.toks); i++ {
		for len(mods) > 0 && mods[len(mods)-1].end <= i {
			mods = mods[:len(mods)-1]
		}
		switch {
		case c.is(i, "mod") && c.word(i+1) && c.is(i+2, "{") && c.toks[i+2].match > 0 && len(mods) < 50:
			lead := c.lead(c.rustHead(i))
			m := module{c.toks[i+1].text, c.toks[i+2].match, c.cfgTest(lead, i)}
			mods = append(mods, m)
			if m.test {
				out = append(out, found{group: true, span: span{c.toks[lead].line, c.toks[m.end].last + 1}, fn: m.name})
			}
			i += 2
		case c.is(i, "fn") && c.word(i+1):
			head := c.rustHead(i)
			lead := c.lead(head)
			if !slices.ContainsFunc(c.marks(lead, head), isRustTest) {
				continue
			}
			end := i + 2
			for end < min(len(c.toks), i+maxSignature) && !c.is(end, "{") && !c.is(end, ";") {
				end = c.past(end)
			}
			last := c.toks[i].line + 1
			if c.is(end, "{") || c.is(end, ";") {
				last = c.toks[c.past(end)-1].last + 1
			}
			f := found{fn: c.toks[i+1].text, span: span{c.toks[lead].line, last}}
			suite := slices.Clone(base)
			for _, m := range mods {
				suite = append(suite, m.name)
			}
			f.suite = strings.Join(suite, "::")
			out = append(out, f)
		}
	}
	return out
}

// maxSignature is how many tokens a function's signature may have.
const maxSignature = 2000

// rustHead is where an item begins whose keyword is token i: its visibility and
// modifiers stand before it.
func (c *code) rustHead(i int) int {
	for i > 0 {
		switch j := i - 1; {
		case c.is(j, "pub"), c.is(j, "async"), c.is(j, "unsafe"), c.is(j, "const"), c.is(j, "extern"):
			i = j
		case c.is(j, ")") && c.toks[j].match > 0 && c.is(c.toks[j].match-1, "pub"):
			i = c.toks[j].match - 1
		default:
			return i
		}
	}
	return i
}

func isRustTest(mark string) bool {
	switch mark {
	case "test", "rstest", "test_case", "quickcheck", "test_log", "wasm_bindgen_test", "parameterized", "case":
		return true
	}
	return false
}

// cfgTest reports whether #[cfg(test)], or a cfg of which test is a part, stands
// between two tokens.
func (c *code) cfgTest(from, to int) bool {
	for i := from; i < min(to, from+500); i++ {
		if c.is(i, "cfg") && c.is(i+1, "(") {
			for j := i + 2; j < min(c.toks[i+1].match, i+100); j++ {
				if c.is(j, "test") {
					return !c.is(j-2, "not")
				}
			}
		}
	}
	return false
}

// rustModule is the path of a file's module in its crate.
func rustModule(name string) []string {
	name = "/" + strings.TrimSuffix(name, ".rs")
	if i := strings.LastIndex(name, "/tests/"); i >= 0 && !strings.Contains(name[i:], "/src/") && !strings.Contains(name[:i], "/src/") {
		rest := strings.Split(name[i+len("/tests/"):], "/")
		return slices.DeleteFunc(rest[1:], func(s string) bool { return s == "main" || s == "mod" })
	}
	i := strings.LastIndex(name, "/src/")
	if i < 0 {
		return nil
	}
	parts := strings.Split(name[i+len("/src/"):], "/")
	if parts[0] == "bin" && len(parts) > 1 {
		parts = parts[2:]
	}
	if n := len(parts) - 1; n >= 0 && (parts[n] == "mod" || n == 0 && (parts[n] == "lib" || parts[n] == "main")) {
		parts = parts[:n]
	}
	return parts
}

// cTests finds TEST(Suite, Name) and its kin of GoogleTest, TEST_CASE("title")
// of Catch2 and doctest, BOOST_AUTO_TEST_CASE(name), TEST(name) of the kernel's
// kselftest harness, and the functions that take a struct kunit.
func (c *code) cTests() []found {
	var out []found
	for i := 0; i+2 < len(c.toks); i++ {
		if !c.word(i) || !c.is(i+1, "(") || c.toks[i+1].match < 0 {
			continue
		}
		shut := c.toks[i+1].match
		f := found{}
		switch c.toks[i].text {
		case "TEST", "TEST_F", "TEST_P", "TYPED_TEST", "TYPED_TEST_P", "TEST_F_FORK":
			switch {
			case c.word(i+2) && c.is(i+3, ",") && c.word(i+4) && shut == i+5:
				f.suite, f.fn = c.toks[i+2].text, c.toks[i+4].text
			case c.word(i+2) && shut == i+3:
				f.fn = c.toks[i+2].text
			}
		case "TEST_CASE", "SCENARIO", "BOOST_AUTO_TEST_CASE", "BOOST_FIXTURE_TEST_CASE", "TEST_CASE_METHOD":
			for j := i + 2; j < min(shut, i+12) && f.fn == ""; j++ {
				if t := c.toks[j]; t.kind == outline.String {
					f.fn = unquoted(t.text)
				}
			}
			if f.fn == "" && c.word(i+2) {
				f.fn = c.toks[i+2].text
			}
		default:
			if c.is(i+2, "struct") && c.is(i+3, "kunit") && c.is(i+4, "*") && c.is(shut+1, "{") {
				f.fn = c.toks[i].text
			}
		}
		if f.fn == "" || !c.is(shut+1, "{") {
			continue
		}
		f.span = span{c.toks[i].line, c.toks[c.past(shut+1)-1].last + 1}
		out = append(out, f)
	}
	return out
}

// jsTests finds describe and it blocks, whose full names are joined by blanks,
// as Jest, Vitest and Mocha do.
func (c *code) jsTests() []found {
	type block struct {
		title string
		end   int
	}
	var out []found
	var blocks []block
	for i := 0; i < len(c.toks); i++ {
		for len(blocks) > 0 && blocks[len(blocks)-1].end <= i {
			blocks = blocks[:len(blocks)-1]
		}
		if !c.word(i) || c.is(i-1, ".") {
			continue
		}
		group := false
		switch c.toks[i].text {
		case "describe", "context", "suite", "fdescribe", "xdescribe":
			group = true
		case "it", "test", "specify", "fit", "xit":
		default:
			continue
		}
		open := i + 1
		each := false
		for c.is(open, ".") && c.word(open+1) {
			each = each || c.is(open+1, "each")
			open += 2
		}
		if each && c.is(open, "(") && c.toks[open].match > 0 {
			open = c.toks[open].match + 1
		}
		if !c.is(open, "(") || c.toks[open].match < 0 || open+1 >= len(c.toks) {
			continue
		}
		shut := c.toks[open].match
		title, fixed := "", false
		if t := c.toks[open+1]; t.kind == outline.String && c.is(open+2, ",") && !each {
			title, fixed = unquoted(t.text), true
		}
		f := found{group: group, span: span{c.toks[i].line, c.toks[shut].last + 1}}
		var suite []string
		for _, b := range blocks {
			suite = append(suite, b.title)
			fixed = fixed && b.title != ""
		}
		if group {
			if len(blocks) < 30 {
				blocks = append(blocks, block{title, shut})
			}
		} else if fixed {
			f.suite, f.fn = strings.Join(suite, " "), title
		}
		out = append(out, f)
	}
	return out
}

// unquoted is the content of a string literal without escapes; "" for others.
func unquoted(s string) string {
	if len(s) < 2 || s[0] != s[len(s)-1] || strings.ContainsAny(s, "\\\n") {
		return ""
	}
	return s[1 : len(s)-1]
}

var rubyBlock = lazy.Regexp(`^(\s*)(?:RSpec\.)?(describe|context|test|it|specify|scenario|feature)\b[\s(]*(?:"([^"\\]*)"|'([^'\\]*)'|([A-Z][A-Za-z0-9_:]*))?.*\bdo\b\s*(?:\|[^|]*\|\s*)?$`)

// rubyBlocks finds test "…" do and it "…" do; such a block ends at the first end
// that stands no deeper.
func (c *code) rubyBlocks() []found {
	var out []found
	type block struct {
		indent, at int
		title      string
	}
	var open []block
	for l, text := range c.text() {
		trimmed := strings.TrimLeft(text, " \t")
		if trimmed == "" || !c.counts[min(l, c.lines-1)] {
			continue
		}
		indent := len(text) - len(trimmed)
		for len(open) > 0 && open[len(open)-1].indent >= indent {
			out[open[len(open)-1].at].end = l + 1
			open = open[:len(open)-1]
		}
		m := rubyBlock().FindStringSubmatch(strings.TrimSuffix(text, "\r"))
		if m == nil || len(open) > 30 {
			continue
		}
		title := m[3] + m[4] + m[5]
		f := found{span: span{l, c.lines}, group: m[2] == "describe" || m[2] == "context" || m[2] == "feature"}
		if !f.group {
			f.fn = title
			var suite []string
			for _, b := range open {
				suite = append(suite, b.title)
			}
			f.suite = strings.Join(suite, " ")
		}
		open = append(open, block{indent, len(out), title})
		out = append(out, f)
	}
	return out
}

// tclTests finds test {name} {body} as Redis and tcltest have it.
func (c *code) tclTests() []found {
	var out []found
	for i := 0; i+1 < len(c.toks); i++ {
		if !c.is(i, "test") || i > 0 && c.toks[i-1].line == c.toks[i].line && !c.is(i-1, "{") && !c.is(i-1, ";") {
			continue
		}
		f := found{span: span{c.toks[i].line, c.lines}}
		next := i + 2
		switch t := c.toks[i+1]; {
		case t.text == "{" && t.match > 0:
			if end := c.toks[t.match]; end.line == t.line && end.from-t.to <= maxName {
				f.fn = string(c.src[t.to:end.from])
			}
			next = t.match + 1
		case t.kind == outline.String && t.line == t.last:
			if f.fn = unquoted(t.text); strings.ContainsAny(f.fn, "$[") {
				f.fn = ""
			}
		default:
			continue
		}
		for next < len(c.toks) && c.is(next, "{") {
			f.end = c.toks[c.past(next)-1].last + 1
			next = c.past(next)
			if next < len(c.toks) && c.toks[next].line > c.toks[next-1].last {
				break
			}
		}
		out = append(out, f)
	}
	return out
}

// tclBlocks finds what stands around tests in Redis' suite: servers that they
// share.
func (c *code) tclBlocks() []found {
	var out []found
	for i := 0; i < len(c.toks); i++ {
		t := c.toks[i]
		if t.kind != outline.Word || !strings.HasPrefix(t.text, "start_") && t.text != "tags" && t.text != "run_solo" || i > 0 && c.toks[i-1].last == t.line {
			continue
		}
		end := t.line
		for j := i + 1; j < len(c.toks) && c.toks[j].line == end; j = c.past(j) {
			end = c.toks[c.past(j)-1].last
		}
		if end > t.line {
			out = append(out, found{group: true, span: span{t.line, end + 1}})
		}
	}
	return out
}

// tclProcs gives the procedures, which the outline of Tcl lacks.
func (c *code) tclProcs() []outline.Symbol {
	var out []outline.Symbol
	for i := 0; i+1 < len(c.toks); i++ {
		if !c.is(i, "proc") || !c.word(i+1) || i > 0 && c.toks[i-1].last == c.toks[i].line {
			continue
		}
		end := i + 2
		for n := 0; n < 2 && end < len(c.toks); n++ {
			end = c.past(end)
		}
		out = append(out, outline.Symbol{Kind: outline.Function, Name: c.toks[i+1].text, Start: c.toks[i].line, End: c.toks[end-1].last + 1})
	}
	return out
}

var shellCase = lazy.Regexp(`^test_expect_(success|failure)$`)

// shellTests finds test_expect_success 'title' of git's own and similar suites.
// They are run by file; the titles tell the results apart.
func (c *code) shellTests() []found {
	var out []found
	for i := 0; i < len(c.toks); i++ {
		if !c.word(i) || !shellCase().MatchString(c.toks[i].text) || i > 0 && c.toks[i-1].last == c.toks[i].line {
			continue
		}
		j := i + 1
		for j < len(c.toks) && c.toks[j].kind != outline.String && c.toks[j].line == c.toks[i].line {
			j++
		}
		if j >= len(c.toks) || c.toks[j].kind != outline.String {
			continue
		}
		f := found{fn: unquoted(c.toks[j].text), span: span{c.toks[i].line, c.toks[i].line + 1}}
		for j++; j < len(c.toks) && (c.toks[j].kind == outline.String || c.toks[j].line < f.end); j++ {
			f.end = c.toks[j].last + 1
		}
		out = append(out, f)
	}
	return out
}

var batsCase = lazy.Regexp(`^@test\s+(?:"([^"\\$]*)"|'([^']*)'|(\S+))\s*\{`)

func (c *code) batsTests() []found {
	var out []found
	for l, text := range c.text() {
		if m := batsCase().FindStringSubmatch(text); m != nil {
			out = append(out, found{fn: m[1] + m[2] + m[3], span: span{l, c.lines}})
		} else if strings.HasPrefix(text, "}") && len(out) > 0 && out[len(out)-1].end == c.lines {
			out[len(out)-1].end = l + 1
		}
	}
	return out
}

// byFile reports whether a file of tests is run as a whole and holds some even
// though none can be told apart. A C program of tests has a main; without one it
// is code that other tests use.
func byFile(name string, c *code) bool {
	switch c.lang {
	case outline.Go, outline.Python, outline.Java, outline.Ruby, outline.PHP, outline.CSharp, outline.Tcl:
		return false
	case outline.Rust:
		return strings.HasPrefix(name, "tests/") && strings.Count(name, "/") == 1
	case outline.C, outline.CPP:
		return cTest().MatchString(path.Base(name)) || slices.ContainsFunc(c.outline.Symbols, func(s outline.Symbol) bool { return s.Name == "main" })
	case outline.Shell, outline.Kotlin, outline.Groovy:
		return true
	case outline.JavaScript, outline.TypeScript:
		return named().MatchString(path.Base(name))
	}
	switch path.Ext(name) {
	case ".t", ".bats", ".phpt", ".test", ".scala", ".exs":
		return true
	}
	return false
}
