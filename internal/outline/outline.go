package outline

import (
	"cmp"
	"slices"
)

// SymbolKind says what a symbol is.
type SymbolKind string

// The kinds of symbols.
const (
	Function  SymbolKind = "function"  // and a make target
	Method    SymbolKind = "method"    // a function of a type, with or without a body
	Prototype SymbolKind = "prototype" // a C function declared, not defined
	Type      SymbolKind = "type"      // class, struct, union, interface, trait, enum, type alias, namespace-like module
	Field     SymbolKind = "field"     // of a type, properties included
	Macro     SymbolKind = "macro"
	Constant  SymbolKind = "constant" // declared as one, or a member of an enum
	Variable  SymbolKind = "variable" // at top level
	Import    SymbolKind = "import"   // import, include, require, use
	Section   SymbolKind = "section"  // markdown heading, ini or toml table
	Key       SymbolKind = "key"      // of a yaml, json, toml or ini file; an xml element with text
)

// Symbol is one definition in a text.
type Symbol struct {
	Kind   SymbolKind
	Name   string // as written; of an import its whole path
	Parent string // enclosing type, class, receiver or key path, "" at top level
	Alias  string // of an import, "" if none

	// Accepted argument counts of functions, methods and macros with
	// parameters; self, cls and receivers don't count. MaxArgs is -1 if there
	// is no limit; both are -1 if unknown, or if the symbol takes none because
	// it can't be called.
	MinArgs, MaxArgs int

	// Lines, half open, of the whole definition without the comments and
	// decorators that lead it; Body is the first line of its body, Start if
	// that is on the same line or there is none.
	Start, End, Body int
}

// Problem is something wrong with a text. Line is 0-based.
type Problem struct {
	Line int
	Text string
}

// Outline is what a text defines.
type Outline struct {
	Lang     Language
	Symbols  []Symbol  // by Start, enclosing ones first
	Problems []Problem // by Line; at most 100
}

// Parse finds the symbols and problems of a text.
func Parse(lang Language, src []byte) *Outline {
	o := parse(lang, src)
	slices.SortStableFunc(o.symbols, func(a, b Symbol) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
	})
	slices.SortStableFunc(o.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return &Outline{Lang: lang, Symbols: o.symbols, Problems: o.problems}
}

// parse reads a text the way its language asks for.
func parse(lang Language, src []byte) *outliner {
	if lang == Go {
		o := &outliner{code: newCode(lang, src)}
		o.outlineGo()
		o.conflictMarkers()
		return o
	}
	return lexically(lang, src)
}

// lexically reads a text without the help of a parser.
func lexically(lang Language, src []byte) *outliner {
	o := &outliner{code: newCode(lang, src)}
	switch lang {
	case C, CPP:
		o.outlineC()
	case Go:
		o.match()
		o.goLexically()
	case Java, Groovy, CSharp:
		o.outlineJava()
	case JavaScript, TypeScript:
		o.outlineJavaScript()
	case Rust:
		o.outlineRust()
	case PHP:
		o.outlinePHP()
	case Shell:
		o.outlineShell()
	case Python:
		o.outlinePython()
	case Ruby:
		o.outlineRuby()
	case JSON:
		o.outlineJSON()
	case YAML:
		o.outlineYAML()
	case TOML, INI:
		o.outlineTables()
	case XML:
		o.outlineXML()
	case Markdown:
		o.outlineMarkdown()
	case Make:
		o.outlineMake()
	case Plain, HTML, Tcl:
	default:
		o.match()
	}
	o.conflictMarkers()
	return o
}

// Enclosing gives the functions, methods, types and sections around a line, the
// outermost first.
func (o *Outline) Enclosing(line int) []Symbol {
	var out []Symbol
	for _, s := range o.Symbols {
		if s.Start > line {
			break
		}
		switch s.Kind {
		case Function, Method, Type, Section:
			if line < s.End {
				out = append(out, s)
			}
		}
	}
	return out
}
