package gate

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/outline"
)

// dialect finds calls of the added code whose first argument is of a kind that
// the target's file never gives that function: there each call, at least two,
// begins with one and the same name (a string wrapped for translation, say),
// which the source's file has given up. The source changed its ways, and the
// target did not.
func (c *Checker) dialect(_ context.Context, _ Question, ch *change, r *report) error {
	for _, f := range ch.files {
		if f.same || f.result == f.after || len(f.hunks) == 0 || len(f.ours.src) == 0 {
			continue
		}
		f.respelt(r)
		if family(f.result.lang) == "" {
			continue
		}
		f.unlike(r)
		f.keywords(r)
	}
	return nil
}

// unlike compares the calls of the added code with those of the target's file.
func (f *touched) unlike(r *report) {
	added := f.addedLines()
	var ours, before habits
	told := map[string]bool{}
	eachCall(f.result, func(line int, callee, first string) {
		if !added[line] || told[callee] {
			return
		}
		told[callee] = true
		if ours == nil {
			ours = habitsOf(f.ours)
		}
		if len(ours[callee]) != 1 || ours[callee][first] > 0 {
			return
		}
		for most, n := range ours[callee] {
			if n < 2 {
				return
			}
			if before == nil {
				before = habitsOf(f.before)
			}
			if before[callee][first] > 0 && before[callee][most] == 0 {
				r.add(backport.Warning, f.path, line, "", fmt.Sprintf(
					"every call of %s in this file on the target begins with %s, this one with %s, as on the source", callee, most, first))
			}
		}
	})
}

// respelt finds words of the added lines that the source's file had before and
// the target's has not, where the target has another that begins and ends alike
// and that the source has not: the name of a release in an address, a class
// that was renamed.
func (f *touched) respelt(r *report) {
	type spelling struct {
		word string
		line int
	}
	var open []spelling
	f.added(func(n int) {
		eachChunk(f.result.line(n), func(w []byte) {
			if !bytes.Contains(f.ours.src, w) && bytes.Contains(f.before.src, w) {
				open = append(open, spelling{string(w), n})
			}
		})
	})
	if len(open) == 0 {
		return
	}
	ours, before := chunksOf(f.ours), chunksOf(f.before)
	var other []string // that only the target has
	for w := range ours {
		if !before[w] {
			other = append(other, w)
		}
	}
	if len(other) > maxRespelt {
		return
	}
	slices.Sort(other)
	told := map[string]bool{}
	for _, s := range open[:min(len(open), maxFindings)] {
		if told[s.word] || !before[s.word] || f.gives(firstName(s.word)) {
			continue
		}
		told[s.word] = true
		for _, o := range other {
			if k := alike(s.word, o); 5*k >= 4*max(len(s.word), len(o)) && !partOf(s.word, o) && !partOf(o, s.word) {
				r.add(backport.Warning, f.path, s.line, "", fmt.Sprintf("the target has %q where the source has %q", o, s.word))
				break
			}
		}
	}
}

// gives reports whether an added line gives a name its value: then it is the
// fix's own, however the target calls its like.
func (f *touched) gives(name string) (own bool) {
	f.added(func(n int) { own = own || name != "" && assigned(f.result.line(n), name) })
	return own
}

// firstName is the name that a chunk begins with, "" if it is all of it.
func firstName(chunk string) string {
	i := 0
	for i < len(chunk) && inWord[chunk[i]] {
		i++
	}
	if i == len(chunk) {
		return ""
	}
	return chunk[:i]
}

const (
	// maxRespelt bounds the words that only the target has; where there are
	// more, the files have little in common.
	maxRespelt = 5_000
	minChunk   = 10
)

// chunksOf are the long words of a text, with all that is no blank, bracket,
// quote or comma in them.
func chunksOf(t *text) map[string]bool {
	set := map[string]bool{}
	for _, line := range t.getLines() {
		eachChunk(line, func(w []byte) { set[string(w)] = true })
	}
	return set
}

func eachChunk(line []byte, each func(word []byte)) {
	for _, w := range bytes.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(" \t\r\n()[]{}<>\"'`,;=", c) }) {
		if len(w) >= minChunk && len(w) < 200 {
			each(w)
		}
	}
}

// partOf reports whether a word ends with another, marks at its front aside.
func partOf(long, short string) bool {
	rest, ok := strings.CutSuffix(long, strings.TrimLeft(short, ".:/*&!@#-+"))
	return ok && (rest == "" || !inWord[rest[len(rest)-1]])
}

// alike is how many bytes two words have in common at both ends.
func alike(a, b string) int {
	n := min(len(a), len(b))
	i := 0
	for i < n && a[i] == b[i] {
		i++
	}
	k := 0
	for k < n-i && a[len(a)-1-k] == b[len(b)-1-k] {
		k++
	}
	return i + k
}

// keywords finds calls of the added code without an argument that every call of
// that name in the target's file gives by its name, two at least, and none in
// the source's file does.
func (f *touched) keywords(r *report) {
	if f.result.lang != outline.Python {
		return
	}
	added := f.addedLines()
	var ours, before map[string][]map[string]bool
	told := map[string]bool{}
	eachKeywords(f.result, func(line int, callee string, given map[string]bool) {
		if !added[line] || told[callee] || len(given) == 0 {
			return
		}
		told[callee] = true
		if ours == nil {
			ours, before = keywordsOf(f.ours), keywordsOf(f.before)
		}
		if len(ours[callee]) < 2 || len(before[callee]) == 0 {
			return
		}
		for k := range ours[callee][0] {
			all := func(calls []map[string]bool) (n int) {
				for _, c := range calls {
					if c[k] {
						n++
					}
				}
				return n
			}
			if !given[k] && all(ours[callee]) == len(ours[callee]) && all(before[callee]) == 0 {
				r.add(backport.Warning, f.path, line, "", fmt.Sprintf("every call of %s in this file on the target has %s=, this one has not", callee, k))
			}
		}
	})
}

func keywordsOf(t *text) map[string][]map[string]bool {
	out := map[string][]map[string]bool{}
	eachKeywords(t, func(_ int, callee string, given map[string]bool) { out[callee] = append(out[callee], given) })
	return out
}

// eachKeywords calls each for every call of a text with its line, 0-based, and
// the names of its keyword arguments.
func eachKeywords(t *text, each func(line int, callee string, given map[string]bool)) {
	type call struct {
		callee string
		line   int
		given  map[string]bool
	}
	var open []call // one for each bracket; callee is "" where it is no call
	last, before, line := "", "", 0
	for _, k := range t.getTokens() {
		src := t.src[k.Start:k.End]
		at := line
		line += bytes.Count(src, []byte("\n"))
		if k.Kind == outline.Newline || k.Kind == outline.Space || k.Kind == outline.Comment {
			continue
		}
		s := string(src)
		switch s {
		case "(", "[", "{":
			c := call{line: at, given: map[string]bool{}}
			if s == "(" && last != "" && inWord[last[0]] && before != "def" && before != "class" && !outline.Keyword(t.lang, []byte(last)) {
				c.callee = last
			}
			open = append(open, c)
		case ")", "]", "}":
			if n := len(open); n > 0 {
				if c := open[n-1]; c.callee != "" {
					each(c.line, c.callee, c.given)
				}
				open = open[:n-1]
			}
		case "=":
			if n := len(open); n > 0 && open[n-1].callee != "" && (before == "(" || before == ",") {
				open[n-1].given[last] = true
			}
		}
		before, last = last, s
	}
}

// habits count by what the first argument of calls begins with, by callee.
type habits map[string]map[string]int

func habitsOf(t *text) habits {
	h := habits{}
	eachCall(t, func(_ int, callee, first string) {
		if h[callee] == nil {
			h[callee] = map[string]int{}
		}
		h[callee][first]++
	})
	return h
}

// eachCall calls each for every "name(" of a text with the line of the token
// behind it, 0-based, and with what that token is: a name, or a word for other
// kinds.
func eachCall(t *text, each func(line int, callee, first string)) {
	var last, callee string // the last token; the one before if it is a name
	line := 0
	for _, k := range t.getTokens() {
		src := t.src[k.Start:k.End]
		at := line
		line += bytes.Count(src, []byte("\n"))
		first, name := string(src), ""
		switch k.Kind {
		case outline.Newline, outline.Space, outline.Comment:
			continue
		case outline.Word:
			if !outline.Keyword(t.lang, src) {
				name = first
			}
		case outline.String:
			first = "a string"
		case outline.Number:
			first = "a number"
		}
		if last == "(" && callee != "" && first != ")" {
			each(at, callee, first)
		}
		if last = first; first != "(" {
			callee = name
		}
	}
}
