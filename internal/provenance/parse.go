package provenance

import (
	"slices"
	"strings"
)

// Bounds of Parse. Claims stand at the two ends of a message: the subject and
// first lines, or the trailers.
const (
	maxHead  = 48 << 10 // bytes read from the start
	maxTail  = 16 << 10 // bytes read from the end
	maxList  = 256      // entries in each list of a Record
	maxAhead = 32       // lines a claim may go on for
)

// Parse reads what a commit message says of its provenance. The message may be
// in any encoding that has ASCII in it, with either kind of line end; of one
// longer than 64 KiB the middle is not read.
func Parse(message string) Record {
	p := parser{title: true}
	if len(message) <= maxHead+maxTail {
		p.read(message)
		return p.finish()
	}
	head, tail := message[:maxHead], message[len(message)-maxTail:]
	if i := strings.LastIndexByte(head, '\n'); i >= 0 {
		head = head[:i+1]
	}
	// A line cut in two claims nothing.
	i := strings.IndexByte(tail, '\n')
	tail = tail[i+1:]
	p.read(head)
	p.line = strings.Count(message[:len(message)-len(tail)], "\n")
	p.title, p.prev, p.skip, p.list = false, "", 0, listNone
	p.read(tail)
	return p.finish()
}

// A parser reads line by line and looks ahead only where a claim is unfinished.
type parser struct {
	rec   Record
	line  int    // 1-based number of the current line
	rest  string // what follows the current line
	prev  string // the line before, trimmed; "" at the start of a paragraph
	title bool   // no line but blank ones so far
	skip  int    // lines ahead that belong to a claim already read
	list  listState

	adapted bool // the commit as a whole is said to be adapted
	squash  bool // git merge --squash: "commit X" lines name a branch's own commits
	redhat  bool // a header of Red Hat's kernels was read
	ciq     bool // a header of CIQ's kernels was read in this paragraph

	prURL, backportURL ref // Node's two addresses, and the line of the first
	prURLLine          int
}

func (p *parser) read(text string) {
	p.rest = text
	for p.rest != "" {
		raw, rest, _ := strings.Cut(p.rest, "\n")
		p.rest = rest
		p.line++
		p.conflictLine(raw)
		t := trim(raw)
		p.textLine(t)
		if p.skip > 0 {
			p.skip--
		}
		if p.prev = t; p.title && t != "" {
			p.title, p.prev = false, "" // the body begins here, with or without a blank line
		}
	}
}

func (p *parser) textLine(t string) {
	switch {
	case t == "":
		p.ciq = false
	case p.skip > 0 || t[0] == '>':
	case p.title:
		p.mentions(t)
		p.titleLine(t)
	default:
		p.mentions(t)
		p.bodyLine(t)
	}
}

// bodyLine tries the forms that a line's first byte allows.
func (p *parser) bodyLine(t string) {
	if key, value, ok := trailer(t); ok && p.trailerLine(key, value) {
		return
	}
	first := t[0]
	if isLetter(first) {
		first |= 0x20
	}
	switch first {
	case '(', '*', 'b', 'a', 'n':
		_ = p.pick(t) || p.upstream(t) || p.mergedFrom(t)
	case '[':
		_ = p.upstream(t) || p.pick(t) || p.note(t)
	case 'c':
		_ = p.pick(t) || p.upstream(t) || p.header(t) || p.caused(t)
	case 't', 'p':
		_ = p.pick(t) || p.reverts(t) || p.upstream(t)
	case 'm':
		_ = p.pick(t) || p.freebsd(t)
	case 'r':
		_ = p.reverts(t) || p.caused(t)
	case 'f', 'i':
		_ = p.fixes(t) || p.caused(t)
	case 'j':
		p.header(t)
	case 's':
		p.squash = p.squash || strings.HasPrefix(t, "Squashed commit of the following")
		p.gitlab(t)
	case 'u':
		_ = p.upstream(t) || p.header(t)
	}
	p.gitRepo(t)
	p.glued(t)
}

// fresh tells whether line t starts a sentence. A claim in plain words counts
// only there: a line of prose can begin with "backport of X" by being wrapped.
func (p *parser) fresh(t string) bool {
	if 'A' <= t[0] && t[0] <= 'Z' || p.prev == "" {
		return true
	}
	switch p.prev[len(p.prev)-1] {
	case '.', ':', ')', ']', '>', '!', '?':
		return true
	}
	_, _, ok := trailer(p.prev)
	return ok
}

// claim records c for the current line.
func (p *parser) claim(c Claim) {
	if c.Line == 0 {
		c.Line = p.line
	}
	if len(p.rec.Claims) == maxList {
		p.rec.Claims[maxList-1] = c
		return
	}
	p.rec.Claims = append(p.rec.Claims, c)
}

// add appends s to a list of the record unless it is there or the list is full.
func add(list *[]string, s string) {
	if s != "" && len(*list) < maxList && !slices.Contains(*list, s) {
		*list = append(*list, s)
	}
}

// mentions collects the CVE ids of a line.
func (p *parser) mentions(t string) {
	for {
		i := strings.IndexByte(t, '-')
		if i < 0 {
			return
		}
		if i >= 3 && strings.EqualFold(t[i-3:i], "cve") && (i == 3 || !isWord(t[i-4])) {
			year, digits := number(t[i+1:])
			if rest := t[i+1+digits:]; digits == 4 && year >= 1999 && strings.HasPrefix(rest, "-") {
				serial := rest[1:]
				n := 0
				for n < len(serial) && isDigit(serial[n]) {
					n++
				}
				if 4 <= n && n <= 19 && (n == len(serial) || !isLetter(serial[n]) && serial[n] != '_') {
					add(&p.rec.CVEs, "CVE-"+t[i+1:i+6]+serial[:n])
				}
			}
		}
		t = t[i+1:]
	}
}

// An ahead walks over the lines after the current one.
type ahead struct {
	rest string
	n    int // lines walked over
}

func (p *parser) ahead() ahead { return ahead{rest: p.rest} }

// next returns the next line, trimmed, or "" at the end of the paragraph, after
// maxAhead lines and before a quoted line.
func (a *ahead) next() string {
	if a.n == maxAhead {
		return ""
	}
	raw, rest, _ := strings.Cut(a.rest, "\n")
	t := trim(raw)
	if t == "" || t[0] == '>' {
		return ""
	}
	a.rest = rest
	a.n++
	return t
}

// finish settles what only the whole message tells.
func (p *parser) finish() Record {
	if p.backportURL.pr != 0 {
		p.rec.PR = p.backportURL.pr
		if p.prURL.pr != 0 {
			p.claim(Claim{Kind: Request, Dialect: "node", PR: p.prURL.pr, Repo: p.prURL.repo, Line: p.prURLLine})
		}
	} else if p.prURL.pr != 0 && p.rec.PR == 0 {
		p.rec.PR = p.prURL.pr
	}
	if p.adapted {
		for i := range p.rec.Claims {
			if p.rec.Claims[i].Kind == Picked {
				p.rec.Claims[i].Kind = Backported
			}
		}
	}
	slices.SortStableFunc(p.rec.Claims, func(a, b Claim) int { return a.Line - b.Line })
	return p.rec
}
