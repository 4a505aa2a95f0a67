package api

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/outline"
)

// declaration is something public as it is written in one file.
type declaration struct {
	path, name string
	line       int // 0-based
	kind       outline.SymbolKind
	// text is the declaration without names of parameters, "" where it isn't
	// compared.
	text     string
	min, max int // arguments
	// implied: the language doesn't say that it is public.
	implied bool
}

// scope is where a name may move without that users notice.
type scope struct {
	lang outline.Language
	dir  string
	name string
}

// syntax compares the declarations of files that differ. What is gone from one
// file and has come to another of its scope has moved.
func (c *comparer) syntax(ctx context.Context, files []file) error {
	var lost, gained []declaration
	moved := map[scope][]int{} // into gained
	for _, f := range files {
		if !readable(f.lang) {
			continue
		}
		before, ok, err := c.read(ctx, f.before)
		if err != nil {
			return err
		}
		after, ok2, err := c.read(ctx, f.after)
		if err != nil {
			return err
		}
		if !ok || !ok2 {
			c.left = append(c.left, f.path+", which is too large or not there")
			continue
		}
		old, new := declarations(f, before), declarations(f, after)
		for name, o := range old {
			n, ok := new[name]
			if !ok {
				lost = append(lost, o)
			} else if text, breaks := o.compare(n, f.lang); text != "" {
				c.changes = append(c.changes, n.change(changed, breaks, text))
			}
		}
		for name, n := range new {
			if _, ok := old[name]; !ok {
				gained = append(gained, n)
			}
		}
	}
	byPlace := func(a, b declaration) int {
		return strings.Compare(fmt.Sprintf("%s\x00%09d\x00%s", a.path, a.line, a.name), fmt.Sprintf("%s\x00%09d\x00%s", b.path, b.line, b.name))
	}
	slices.SortFunc(lost, byPlace)
	slices.SortFunc(gained, byPlace)
	for i, n := range gained {
		moved[scopeOf(n)] = append(moved[scopeOf(n)], i)
	}
	settled := make([]bool, len(gained))
	outerLost, outerGained := names(lost), names(gained)
	for _, o := range lost {
		if at := moved[scopeOf(o)]; len(at) > 0 {
			moved[scopeOf(o)] = at[1:]
			settled[at[0]] = true
			continue
		}
		if !outerLost.hold(o) {
			c.changes = append(c.changes, o.change(removed, true, o.text))
		}
	}
	for i, n := range gained {
		if !settled[i] && !n.implied && !outerGained.hold(n) {
			c.changes = append(c.changes, n.change(added, false, n.text))
		}
	}
	return nil
}

// enclosing are the names of declarations, with the file before them.
type enclosing map[string]bool

func names(all []declaration) enclosing {
	e := enclosing{}
	for _, d := range all {
		e[d.path+"\x00"+d.name[strings.LastIndexByte(d.name, '.')+1:]] = true
	}
	return e
}

// hold says that what a declaration stands in comes or goes with it.
func (e enclosing) hold(d declaration) bool {
	outer, _, ok := strings.Cut(d.name, ".")
	return ok && e[d.path+"\x00"+outer]
}

// scopeOf is where a declaration may move: in C and C++ anywhere, for a header
// may include another; else within a folder.
func scopeOf(d declaration) scope {
	lang := outline.Detect(d.path, nil)
	s := scope{lang: lang, name: d.name}
	if lang != outline.C && lang != outline.CPP {
		s.dir = path.Dir(d.path)
	}
	if lang == outline.Java || lang == outline.Python || lang == outline.Rust || lang == outline.TypeScript || lang == outline.JavaScript {
		s.dir = d.path // the file is a part of the name
	}
	return s
}

func (d declaration) change(kind string, breaks bool, text string) backport.APIChange {
	return backport.APIChange{Path: d.path, Line: d.line + 1, Symbol: d.name, Kind: kind, Breaks: breaks, Level: bySyntax, Text: clip(text)}
}

// compare says what has changed, "" for nothing, and whether it breaks. Where
// arguments have no types it is their number that counts.
func (d declaration) compare(n declaration, lang outline.Language) (text string, breaks bool) {
	switch lang {
	case outline.Python, outline.Ruby, outline.PHP, outline.JavaScript:
		if d.min < 0 || n.min < 0 || d.max == n.max && d.min == n.min {
			return "", false
		}
		breaks = n.min > d.min || n.max >= 0 && (d.max < 0 || n.max < d.max)
		if !breaks && d.implied {
			return "", false
		}
		return "takes " + arguments(n) + " instead of " + arguments(d), breaks
	}
	if d.text == n.text || d.text == "" || n.text == "" {
		return "", false
	}
	return d.text + " has become " + n.text, true
}

func arguments(d declaration) string {
	switch {
	case d.max < 0:
		return fmt.Sprintf("%d or more arguments", d.min)
	case d.max != d.min:
		return fmt.Sprintf("%d to %d arguments", d.min, d.max)
	case d.min == 1:
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", d.min)
}

// readable says whether a language says what is public.
func readable(lang outline.Language) bool {
	switch lang {
	case outline.Go, outline.C, outline.CPP, outline.Java, outline.TypeScript, outline.JavaScript, outline.Python, outline.Ruby, outline.Rust, outline.PHP:
		return true
	}
	return false
}

// declarations are the public ones of a file, by name with what encloses it. Of
// several with one name (overloads, #ifdef) none is compared by its text.
func declarations(f file, src []byte) map[string]declaration {
	if src == nil || generatedText(src) || (f.lang == outline.C || f.lang == outline.CPP) && !publicHeader(f.path) {
		return nil
	}
	r := newReader(f.lang, src)
	all := map[string]declaration{}
	for _, s := range r.outline.Symbols {
		public, implied := r.public(s)
		if !public || r.overrides(s) {
			continue
		}
		d := declaration{path: f.path, name: s.Name, line: s.Start, kind: s.Kind, min: s.MinArgs, max: s.MaxArgs, implied: implied}
		if s.Parent != "" {
			d.name = s.Parent + "." + s.Name
		}
		d.text = r.text(s)
		if other, twice := all[d.name]; twice {
			if other.kind == outline.Prototype || d.kind == outline.Prototype {
				continue
			}
			d.text, d.min, d.max, d.line = "", -1, -1, other.line
		}
		all[d.name] = d
	}
	return all
}

// generatedText looks for the mark of generated files (go help generate) and for
// similar ones in the first lines.
func generatedText(src []byte) bool {
	head := strings.ToLower(string(src[:min(len(src), 2000)]))
	return strings.Contains(head, "do not edit") || strings.Contains(head, "@generated") || strings.Contains(head, "generated by the protocol buffer")
}

// publicHeader says that a header is one for others: it lies where projects keep
// those, and its name doesn't say otherwise.
func publicHeader(p string) bool {
	dir, base := path.Split(strings.ToLower(p))
	ext := path.Ext(base)
	name := strings.TrimSuffix(base, ext)
	switch ext {
	case ".h", ".hh", ".hpp", ".hxx":
	default:
		return false
	}
	for _, mark := range []string{"internal", "private", "config"} {
		if strings.Contains(name, mark) {
			return false
		}
	}
	for _, suffix := range []string{"_p", "_priv", "-priv", "_int", "-int", "_impl", "-impl"} {
		if strings.HasSuffix(name, suffix) {
			return false
		}
	}
	for part := range strings.SplitSeq(strings.Trim(dir, "/"), "/") {
		switch part {
		case "", "include", "includes", "public", "api":
			return true
		}
	}
	return false
}
