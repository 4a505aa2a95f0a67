package fileclass

import (
	"regexp"
	"strconv"
	"strings"
)

// Prefer says whose version stands where the fix changed one and the branch has
// another than the fix started from.
type Prefer int

// The preferences.
const (
	// Higher takes the higher of the branch's version and the fix's.
	Higher Prefer = iota
	// Fix takes the fix's version.
	Fix
	// Branch keeps the branch's version.
	Branch
	// Line stays on the branch's line of versions: where the fix goes from
	// 1.24.4 to 1.24.5 a branch that is at 1.23.10 goes to 1.23.11. Where the
	// lines are the same, or the fix goes to another, it is Higher.
	Line
)

// String is the preference in one word.
func (p Prefer) String() string {
	switch p {
	case Higher:
		return "higher"
	case Fix:
		return "fix"
	case Branch:
		return "branch"
	}
	return "line"
}

// choose gives the version that stands where the fix goes from base to theirs
// and the branch has ours.
func (p Prefer) choose(base, ours, theirs string) string {
	switch {
	case ours == base:
		return theirs
	case base == theirs:
		return ours
	}
	if p == Line {
		if next, ok := step(base, ours, theirs); ok {
			return next
		}
	}
	if p.takesOurs(ours, theirs) || p != Fix && development.MatchString(ours) {
		return ours
	}
	return theirs
}

// development is the end of a version that is not released: a project names
// itself so, never what it needs.
var development = regexp.MustCompile(`(?i)[-.]?(snapshot|dev|alpha|pre)\d*$`)

// step gives the version that is as far from ours as theirs is from base: the
// last number of a version counted on. ok is false where base and theirs differ
// in more, where ours is of their line or not written like them, or where
// versions have fewer than three numbers: the second tells lines apart then.
func step(base, ours, theirs string) (next string, ok bool) {
	b, o, t := cutLast(base), cutLast(ours), cutLast(theirs)
	if b.head != t.head || b.tail != t.tail || b.tail != o.tail || b.head == o.head || t.last <= b.last ||
		o.head == "" || o.last < 0 || b.last < 0 || strings.Count(b.head, ".") != strings.Count(o.head, ".") || strings.Count(o.head, ".") < 2 {
		return "", false
	}
	return o.head + strconv.Itoa(o.last+t.last-b.last) + o.tail, true
}

// A last is a version with its last number set apart; last is -1 where there
// is none that can be counted on.
type last struct {
	head string
	last int
	tail string
}

func cutLast(version string) last {
	end := len(version)
	for end > 0 && !isDigit(version[end-1]) {
		end--
	}
	start := end
	for start > 0 && isDigit(version[start-1]) {
		start--
	}
	n, err := strconv.Atoi(version[start:end])
	if err != nil || end-start > 6 {
		n = -1
	}
	return last{version[:start], n, version[end:]}
}

// takesOurs reports whether the branch's version stands.
func (p Prefer) takesOurs(ours, theirs string) bool {
	return p == Branch || p != Fix && compareVersions(ours, theirs) > 0
}

// staysAmong is takesOurs for one of several versions that a fix changes
// together. One of them is what the fix is about and the others follow from it,
// so with Line those that the branch has of another line stay.
func (p Prefer) staysAmong(several bool, ours, theirs string) bool {
	return p.takesOurs(ours, theirs) || p == Line && several && lineOf(ours) != lineOf(theirs)
}

// lineOf is a version up to its second dot.
func lineOf(version string) string {
	if i := strings.IndexByte(version, '.'); i >= 0 {
		if j := strings.IndexByte(version[i+1:], '.'); j >= 0 {
			return version[:i+1+j]
		}
	}
	return version
}

// because is the part of an answer's reason that tells the preference.
func (p Prefer) because() string {
	switch p {
	case Higher:
		return "where both changed a version the higher one stands"
	case Fix:
		return "where both changed a version the fix's stands"
	case Branch:
		return "where both changed a version the branch's stays"
	}
	return "where both changed a version a branch with a line of its own goes as many releases on there as the fix does, another takes the higher one"
}

// compareVersions orders two version numbers as their numbers say: 1.10 is
// after 1.9, a release after its candidates, v1 and 1 are the same. It takes
// any text and is right where both are written in one manner.
func compareVersions(a, b string) int {
	a, b = strings.TrimPrefix(a, "v"), strings.TrimPrefix(b, "v")
	for a != "" && b != "" {
		var x, y string
		x, a = piece(a)
		y, b = piece(b)
		if c := comparePieces(x, y); c != 0 {
			return c
		}
	}
	switch {
	case a != "":
		return longer(a)
	case b != "":
		return -longer(b)
	}
	return 0
}

// longer says how a version compares with the same one without this rest.
func longer(rest string) int {
	if rest[0] == '-' || isLetter(rest[0]) {
		return -1
	}
	return 1
}

// piece cuts off the leading digits, letters or one other byte.
func piece(s string) (head, rest string) {
	n := 1
	switch {
	case isDigit(s[0]):
		for n < len(s) && isDigit(s[n]) {
			n++
		}
	case isLetter(s[0]):
		for n < len(s) && isLetter(s[n]) {
			n++
		}
	}
	return s[:n], s[n:]
}

func comparePieces(a, b string) int {
	if isDigit(a[0]) && isDigit(b[0]) {
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	}
	if c := rank(a[0]) - rank(b[0]); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// rank orders what may stand at one place: what makes a candidate comes first,
// what goes on counting last.
func rank(c byte) int {
	switch {
	case c == '-', c == '~':
		return 0
	case isLetter(c):
		return 1
	case isDigit(c):
		return 3
	}
	return 2
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
