package tests

import (
	"slices"
	"sort"
	"strings"

	"backstay.dev/backstay/internal/lazy"
	"backstay.dev/backstay/internal/outline"
)

// helpers finds out which tests a change of their surroundings concerns.
type helpers struct {
	now     side
	touched []bool
	// all says that every test of the file is concerned.
	all bool
	// names are the helpers that changed or use one that did, in the order they
	// were found.
	names  []string
	queued map[string]bool
	// served are types whose own tests are taken already.
	served map[string]bool
	// old are the names that the old version defines.
	old map[string]bool
	// ranges are indices of tests that are all concerned, of the new version and
	// of the old one.
	ranges, oldRanges []span
}

// setup are functions that run without being mentioned: those of a class for its
// tests, others for all.
var setup = lazy.Regexp(`^(init|TestMain|(set|tear)[_]?(up|down|Up|Down).*|(asyncS|asyncT)(et|ear).*|before.*|after.*|Before.*|After.*|pytest_.*|Set[uU]p.*|Tear[dD]own.*|initialize|__construct|__init__|let|subject)$`)

// line notes a changed line outside all tests. in is the version it is in; for
// the old one kept are the keys of the tests that are still there.
func (h *helpers) line(l int, in side, kept map[string]int) {
	i := in.symbol[l]
	if i >= 0 {
		s := in.symbols[i]
		switch {
		case s.Kind == outline.Import:
			return
		case s.Kind == outline.Type:
			if !h.inGroup(l, in, kept) {
				h.queue(s.Name)
			}
			return
		case h.queued[s.Name]:
			return
		case !setup().MatchString(s.Name) && !in.fixture(s):
			h.queue(s.Name)
		case s.Parent == "":
			h.all = true
		default: // of this class and of those made from it
			h.served[s.Parent] = h.inGroup(l, in, kept) || h.served[s.Parent]
			h.queue(strings.TrimLeft(s.Parent, "*"))
		}
		return
	}
	if in.plainLine(l) {
		return
	}
	if !h.inGroup(l, in, kept) {
		h.all = true
	}
}

// plainLine reports whether a line outside all symbols cannot matter to a test:
// a package clause, or brackets alone.
func (c *code) plainLine(l int) bool {
	for i := c.at(l); i < len(c.toks) && c.toks[i].line == l; i++ {
		switch t := c.toks[i]; {
		case t.kind == outline.Punct:
		case t.text == "package" || t.text == "import" || t.text == "use" || t.text == "extern" || t.text == "#include":
			return true
		default:
			return false
		}
	}
	return true
}

// fixture reports whether a function is run for tests that do not mention it.
func (s side) fixture(sym outline.Symbol) bool {
	first := s.at(sym.Start)
	m := method{marks: s.marks(s.lead(first), s.named(first, sym.Name))}
	if hasMark(m, "Before", "After", "BeforeEach", "AfterEach", "BeforeAll", "AfterAll", "BeforeClass", "AfterClass", "Rule", "ClassRule", "SetUp", "TearDown") {
		return true
	}
	if hasMark(m, "fixture") {
		for i := s.lead(first); i < first; i++ {
			if s.is(i, "autouse") {
				return true
			}
		}
	}
	return false
}

// inGroup takes all tests of the innermost group around a line; it is false
// where there is none. A line of the old version belongs to the groups of the
// tests around it that are still there.
func (h *helpers) inGroup(l int, in side, kept map[string]int) bool {
	g := in.group[l]
	if g < 0 {
		return false
	}
	if !slices.ContainsFunc(in.tests[g+1:min(g+100, len(in.tests))], func(t found) bool { return !t.group && t.start < in.tests[g].end }) {
		return false
	}
	last := sort.Search(len(in.tests), func(i int) bool { return in.tests[i].start >= in.tests[g].end })
	if kept == nil {
		h.ranges = append(h.ranges, span{g, last})
	} else {
		h.oldRanges = append(h.oldRanges, span{g, last})
	}
	return true
}

func (h *helpers) queue(name string) {
	if !h.queued[name] {
		h.queued[name] = true
		h.names = append(h.names, name)
	}
}

// spread follows the mentions of changed helpers to the tests.
func (h *helpers) spread() {
	if h.all || len(h.names) == 0 {
		return
	}
	mentions := map[string][]int{} // lines, each once in a row
	for _, t := range h.now.toks {
		if t.kind != outline.Word {
			continue
		}
		if m := mentions[t.text]; len(m) == 0 || m[len(m)-1] != t.line {
			mentions[t.text] = append(m, t.line)
		}
	}
	for n := 0; n < len(h.names) && !h.all; n++ {
		name := h.names[n]
		reached := false
		for _, l := range mentions[name] {
			if i := h.now.test[l]; i >= 0 {
				h.touched[i], reached = true, true
				continue
			}
			i := h.now.symbol[l]
			switch {
			case i < 0:
				h.all = h.all || !h.now.plainLine(l)
			case h.now.symbols[i].Kind == outline.Import:
			case h.now.symbols[i].Name == name:
			case h.queued[h.now.symbols[i].Name]:
				reached = true
			case h.now.symbols[i].Kind == outline.Type:
				reached = h.inGroup(l, h.now, nil) || reached
				h.served[h.now.symbols[i].Name] = true
				h.queue(h.now.symbols[i].Name)
			case setup().MatchString(h.now.symbols[i].Name), h.now.fixture(h.now.symbols[i]):
				h.line(l, h.now, nil)
				reached = true
			default:
				h.queue(h.now.symbols[i].Name)
				reached = true
			}
		}
		// What the file had before and none of its tests mentions is used in a way
		// that cannot be seen here.
		if !reached && !h.served[name] && h.old[name] && h.defines(name) {
			h.all = true
		}
	}
}

func (h *helpers) defines(name string) bool {
	for _, s := range h.now.symbols {
		if s.Name == name {
			return s.Kind != outline.Import
		}
	}
	return false
}

// covered tells for each of n indices whether one of the ranges holds it.
func covered(ranges []span, n int) []bool {
	depth := make([]int, n+1)
	for _, r := range ranges {
		depth[r.start]++
		depth[r.end]--
	}
	out := make([]bool, n)
	for i, sum := 0, 0; i < n; i++ {
		sum += depth[i]
		out[i] = sum > 0
	}
	return out
}
