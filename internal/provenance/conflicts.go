package provenance

import "strings"

// listState says where the reader stands in a paragraph of conflicting paths.
type listState int

const (
	listNone   listState = iota
	listHeader           // behind "Conflicts:"
	listGap              // behind one blank line below it
	listPaths            // among the paths
)

// conflictLine reads paragraphs like git's, with or without comment signs,
//
//	# Conflicts:
//	#	lib/a.c
//
// and like Ceph's, where prose stands behind and between the paths.
func (p *parser) conflictLine(raw string) {
	if p.list == listNone && !strings.Contains(raw, "onflict") {
		return
	}
	body := strings.TrimRight(raw, blank)
	comment := body != "" && (body[0] == '#' || body[0] == '>')
	if comment {
		body = body[1:]
	}
	c := scan{trim(body)}
	if c.word("merge"); c.cut("conflicts:") || c.cut("conflict:") {
		p.list = listHeader
		for _, w := range strings.FieldsFunc(c.s, func(r rune) bool { return strings.ContainsRune(blank+",", r) }) {
			if isPath(w, false) {
				add(&p.rec.Conflicts, w)
			}
		}
		return
	}
	if p.list == listNone {
		return
	}
	text := trim(body)
	if text == "" {
		if p.list == listHeader {
			p.list = listGap
		} else {
			p.list = listNone
		}
		return
	}
	indented := comment || body[0] == ' ' || body[0] == '\t'
	if path, ok := conflictPath(text, indented); ok {
		add(&p.rec.Conflicts, path)
		p.list = listPaths
		return
	}
	_, _, key := trailer(text)
	if p.list == listGap || text[0] == '(' || !indented && key {
		p.list = listNone
	}
}

// conflictPath returns the path that a line of the paragraph begins with.
func conflictPath(text string, indented bool) (string, bool) {
	marked := strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "* ")
	if marked {
		text = trim(text[2:])
	}
	if strings.HasPrefix(text, `"`) {
		path, _, ok := unquotePath(text)
		return path, ok
	}
	end := len(text)
	for _, sep := range [...]string{": ", " (", " - ", " -- ", ", ", "; "} {
		if i := strings.Index(text[:end], sep); i > 0 {
			end = i
		}
	}
	alone := end == len(text)
	path := strings.TrimRight(text[:end], ":,")
	path = strings.Trim(path, "`'")
	return path, isPath(path, indented && !marked && alone)
}

// isPath tells whether s can be a path. A name without slash or dot, like
// Makefile, is one only where nothing else can stand.
func isPath(s string, alone bool) bool {
	if s == "" || strings.ContainsAny(s, "<>()[]") || strings.Contains(s, "://") || s[len(s)-1] == '.' {
		return false
	}
	if strings.ContainsAny(s, blank) {
		return alone && strings.Contains(s, "/") && !strings.HasSuffix(s, "/")
	}
	return alone || strings.ContainsAny(s, "/.") && s[len(s)-1] != '/'
}

// note reads "[bwh: Adjust context]" and the kernel's "[ Adjust context. ]",
// over several lines if need be. Brackets have many other uses: a note stands
// among the trailers, or makes a paragraph of its own if it has a name.
func (p *parser) note(t string) bool {
	a := p.ahead()
	size := 0
	text := t
	for !strings.HasSuffix(text, "]") {
		line := a.next()
		if size += len(line); line == "" || line[0] == '[' || size > 4<<10 {
			return false
		}
		text += " " + line
	}
	inner := fold(text[1 : len(text)-1])
	if strings.Contains(inner, "]") {
		return false // Markdown, logs
	}
	name, what, ok := strings.Cut(inner, ": ")
	named := ok && what != "" && isName(name) && !strings.EqualFold(name[:min(4, len(name))], "note") &&
		!(name[0] == 'v' && isVersion(name)) // "v2: …" tells of a patch's revisions
	if !named && (!strings.HasPrefix(t, "[ ") || strings.Count(inner, " ") < 2) {
		return false
	}
	next := a.next()
	_, _, key := trailer(next)
	switch {
	case key, next != "" && (next[0] == '[' || next[0] == '('):
	case named && next == "" && p.startsBlock():
	default:
		return false
	}
	add(&p.rec.Notes, inner)
	return true
}

// startsBlock tells whether the line before the current one is blank or a
// trailer.
func (p *parser) startsBlock() bool {
	if p.prev == "" || p.prev[len(p.prev)-1] == ')' {
		return true
	}
	_, _, ok := trailer(p.prev)
	return ok
}

// isName tells whether s can be the name or mail address of a person.
func isName(s string) bool {
	if s == "" || len(s) > 64 || strings.Count(s, " ") > 3 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !isWord(s[i]) && s[i] < 0x80 && strings.IndexByte(" .'@<>+", s[i]) < 0 {
			return false
		}
	}
	return isLetter(s[0]) || s[0] >= 0x80
}
