package provenance

import "strings"

// Lengths of object ids in hex digits. Git abbreviates to 7 by default, and
// shorter words of hex are too often words.
const (
	minID = 7
	maxID = 64
)

// A ref is what a claim points at: a commit, a request, or both.
type ref struct {
	id, repo string
	pr       int
}

// hexID returns the object id that s begins with, in lower case. What follows
// it must end it: "1234567-foo" and "1234567.8" are no ids.
func hexID(s string) (string, bool) {
	n, zeros, upper := 0, 0, false
	for n < len(s) && n <= maxID {
		b := s[n]
		switch {
		case b == '0':
			zeros++
		case isDigit(b), 'a' <= b && b <= 'f':
		case 'A' <= b && b <= 'F':
			upper = true
		default:
			goto end
		}
		n++
	}
end:
	if n < minID || n > maxID || n == zeros {
		return "", false
	}
	if n < len(s) {
		if isWord(s[n]) || s[n] == '.' && n+1 < len(s) && isWord(s[n+1]) {
			return "", false
		}
	}
	id := s[:n]
	if upper {
		id = strings.ToLower(id)
	}
	return id, true
}

// evident tells whether an id looks like one without the word "commit" before
// it: full length, or a mix of letters and digits. Bug numbers and dates are
// all digits, "defaced" is all letters.
func evident(id string) bool {
	if len(id) == 40 || len(id) == 64 {
		return true
	}
	return strings.ContainsAny(id, "abcdef") && strings.ContainsAny(id, "0123456789")
}

// number returns the decimal number that s begins with and how many digits it
// has: one to nine, the first not 0.
func number(s string) (n, digits int) {
	for digits < len(s) && isDigit(s[digits]) {
		if digits == 9 || s[0] == '0' {
			return 0, 0
		}
		n = n*10 + int(s[digits]-'0')
		digits++
	}
	return n, digits
}

// marked returns the number of "#12", "GH-12", "!12" or "PR #12" at the start
// of s and the number of bytes it takes.
func marked(s string) (n, size int) {
	c := scan{s}
	if c.any("PR", "MR") != "" || c.words("pull", "request") || c.words("merge", "request") {
		c.byte("#!")
	} else if c.byte("#!") == 0 && !c.cut("GH-") {
		return 0, 0
	}
	n, digits := number(c.s)
	end := len(s) - len(c.s) + digits
	if digits == 0 || end < len(s) && (isLetter(s[end]) || s[end] == '_') {
		return 0, 0
	}
	return n, end
}

// ref takes off a reference to a commit or a request: an id, a URL, "#12",
// "owner/name#12", "owner/name@id", each perhaps in quotes or in Markdown
// brackets. If sure is false the id must be evident.
func (c *scan) ref(sure bool) (ref, bool) {
	was := c.s
	c.s = strings.TrimLeft(c.s, "`'\"<[(")
	r, n := refAt(c.s, sure)
	if n == 0 {
		c.s = was
		return ref{}, false
	}
	c.s = strings.TrimLeft(c.s[n:], "`'\">")
	// The rest of a Markdown link: "](url)" or "][]".
	if rest, ok := strings.CutPrefix(c.s, "]("); ok {
		if u, after, ok := strings.Cut(rest, ")"); ok {
			if l := urlRef(u); l.repo != "" && r.repo == "" {
				r.repo = l.repo
			}
			c.s = after
		}
	} else {
		c.cut("][]")
		if strings.HasPrefix(was, "[") {
			c.cut("]")
		}
	}
	c.blanks()
	return r, true
}

// refAt returns the reference s begins with and its length, 0 if there is none.
func refAt(s string, sure bool) (ref, int) {
	if n, size := marked(s); size > 0 {
		return ref{pr: n}, size
	}
	if id, ok := hexID(s); ok && (sure || evident(id)) {
		return ref{id: id}, len(id)
	}
	if len(s) > 1 && s[0] == '#' {
		if id, ok := hexID(s[1:]); ok && evident(id) {
			return ref{id: id}, len(id) + 1
		}
	}
	end := strings.IndexAny(s, blank+")>]\"'`,")
	if end < 0 {
		end = len(s)
	}
	word := strings.TrimRight(s[:end], ".;:")
	if strings.Contains(word, "://") {
		if r := urlRef(word); r.id != "" || r.pr != 0 {
			return r, len(word)
		}
		return ref{}, 0
	}
	// owner/name#12, owner/name!12 and owner/name@id.
	i := strings.IndexAny(word, "#!@")
	if i < 1 || !strings.Contains(word[:i], "/") && word[i] != '@' {
		return ref{}, 0
	}
	if word[i] == '@' {
		if id, ok := hexID(word[i+1:]); ok && evident(id) {
			return ref{id: id, repo: word[:i]}, i + 1 + len(id)
		}
		return ref{}, 0
	}
	if n, digits := number(word[i+1:]); digits > 0 && i+1+digits == len(word) {
		return ref{pr: n, repo: word[:i]}, len(word)
	}
	return ref{}, 0
}

// commitMarks stand before a commit id in the addresses of GitHub, GitLab,
// Gitea, Bitbucket, cgit, gitweb, Gitiles, Gerrit, Mercurial and kernel.org.
var commitMarks = [...]string{"/commit/", "/commits/", "?id=", "&id=", ";id=", ";h=", "?h=", "&h=", "/+/", "/linus/", "/c/", "/q/commit:", "/rev/"}

var requestMarks = [...]string{"/pull/", "/pulls/", "/merge_requests/", "/pull-requests/"}

// urlRef returns what the address of a commit or a request points at.
func urlRef(u string) ref {
	var r ref
	cut := len(u)
	for _, m := range requestMarks {
		if i := strings.Index(u, m); i > 0 {
			if n, digits := number(u[i+len(m):]); digits > 0 {
				r.pr, cut = n, i
				break
			}
		}
	}
marks:
	for _, m := range commitMarks {
		for at := 0; ; {
			i := strings.Index(u[at:], m)
			if i < 0 {
				break
			}
			at += i + len(m)
			// In a path an id may carry a suffix: ".patch", ".diff".
			word := u[at:]
			if j := strings.IndexAny(word, ".?#&;/:~^"); j >= 0 {
				word = word[:j]
			}
			if id, ok := hexID(word); ok {
				r.id, cut = id, min(cut, at-len(m))
				break marks
			}
		}
	}
	if r.id == "" && r.pr == 0 {
		return ref{}
	}
	r.repo = repoOf(u[:cut])
	return r
}

// repoOf strips what stands between a repository's address and its commits.
func repoOf(u string) string {
	if i := strings.IndexByte(u, '?'); i >= 0 {
		base, query := u[:i], u[i+1:]
		project, ok := strings.CutPrefix(query, "p=")
		if !ok {
			u = base
		} else if j := strings.IndexAny(project, ";&"); j >= 0 {
			u = base + "?p=" + project[:j] // gitweb
		}
	}
	if i := strings.Index(u, "/commit/"); i > 0 {
		u = u[:i]
	}
	for _, tail := range [...]string{"/", "/commit", "/patch", "/diff", "/-", "/"} {
		u = strings.TrimSuffix(u, tail)
	}
	return u
}
