package api

import (
	"slices"
	"strings"

	"backstay.dev/backstay/internal/outline"
)

// maxSignature bounds the tokens of a declaration.
const maxSignature = 2_000

// text is a declaration with single blanks, without comments, its body, its
// value and the names of its parameters; "" where that says nothing of how it is
// used, or can't be told apart from its neighbours on the line.
func (r *reader) text(s outline.Symbol) string {
	if r.lang == outline.Go {
		return r.golang[strings.TrimPrefix(s.Parent+"."+s.Name, ".")]
	}
	switch s.Kind {
	case outline.Function, outline.Method, outline.Prototype:
	case outline.Field:
		if r.lang != outline.C && r.lang != outline.CPP && r.lang != outline.Java {
			return ""
		}
	case outline.Macro:
		if s.MinArgs < 0 {
			return ""
		}
	default:
		return ""
	}
	var words []string
	depth, found := 0, false
	for i := r.first(s); i < len(r.tokens) && len(words) < maxSignature; i++ {
		switch r.tokens[i].Kind {
		case outline.Newline:
			if r.lang == outline.Ruby && found && depth <= 0 {
				return strings.Join(words, " ")
			}
			continue
		case outline.Space, outline.Comment:
			continue
		}
		w := r.word(i)
		depth += nesting(w)
		if r.lang == outline.Python && found && depth <= 0 && w == ":" {
			break
		}
		if depth <= 0 && (w == "{" || w == ";" || w == "=" || w == "}" || w == "," || w == "=>") {
			if found {
				break
			}
			words, depth = words[:0], 0
			continue
		}
		words = append(words, w)
		if w == s.Name {
			found = true
		}
		if s.Kind == outline.Macro && found && w == ")" && depth == 0 {
			break
		}
	}
	if !found || len(words) == maxSignature {
		return ""
	}
	words = plainWords(words)
	if r.lang == outline.Java {
		words = checkedOnly(unqualified(words))
	}
	return strings.Join(nameless(r.lang, s, words), " ")
}

// nesting is by how much a bracket leads deeper.
func nesting(w string) int {
	switch w {
	case "(", "[", "<":
		return 1
	case ")", "]", ">":
		return -1
	case ">>", ">>>":
		return -len(w)
	}
	return 0
}

// plainWords takes out what doesn't bind users: annotations, and words about how
// a function is made rather than used.
func plainWords(words []string) []string {
	var out []string
	for i := 0; i < len(words); i++ {
		if strings.HasPrefix(words[i], "@") && len(words[i]) > 1 {
			continue
		}
		if words[i] == "@" && i+1 < len(words) {
			i++
			continue
		}
		switch words[i] {
		case "extern", "inline", "static", "synchronized", "native", "strictfp", "async", "override", "final", "register", "#define", "define":
			if words[i] != "static" && words[i] != "async" || len(out) == 0 {
				continue
			}
		}
		out = append(out, words[i])
	}
	return out
}

// unqualified drops the packages before names: the imports say as much.
func unqualified(words []string) []string {
	var out []string
	for i := 0; i < len(words); i++ {
		if i+1 < len(words) && words[i+1] == "." {
			i++
			continue
		}
		out = append(out, words[i])
	}
	return out
}

// checkedOnly drops the exceptions that nobody must catch.
func checkedOnly(words []string) []string {
	i := slices.Index(words, "throws")
	if i < 0 {
		return words
	}
	var kept []string
	for _, w := range words[i+1:] {
		switch w {
		case ",", "RuntimeException", "IllegalStateException", "IllegalArgumentException", "NullPointerException", "UnsupportedOperationException",
			"IndexOutOfBoundsException", "ClassCastException", "NumberFormatException", "SecurityException", "Error":
		default:
			kept = append(kept, w)
		}
	}
	if kept == nil {
		return words[:i]
	}
	slices.Sort(kept)
	return append(words[:i:i], "throws", strings.Join(kept, ", "))
}

// nameless drops the names of parameters: in C and Java the last word of one
// that has a type before it, in Rust and TypeScript what stands before ":".
func nameless(lang outline.Language, s outline.Symbol, words []string) []string {
	open := slices.Index(words, s.Name)
	if open < 0 || s.Kind == outline.Field {
		return words
	}
	var out []string
	depth := 0
	for i, w := range words {
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		depth += nesting(w)
		if i > open && depth > 0 && name(w) {
			switch lang {
			case outline.C, outline.CPP, outline.Java:
				prev := words[i-1]
				if (next == "," || next == ")" || next == "[") && (word(prev) || prev == "*" || prev == "&" || prev == ">" || prev == "]" || prev == "...") && prev != "struct" && prev != "enum" && prev != "union" && prev != "const" {
					continue
				}
			case outline.Rust, outline.TypeScript:
				if next == ":" || next == "?" {
					continue
				}
			}
		}
		if s.Kind == outline.Macro && i > open && name(w) {
			w = "_" // the arguments of a macro have no types
		}
		out = append(out, w)
	}
	return out
}

func word(w string) bool { return name(w) || w != "" && w[0] >= 'a' && w[0] <= 'z' }

// name says whether a word is one, and none of C's types that may stand alone.
func name(w string) bool {
	switch w {
	case "void", "int", "char", "long", "short", "float", "double", "bool", "boolean", "byte", "unsigned", "signed":
		return false
	}
	return w != "" && (w[0] == '_' || w[0] >= 'a' && w[0] <= 'z' || w[0] >= 'A' && w[0] <= 'Z' || w[0] >= 0x80)
}
