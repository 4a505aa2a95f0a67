package provenance

import "strings"

// maxTitle bounds the bytes of a title that NormalSubject looks at.
const maxTitle = 4 << 10

// NormalSubject returns a subject without what backporting hung on it, its
// blanks folded, so that a backport's subject equals its original's:
//
//	[release/1.7] [JENKINS-1] Fix  it (#12)      [JENKINS-1] Fix it
//	BACKPORT: FROMGIT: mm: fix it                mm: fix it
//	Backport PR #12 on branch 1.x (FIX: it)      FIX: it
//	Fix it (backport #12) (#14)                  Fix it
//
// Only the first line counts, and of it the first 4 KiB. NormalSubject of its
// own result is that result. A subject that is decoration only stays.
func NormalSubject(subject string) string {
	subject = strings.TrimLeft(subject, " \t\r\n")
	subject, _, _ = strings.Cut(subject, "\n")
	if len(subject) > maxTitle {
		subject = subject[:maxTitle]
	}
	s := fold(subject)
	for {
		next := s
		for _, strip := range [...]func(string) string{stripLead, stripTags, stripPhrase, stripTails} {
			if t := fold(strip(next)); t != "" {
				next = t
			}
		}
		if next == s {
			return s
		}
		s = next
	}
}

func stripLead(s string) string {
	l := cutLead(s)
	if l.rest == "" {
		return s
	}
	return l.kept + l.rest
}

// tags stand before a title with a colon: Android's, FreeBSD's, plain words.
var tags = [...]string{"UPSTREAM:", "BACKPORT:", "FROMGIT:", "FROMLIST:", "MFC:", "backport:", "Backport:", "cherry-pick:", "Cherry-pick:"}

// cephReleases are the names that Ceph puts before the titles of backports.
const cephReleases = " argonaut bobtail cuttlefish dumpling emperor firefly giant hammer infernalis jewel kraken luminous mimic nautilus octopus pacific quincy reef squid tentacle umbrella "

func stripTags(s string) string {
	for again := true; again; {
		again = false
		for _, tag := range tags {
			if rest, ok := strings.CutPrefix(s, tag+" "); ok {
				s, again = rest, true
			}
		}
		if word, rest, ok := strings.Cut(s, ": "); ok &&
			(isRelease(word) || word != "" && strings.Contains(cephReleases, " "+word+" ")) {
			s, again = rest, true
		}
	}
	return s
}

// stripPhrase takes "Backport PR #12 on branch B (title)", "Backport #12:
// title" and "Automated cherry pick of #12: title" apart.
func stripPhrase(s string) string {
	c := scan{s}
	ph := phrase{}
	if !c.phrase(&ph) {
		return s
	}
	ph.target(&c)
	var p parser
	var a ahead
	if refs := p.refs(&c, &a, false); len(refs) == 0 {
		return s
	}
	if c.words("on", "branch") || c.word("to") || c.word("on") {
		name := c.token()
		if strings.HasSuffix(name, ":") {
			return c.s
		}
	}
	if rest, ok := strings.CutPrefix(c.s, ":"); ok {
		// "#12: title" once more, by the Kubernetes script.
		c.s = trim(rest)
		if _, size := marked(c.s); size > 0 && strings.HasPrefix(c.s[size:], ": ") {
			return c.s[size+2:]
		}
		return c.s
	}
	if strings.HasPrefix(c.s, "(") && strings.HasSuffix(c.s, ")") {
		return c.s[1 : len(c.s)-1]
	}
	return s
}

func stripTails(s string) string {
	for {
		m, ok := cutTail(s)
		if !ok {
			return s
		}
		s = m.rest
	}
}
