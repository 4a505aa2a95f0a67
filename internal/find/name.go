package find

import (
	"fmt"
	"slices"
	"strings"
)

// wildcard is the "x" of 1.x and the end of a shorter version: the newest of
// its series, so greater than any number.
const wildcard = "x"

// line is what the name of a branch says when it is that of a release line.
type line struct {
	// version has the numbers without leading zeros, and wildcards. It is empty
	// for a series that has a name instead: stable/yoga.
	version []string
	// words are those of the name that say nothing about releases, in order.
	words []string
	// certain is false where the name alone is too little evidence and tags
	// have to confirm it.
	certain bool
}

// strong words make a release of any version beside them.
var strong = []string{
	"release", "releases", "rel", "stable", "maint", "maintenance", "maintained",
	"unmaintained", "lts", "longterm", "linux",
}

// weak words make a release of a version that looks like one: two numbers or
// a wildcard. "support/1234" may be about a ticket, "v2" a rewrite.
var weak = []string{"v", "ver", "version", "versions", "support", "supported", "branch", "branches"}

// moving are words that name no series: what is below stable/ is then a
// pointer, not a release line.
var moving = []string{"main", "master", "trunk", "develop", "dev", "devel", "next", "current", "latest", "head", "candidate", "test", "testing"}

// maxName bounds the length of a name that is looked at.
const maxName = 200

// readName reads the short name of a branch as that of a release line: a
// version, alone or between words and separators.
func readName(name string) (line, bool) {
	if len(name) > maxName {
		return line{}, false
	}
	tokens, ok := split(name)
	if !ok {
		return line{}, false
	}
	if len(tokens) == 2 && strings.Count(name, "/") == 1 && isSeries(tokens) {
		return line{certain: true}, true
	}
	var l line
	var known bool
	dotted := false
	closed := false // the version is over
	for i, t := range tokens {
		switch {
		case t.number || len(l.version) > 0 && !closed && isWildcard(t.text):
			if closed {
				return line{}, false
			}
			dotted = dotted || len(l.version) > 0 && t.before == '.'
			l.version = append(l.version, part(t))
			continue
		case slices.Contains(strong, t.text):
			known, l.certain = true, true
		case slices.Contains(weak, t.text):
			known = true
		case (t.text == "main" || t.text == "master") && t.alone(tokens, i):
		default:
			l.words = append(l.words, t.text)
		}
		closed = len(l.version) > 0
	}
	if len(l.version) == 0 {
		return line{}, false
	}
	open := slices.Contains(l.version, wildcard)
	switch {
	case len(l.words) > 0:
		l.certain = false
	case known:
		l.certain = l.certain || open || len(l.version) > 1
	default:
		l.certain = open || dotted
	}
	return l, true
}

// isSeries reports whether two words are those of stable/<series>.
func isSeries(t []token) bool {
	return (t[0].text == "stable" || t[0].text == "unmaintained") && !t[1].number && len(t[1].text) > 1 &&
		!slices.Contains(moving, t[1].text) && !slices.Contains(strong, t[1].text) && !slices.Contains(weak, t[1].text)
}

func isWildcard(word string) bool { return strings.Trim(word, "x") == "" || word == "y" }

func part(t token) string {
	if !t.number {
		return wildcard
	}
	if n := strings.TrimLeft(t.text, "0"); n != "" {
		return n
	}
	return "0"
}

// token is a run of letters, lowered, or of digits.
type token struct {
	text   string
	number bool
	before byte // the separator before it, 0 where a letter meets a digit
}

// alone reports whether the token is a whole path component.
func (t token) alone(all []token, i int) bool {
	return (i == 0 || t.before == '/') && (i == len(all)-1 || all[i+1].before == '/')
}

// split cuts a name into words and numbers. It fails on anything but ASCII
// letters, digits and the separators "/", ".", "_" and "-".
func split(name string) ([]token, bool) {
	var out []token
	before := byte(0)
	for i := 0; i < len(name); {
		c := name[i]
		if strings.IndexByte("/._-", c) >= 0 {
			before = c
			i++
			continue
		}
		kind := class(c)
		if kind == 0 {
			return nil, false
		}
		end := i
		for end < len(name) && class(name[end]) == kind {
			end++
		}
		out = append(out, token{text: strings.ToLower(name[i:end]), number: kind == '0', before: before})
		before, i = 0, end
	}
	return out, true
}

func class(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return '0'
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		return 'a'
	}
	return 0
}

// continued returns the keys of the lines that a tag continues: v1.7.3 those
// of 1 and 1.7, OpenSSL_1_1_1a also that of OpenSSL 1.1.1.
func continued(tag string) []string {
	tokens, ok := split(tag)
	if len(tag) > maxName || !ok {
		return nil
	}
	var keys []string
	var l line
	for _, t := range tokens {
		switch {
		case t.number:
			if len(l.version) > 0 {
				keys = append(keys, l.key())
			}
			l.version = append(l.version, part(t))
		case len(l.version) > 0:
			if t.before == 0 {
				keys = append(keys, l.key())
			}
			return keys
		case !slices.Contains(strong, t.text) && !slices.Contains(weak, t.text):
			l.words = append(l.words, t.text)
		}
	}
	return keys
}

// tagPattern is a pattern of git-for-each-ref(1) that fits at least the tags
// that continue the line. Asking for all tags costs an object read for each.
func (l line) tagPattern() string {
	var b strings.Builder
	b.WriteString(tagsPrefix + "**/*")
	for _, word := range l.words {
		for _, c := range word {
			fmt.Fprintf(&b, "[%c%c]", c, c-'a'+'A')
		}
		b.WriteByte('*')
	}
	for _, n := range l.version {
		if n != wildcard {
			b.WriteString(n + "*")
		}
	}
	return b.String()
}

// key names the line: its words, then the numbers before any wildcard.
func (l line) key() string {
	version := l.version
	if i := slices.Index(version, wildcard); i >= 0 {
		version = version[:i]
	}
	return strings.Join(l.words, " ") + ":" + strings.Join(version, ".")
}

// compare orders lines from old to new: those without a version first, versions
// by their numbers. 0 is for lines that only dates can tell apart.
func (l line) compare(o line) int {
	switch {
	case len(l.version) == 0 && len(o.version) == 0:
		return 0
	case len(l.version) == 0:
		return -1
	case len(o.version) == 0:
		return 1
	}
	for i := range max(len(l.version), len(o.version)) {
		if c := comparePart(at(l.version, i), at(o.version, i)); c != 0 {
			return c
		}
	}
	return 0
}

// at reads past the end as a wildcard: 1.7 is where 1.7.9 and its successor
// come from.
func at(version []string, i int) string {
	if i < len(version) {
		return version[i]
	}
	return wildcard
}

// comparePart compares numbers of any length without their values.
func comparePart(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == wildcard:
		return 1
	case b == wildcard:
		return -1
	case len(a) != len(b):
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}
