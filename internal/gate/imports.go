package gate

import (
	"bytes"
	"regexp"
	"strings"

	"backstay.dev/backstay/internal/outline"
)

// binding is a name that an import makes known in a file.
type binding struct {
	name string // as the code uses it; "*" for all that the module has
	path string // what is imported, as written, the name with it
	line int    // 0-based
}

// getImports lists what the imports of a file bind. Languages whose imports
// bind no names (C, Ruby, shell) have none.
func (t *text) getImports() []binding {
	t.onceImports.Do(func() {
		switch t.lang {
		case outline.Go, outline.Python, outline.Java, outline.Kotlin, outline.Groovy, outline.JavaScript, outline.TypeScript, outline.Rust, outline.PHP:
		default:
			return
		}
		r := importReader{src: t.src, lang: t.lang}
		line := 0
		for _, k := range t.getTokens() {
			if k.Kind != outline.Space && k.Kind != outline.Comment {
				r.tokens, r.lines = append(r.tokens, k), append(r.lines, line)
			}
			line += bytes.Count(t.src[k.Start:k.End], []byte("\n"))
		}
		t.imports = r.read()
	})
	return t.imports
}

// importReader reads import statements off the tokens of a file, those in
// blocks and functions too.
type importReader struct {
	src    []byte
	lang   outline.Language
	tokens []outline.Token // without blanks and comments
	lines  []int           // 0-based, of each token
	at     int
	out    []binding
}

func (r *importReader) read() []binding {
	start := true // at the beginning of a statement
	for r.at < len(r.tokens) {
		word := ""
		if start && r.tokens[r.at].Kind == outline.Word {
			word = r.text()
		}
		before := r.at
		switch {
		case r.lang == outline.Go && word == "import":
			r.next()
			r.goImports()
		case r.lang == outline.Python && word == "import":
			r.next()
			r.pythonNames("")
		case r.lang == outline.Python && word == "from":
			r.next()
			module := r.dotted()
			if r.take("import") {
				r.pythonNames(module)
			}
		case (r.lang == outline.Java || r.lang == outline.Kotlin || r.lang == outline.Groovy) && word == "import":
			r.next()
			r.take("static")
			if p := r.dotted(); p != "" {
				r.bind(lastOf(p, "."), p)
			}
		case (r.lang == outline.JavaScript || r.lang == outline.TypeScript) && word == "import":
			r.next()
			r.scriptNames()
		case (r.lang == outline.Rust || r.lang == outline.PHP) && word == "use":
			r.next()
			r.useTree("", 0)
		}
		if r.at == before {
			start = r.startsStatement()
			r.next()
		} else {
			start = true
		}
	}
	return r.out
}

// startsStatement reports whether the token here ends a statement or opens a
// block, so that a statement may follow.
func (r *importReader) startsStatement() bool {
	if r.tokens[r.at].Kind == outline.Newline {
		return true
	}
	switch r.text() {
	case ";", "{", "}", "pub", "<?php", ":":
		return true
	}
	return false
}

func (r *importReader) text() string {
	if r.at >= len(r.tokens) {
		return ""
	}
	t := r.tokens[r.at]
	return string(r.src[t.Start:t.End])
}

func (r *importReader) kind() outline.Kind {
	if r.at >= len(r.tokens) {
		return outline.Newline
	}
	return r.tokens[r.at].Kind
}

func (r *importReader) next() {
	if r.at < len(r.tokens) {
		r.at++
	}
}

// take steps over a token of this text.
func (r *importReader) take(text string) bool {
	if r.at < len(r.tokens) && r.text() == text {
		r.next()
		return true
	}
	return false
}

func (r *importReader) newlines() {
	for r.at < len(r.tokens) && r.kind() == outline.Newline {
		r.next()
	}
}

func (r *importReader) bind(name, path string) {
	if name != "" && name != "_" {
		r.out = append(r.out, binding{name, path, r.lines[min(r.at, len(r.lines)-1)]})
	}
}

// dotted reads a.b.c, as one text.
func (r *importReader) dotted() string {
	var b strings.Builder
	for r.at < len(r.tokens) {
		t := r.text()
		if strings.Trim(t, ".") != "" && t != "*" && r.kind() != outline.Word {
			break
		}
		if t == "import" || t == "as" {
			break
		}
		if r.kind() == outline.Word && b.Len() > 0 && !strings.HasSuffix(b.String(), ".") {
			break
		}
		b.WriteString(t)
		r.next()
	}
	return b.String()
}

// goImports reads what follows import: one specification, or several in
// parentheses.
func (r *importReader) goImports() {
	several := r.take("(")
	for r.at < len(r.tokens) {
		for several && r.at < len(r.tokens) && (r.kind() == outline.Newline || r.text() == ";") {
			r.next()
		}
		alias := ""
		if r.kind() == outline.Word || r.text() == "." {
			alias = r.text()
			r.next()
		}
		if r.kind() != outline.String {
			break
		}
		path := strings.Trim(r.text(), "\"`")
		switch {
		case alias == ".":
			alias = "*"
		case alias == "":
			alias = goPackage(path)
		}
		r.bind(alias, path)
		r.next()
		if !several {
			return
		}
	}
	r.take(")")
}

var versioned = regexp.MustCompile(`^v[0-9]+$|\.v[0-9]+$`)

// goPackage guesses a package's name from its path, as people who write imports
// without a name expect it to be.
func goPackage(path string) string {
	name := lastOf(path, "/")
	if strings.Contains(path, "/") && versioned.MatchString(name) && !strings.Contains(name, ".") {
		name = lastOf(strings.TrimSuffix(path, "/"+name), "/")
	}
	name = versioned.ReplaceAllString(name, "")
	name = strings.TrimPrefix(strings.TrimSuffix(name, "-go"), "go-")
	return lastOf(name, "-")
}

// pythonNames reads "a.b as c, d" after import, in parentheses or not.
func (r *importReader) pythonNames(module string) {
	open := r.take("(")
	for r.at < len(r.tokens) {
		if open {
			r.newlines()
		}
		p := r.dotted()
		if p == "" {
			break
		}
		name := p
		if module == "" {
			name, _, _ = strings.Cut(p, ".")
		} else {
			p = strings.TrimSuffix(module, ".") + "." + p
		}
		switch {
		case r.take("as"):
			name = r.text()
			r.next()
		case module == "":
			p = name // "import a.b" makes a known
		}
		r.bind(name, p)
		if open {
			r.newlines()
		}
		if !r.take(",") {
			break
		}
	}
	if open {
		r.take(")")
	}
}

// scriptNames reads what follows import in JavaScript: names, then from and the
// module.
func (r *importReader) scriptNames() {
	r.take("type")
	var names []string
	for n := 0; r.at < len(r.tokens) && n < 1000; n++ {
		switch t := r.text(); {
		case r.kind() == outline.String:
			for _, name := range names {
				r.bind(name, strings.Trim(t, "\"'`")+"."+name)
			}
			r.next()
			return
		case t == "as" && len(names) > 0:
			r.next()
			names[len(names)-1] = r.text()
		case t == "*":
			names = append(names, "*")
		case t == ";" || t == "=" || t == "(":
			return
		case r.kind() == outline.Word && t != "from":
			names = append(names, t)
		}
		r.next()
	}
}

// useTree reads a::b::{c, d as e} of Rust, or A\B\{C, D as E} of PHP.
func (r *importReader) useTree(prefix string, depth int) {
	if depth > 16 {
		return
	}
	path := prefix
	for r.at < len(r.tokens) {
		switch t := r.text(); {
		case t == "{":
			r.next()
			for r.at < len(r.tokens) && !r.take("}") {
				at := r.at
				r.newlines()
				r.useTree(path, depth+1)
				r.newlines()
				r.take(",")
				if r.at == at {
					return
				}
			}
			return
		case t == "as":
			r.next()
			r.bind(r.text(), path)
			r.next()
			return
		case r.kind() == outline.Word || t == "*":
			path += t
		case t == "::" || t == `\`:
			path += "."
		default:
			path = strings.TrimSuffix(path, ".self")
			if path != prefix {
				r.bind(lastOf(path, `.`), path)
			}
			return
		}
		r.next()
	}
}

// lastOf is what stands after the last separator.
func lastOf(s, separator string) string {
	return s[strings.LastIndex(s, separator)+1:]
}
