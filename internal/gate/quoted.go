package gate

import (
	"bytes"
	"strings"

	"backstay.dev/backstay/internal/outline"
)

// A quoted is a name that a text gives as a string, and what it is handed to.
type quoted struct {
	name string
	line int // 0-based
	// callee is the call, the index or the command that it is the first string
	// of, with what stands before it ("cfg.CONF.set_override", "ENV"); "" for
	// neither.
	callee string
	// assigned says that it is no string but the name of an argument or of a
	// member that is given a value.
	assigned bool
}

// maxCallee bounds the length of a callee, in bytes.
const maxCallee = 120

// eachQuoted calls each for the strings of a text that are names all through,
// for the keys of Go's struct tags, for Ruby's symbols, and for arguments and
// members that are given a value by their names.
func eachQuoted(t *text, each func(quoted)) {
	r := quotes{text: t, each: each}
	for _, k := range t.getTokens() {
		src := t.src[k.Start:k.End]
		r.token(k, src)
		r.line += bytes.Count(src, []byte("\n"))
	}
}

// quotes reads the tokens of a text one after the other.
type quotes struct {
	*text
	each func(quoted)
	line int

	open []handed
	// chain is the word before the token and what it is a member of; command is
	// the chain at the head of Ruby's arguments without brackets.
	chain, command string
	last, before   string // the two tokens before, without blanks
	colon          int    // the end of a ":" right before the token, 0 for none
}

// handed is a bracket that is open.
type handed struct {
	callee string
	call   bool
	given  bool // a string was given
}

func (r *quotes) token(k outline.Token, src []byte) {
	colon := r.colon
	r.colon = 0
	switch k.Kind {
	case outline.Space, outline.Comment:
		return
	case outline.Newline:
		r.command = ""
		if len(r.open) == 0 {
			r.chain = ""
		}
		return
	case outline.String:
		r.string(src)
		r.chain = ""
	case outline.Word:
		switch {
		case colon == k.Start && colon > 0:
			r.give(string(src), false)
			r.chain = ""
		case strings.HasSuffix(r.chain, ".") && len(r.chain) < maxCallee:
			r.chain += string(src)
		default:
			r.chain = string(src)
		}
	default:
		r.punct(k, string(src))
	}
	r.before, r.last = r.last, string(src)
}

func (r *quotes) punct(k outline.Token, s string) {
	switch s {
	case "(", "[", "{":
		h := handed{call: s == "("}
		if s != "{" && r.chain != "" && !strings.HasSuffix(r.chain, ".") && !outline.Keyword(r.lang, []byte(r.last)) {
			h.callee = r.chain
		}
		r.open = append(r.open, h)
		r.chain = ""
	case ")", "]", "}":
		r.chain = ""
		if n := len(r.open); n > 0 {
			r.chain, r.open = r.open[n-1].callee, r.open[:n-1]
		}
	case ".", "->", "::", "?.", "&.":
		if r.chain != "" {
			r.chain = strings.TrimSuffix(r.chain, ".") + "."
		}
	case "=":
		r.assigned()
		r.chain = ""
	case ":":
		if r.lang == outline.Ruby {
			if k.Start == 0 || !inWord[r.src[k.Start-1]] {
				r.colon = k.End
			}
			if r.command == "" && len(r.open) == 0 {
				r.command = r.chain
			}
		}
		r.chain = ""
	default:
		r.chain = ""
	}
}

// string notes a string.
func (r *quotes) string(src []byte) {
	i := bytes.IndexAny(src, "\"'`")
	if i < 0 || i > 2 || len(src) < i+2 || src[len(src)-1] != src[i] {
		return
	}
	if r.lang == outline.Ruby && r.command == "" && len(r.open) == 0 {
		r.command = r.chain
	}
	inner := src[i+1 : len(src)-1]
	if r.lang == outline.Go && src[i] == '`' {
		for _, tag := range bytes.Fields(inner) {
			if _, value, ok := bytes.Cut(tag, []byte(`:"`)); ok {
				key, _, _ := bytes.Cut(bytes.TrimRight(value, `"`), []byte(","))
				r.note(quoted{name: string(key), line: r.line})
			}
		}
		return
	}
	r.give(string(inner), true)
}

// give notes a name that is handed to what is open.
func (r *quotes) give(name string, counts bool) {
	q := quoted{name: name, line: r.line, callee: r.command}
	if n := len(r.open); n > 0 {
		h := &r.open[n-1]
		if q.callee = h.callee; h.given {
			q.callee = ""
		}
		h.given = h.given || counts
	}
	r.note(q)
}

// assigned notes a name before "=".
func (r *quotes) assigned() {
	if i := strings.LastIndexByte(r.chain, '.'); i > 0 && len(r.open) == 0 {
		r.note(quoted{name: r.chain[i+1:], line: r.line, callee: r.chain[:i], assigned: true})
		return
	}
	n := len(r.open)
	if n > 0 && r.open[n-1].call && r.open[n-1].callee != "" && r.chain == r.last && (r.before == "(" || r.before == ",") {
		r.note(quoted{name: r.last, line: r.line, callee: r.open[n-1].callee, assigned: true})
	}
}

func (r *quotes) note(q quoted) {
	if nameShaped(q.name) {
		r.each(q)
	}
}

const minName, maxName = 4, 100

// nameShaped reports whether a text may name a setting: letters, digits and
// "_", "-" and "." between them.
func nameShaped(s string) bool {
	if len(s) < minName || len(s) > maxName || !inWord[s[0]] || s[0] <= '9' || !inWord[s[len(s)-1]] {
		return false
	}
	for i := 1; i < len(s); i++ {
		if !inWord[s[i]] && (s[i] != '-' && s[i] != '.' || !inWord[s[i-1]]) {
			return false
		}
	}
	return true
}
