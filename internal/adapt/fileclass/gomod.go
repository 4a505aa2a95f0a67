package fileclass

import (
	"bytes"
	"strings"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// GoMod merges go.mod by requirement: the branch's, with what the fix changed.
// The higher of two versions is what minimal version selection would take
// (R. Cox, "Minimal Version Selection", 2018).
func GoMod(f *conflict.File, prefer Prefer) (text []byte, why string, ok bool) {
	if !named(f, "go.mod", "vendor.mod") {
		return nil, "", false
	}
	if text := threeWay(f.Base, f.Ours, f.Theirs); text != nil {
		return text, oneSide, true
	}
	base, theirs := goModEntries(f.Base), goModEntries(f.Theirs)
	several := changeSeveral(base, theirs)
	text, ok = mergeEntries(base, goModEntries(f.Ours), theirs, policy{
		prune: true,
		both: func(_ string, base, ours, theirs []byte) ([]byte, bool) {
			return mergeRequirement(base, ours, theirs, func(ours, theirs string) bool { return prefer.staysAmong(several, ours, theirs) }), true
		},
	})
	return text, "the fix's changes of requirements were made to the branch's file; " + prefer.because(), ok
}

// changeSeveral reports whether the fix changes more than one entry that it
// keeps.
func changeSeveral(base, theirs []entry) bool {
	had := make(map[string][]byte, len(base))
	for _, e := range base {
		had[e.key] = e.text
	}
	n := 0
	for _, e := range theirs {
		if text, kept := had[e.key]; kept && e.key != "" && !bytes.Equal(text, e.text) {
			n++
		}
	}
	return n > 1
}

// named reports whether the last element of the path is one of names.
func named(f *conflict.File, names ...string) bool {
	last := f.Path[strings.LastIndexByte(f.Path, '/')+1:]
	for _, n := range names {
		if last == n {
			return true
		}
	}
	return false
}

// goModEntries takes a go.mod file apart (go.dev/ref/mod, "go.mod files"). A
// block whose entries are all indirect is a section of its own, as `go mod
// tidy` keeps them.
func goModEntries(text []byte) []entry {
	var out []entry
	var block string
	var lead []byte
	first, direct := 0, 0
	flush := func() {
		if lead != nil {
			out, lead = append(out, entry{text: lead}), nil
		}
	}
	for _, line := range textdiff.Lines(text) {
		code, note, _ := bytes.Cut(line, []byte("//"))
		words := strings.Fields(string(code))
		switch {
		case len(words) == 0 && len(bytes.TrimSpace(line)) > 0:
			lead = append(lead, line...)
			continue
		case len(words) == 0:
			flush()
			out = append(out, entry{text: line})
			continue
		case block == "" && len(words) == 2 && words[1] == "(":
			flush()
			block, first, direct = words[0], len(out)+1, 0
			out = append(out, entry{text: line})
			continue
		case block != "" && words[0] == ")":
			flush()
			if n := len(out) - first; direct == 0 && n > 0 {
				for i := range out[first:] {
					if out[first+i].key != "" {
						out[first+i].section += ":indirect"
					}
				}
			}
			block = ""
			out = append(out, entry{text: line})
			continue
		}
		directive := block
		if block == "" {
			directive, words = words[0], words[1:]
		}
		if !bytes.Contains(note, []byte("indirect")) {
			direct++
		}
		out = append(out, entry{section: directive, key: goModKey(directive, words), text: append(lead, line...)})
		lead = nil
	}
	flush()
	return out
}

func goModKey(directive string, words []string) string {
	switch {
	case directive == "go", directive == "toolchain", directive == "module":
		return directive
	case directive == "require" && len(words) > 0:
		return directive + " " + words[0]
	case directive == "replace":
		left, _, _ := strings.Cut(strings.Join(words, " "), " =>")
		return directive + " " + left
	}
	return directive + " " + strings.Join(words, " ")
}

// mergeRequirement merges two versions of one entry: the version is the fix's
// if the fix changed it, and the branch's does not stay; so is the rest of the line.
func mergeRequirement(base, ours, theirs []byte, stays func(ours, theirs string) bool) []byte {
	b, o, t := cutVersion(base), cutVersion(ours), cutVersion(theirs)
	version, rest := t, t
	if b.version == t.version || stays(o.version, t.version) {
		version = o
	}
	if b.head == t.head && b.tail == t.tail {
		rest = o
	}
	return []byte(rest.head + version.version + rest.tail)
}

// An around is an entry of go.mod with the last word before the comment set
// apart.
type around struct{ head, version, tail string }

func cutVersion(text []byte) around {
	lines := textdiff.Lines(text)
	if len(lines) == 0 {
		return around{}
	}
	line := lines[len(lines)-1]
	code, _, _ := bytes.Cut(line, []byte("//"))
	code = bytes.TrimRight(code, " \t\r\n")
	start := bytes.LastIndexAny(code, " \t") + 1
	at := len(text) - len(line)
	return around{string(text[:at+start]), string(code[start:]), string(line[len(code):])}
}
