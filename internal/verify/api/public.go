package api

import (
	"bytes"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/outline"
)

// reader knows a file well enough to say what in it is public.
type reader struct {
	lang    outline.Language
	src     []byte
	tokens  []outline.Token
	lines   []int // first token of each line
	outline *outline.Outline
	types   map[string][]outline.Symbol
	all     map[string]bool // __all__ of Python; nil without one
	classes bool            // a C++ header whose members may be private
	hidden  map[int]bool    // lines of Ruby after "private"
	cache   map[int]bool    // whether the type that begins on a line is public
	inner   map[outline.Symbol]bool
	golang  map[string]string // declarations of Go
}

func newReader(lang outline.Language, src []byte) *reader {
	r := &reader{lang: lang, src: src, tokens: outline.Tokens(lang, src), outline: outline.Parse(lang, src), types: map[string][]outline.Symbol{}, cache: map[int]bool{}}
	r.lines = append(r.lines, 0)
	for i, t := range r.tokens {
		for range bytes.Count(src[t.Start:t.End], []byte("\n")) {
			r.lines = append(r.lines, i+1)
		}
		if word := r.word(i); t.Kind == outline.Word && (word == "class" || word == "namespace" || word == "template") {
			r.classes = true
		}
	}
	for _, s := range r.outline.Symbols {
		if s.Kind == outline.Type {
			r.types[s.Name] = append(r.types[s.Name], s)
		}
	}
	r.inside()
	switch lang {
	case outline.Go:
		r.golang = goTexts(src)
	case outline.Python:
		r.exports()
	case outline.Ruby:
		r.hide()
	}
	return r
}

func (r *reader) word(i int) string { return string(r.src[r.tokens[i].Start:r.tokens[i].End]) }

// head gives the words of a declaration up to its name.
func (r *reader) head(s outline.Symbol) []string {
	var words []string
	for i := r.first(s); i < len(r.tokens); i++ {
		switch r.tokens[i].Kind {
		case outline.Space, outline.Newline, outline.Comment:
			continue
		}
		w := r.word(i)
		if w == s.Name {
			break
		}
		if w == "{" || w == ";" || w == "}" || w == "," && s.Kind == outline.Field { // of another declaration on the line
			words = words[:0]
			continue
		}
		if words = append(words, w); len(words) > 40 {
			break
		}
	}
	return words
}

// maxLine bounds the tokens of a line, which is read anew for each declaration
// on it.
const maxLine = 500

// first is the first token on a symbol's first line.
func (r *reader) first(s outline.Symbol) int {
	if s.Start >= len(r.lines) || s.Start+1 < len(r.lines) && r.lines[s.Start+1]-r.lines[s.Start] > maxLine {
		return len(r.tokens)
	}
	return r.lines[s.Start]
}

// parent is the innermost type of the name that encloses a symbol.
func (r *reader) parent(s outline.Symbol) (outline.Symbol, bool) {
	const near = 10
	candidates := r.types[s.Parent]
	last, _ := slices.BinarySearchFunc(candidates, s.Start+1, func(t outline.Symbol, line int) int { return t.Start - line })
	for i := last - 1; i >= 0 && i > last-near; i-- {
		if t := candidates[i]; s.End <= t.End && t != s {
			return t, true
		}
	}
	return outline.Symbol{}, false
}

// public says whether others may use a symbol; implied, that the language
// doesn't say so.
func (r *reader) public(s outline.Symbol) (public, implied bool) {
	switch s.Kind {
	case outline.Import, outline.Section, outline.Key:
		return false, false
	}
	if s.Name == "" || s.Name[0] == '_' && s.Name != "__init__" || s.Name[0] == '#' || s.Parent != "" && s.Parent[0] == '_' {
		return false, false
	}
	switch r.lang {
	case outline.Go:
		upper := func(name string) bool { return name == "" || name[0] >= 'A' && name[0] <= 'Z' }
		return upper(s.Name) && upper(s.Parent), false
	case outline.C, outline.CPP:
		return r.publicC(s), false
	case outline.Rust:
		return r.publicRust(s), false
	case outline.Java, outline.PHP:
		return r.publicModifier(s), false
	case outline.TypeScript, outline.JavaScript:
		return r.publicScript(s), false
	case outline.Python:
		if s.Kind == outline.Field || s.Kind == outline.Variable || s.Kind == outline.Constant {
			return false, false
		}
		top := s.Name
		if s.Parent != "" {
			p, ok := r.parent(s)
			if !ok || p.Parent != "" {
				return false, false // within a function, or deep within classes
			}
			top = s.Parent
		} else if r.inner[s] {
			return false, false
		}
		return r.all == nil || r.all[top], r.all == nil
	case outline.Ruby:
		return (s.Kind == outline.Type || s.Kind == outline.Method || s.Kind == outline.Function) && !r.hidden[s.Start], true
	}
	return false, false
}

// inside finds what stands in a function of several lines.
func (r *reader) inside() {
	r.inner = map[outline.Symbol]bool{}
	end := 0
	for _, s := range r.outline.Symbols {
		if s.End <= end {
			r.inner[s] = true
		}
		if (s.Kind == outline.Function || s.Kind == outline.Method) && s.End > s.Start+1 {
			end = max(end, s.End)
		}
	}
}

func (r *reader) publicC(s outline.Symbol) bool {
	switch s.Kind {
	case outline.Macro:
		// A guard is no API.
		upper := strings.ToUpper(s.Name)
		return !strings.HasSuffix(upper, "_H") && !strings.HasSuffix(upper, "_H_") && !strings.HasSuffix(upper, "_H__") && !strings.HasSuffix(upper, "_HPP") && !strings.HasSuffix(upper, "_INCLUDED")
	case outline.Field, outline.Method:
		return !r.classes && s.Parent != ""
	case outline.Variable:
		return slices.Contains(r.head(s), "extern")
	}
	return true
}

func (r *reader) publicRust(s outline.Symbol) bool {
	head := r.head(s)
	i := slices.Index(head, "pub")
	explicit := i >= 0 && (i+1 == len(head) || head[i+1] != "(")
	if s.Parent == "" {
		return explicit && !r.inner[s]
	}
	p, ok := r.parent(s)
	if !ok { // a method in an impl block
		types := r.types[s.Parent]
		return explicit && len(types) == 1 && r.isPublic(types[0])
	}
	parent := r.head(p)
	if slices.Contains(parent, "trait") || slices.Contains(parent, "enum") {
		return r.isPublic(p)
	}
	return explicit && r.isPublic(p)
}

// isPublic is public of a type, asked once. A chain of types is as long as
// their nesting.
func (r *reader) isPublic(t outline.Symbol) bool {
	if known, ok := r.cache[t.Start]; ok {
		return known
	}
	r.cache[t.Start] = false // for what would go round in circles
	public, _ := r.public(t)
	r.cache[t.Start] = public
	return public
}

func (r *reader) publicModifier(s outline.Symbol) bool {
	head := r.head(s)
	explicit := slices.Contains(head, "public") || slices.Contains(head, "protected")
	if s.Parent == "" {
		return explicit || r.lang == outline.PHP && (s.Kind == outline.Type || s.Kind == outline.Function)
	}
	p, ok := r.parent(s)
	if !ok || !r.isPublic(p) {
		return false
	}
	of := r.head(p)
	if s.Kind == outline.Constant && slices.Contains(of, "enum") {
		return true
	}
	return explicit || slices.Contains(of, "interface") && !slices.Contains(head, "private")
}

func (r *reader) publicScript(s outline.Symbol) bool {
	head := r.head(s)
	if s.Parent == "" {
		return slices.Contains(head, "export") && !r.inner[s]
	}
	p, ok := r.parent(s)
	return ok && r.isPublic(p) && !slices.Contains(head, "private") && !slices.Contains(head, "protected")
}

// exports reads the names in Python's __all__.
func (r *reader) exports() {
	for i := 0; i < len(r.tokens); i++ {
		if r.tokens[i].Kind != outline.Word || r.word(i) != "__all__" {
			continue
		}
		if r.all == nil {
			r.all = map[string]bool{}
		}
		for i++; i < len(r.tokens); i++ {
			if w := r.word(i); w == "]" || w == ")" {
				break
			} else if r.tokens[i].Kind == outline.String {
				r.all[strings.Trim(w, "'\"")] = true
			}
		}
	}
}

// hide finds the lines of Ruby that "private" or "protected" makes so: those
// behind it, up to "public" or the end of the class. Ruby would not hide a class
// that stands there; those who put it there meant to.
func (r *reader) hide() {
	r.hidden = map[int]bool{}
	type class struct {
		end    int
		hidden bool
	}
	open := []class{{end: len(r.src) + 1}} // around a line; the first is the file
	next, n := 0, 0
	for text := range strings.Lines(string(r.src)) {
		for open[len(open)-1].end <= n {
			open = open[:len(open)-1]
		}
		for ; next < len(r.outline.Symbols) && r.outline.Symbols[next].Start <= n; next++ {
			if s := r.outline.Symbols[next]; s.Kind == outline.Type {
				open = append(open, class{end: s.End, hidden: open[len(open)-1].hidden})
			}
		}
		inner := &open[len(open)-1]
		switch line := strings.TrimSpace(text); {
		case line == "private" || line == "protected":
			inner.hidden = true
		case line == "public":
			inner.hidden = false
		case strings.HasPrefix(line, "private ") || strings.HasPrefix(line, "protected "):
			r.hidden[n] = true
		}
		if inner.hidden {
			r.hidden[n] = true
		}
		n++
	}
}

// overrides says that a method of Java says so of itself: it is declared
// elsewhere, and is there with it and without it.
func (r *reader) overrides(s outline.Symbol) bool {
	const above = 5 // lines of annotations
	if r.lang != outline.Java || s.Kind != outline.Method {
		return false
	}
	for line := s.Start; line >= 0 && line > s.Start-above && line < len(r.lines); line-- {
		first := true
		for i := r.lines[line]; i < len(r.tokens) && (line+1 >= len(r.lines) || i < r.lines[line+1]) && i < r.lines[line]+maxLine; i++ {
			if k := r.tokens[i].Kind; k == outline.Space || k == outline.Newline || k == outline.Comment {
				continue
			}
			w := r.word(i)
			if strings.Contains(w, "Override") {
				return true
			}
			if first && !strings.HasPrefix(w, "@") && line != s.Start {
				return false
			}
			if w == s.Name {
				break
			}
			first = false
		}
	}
	return false
}
