package fileclass

import (
	"strings"
)

// Prefer says whose version stands where the fix changed one and the branch has
// another than the fix started from.
type Prefer int

// The preferences.
const (
	// Higher takes the higher of the branch's version and the fix's.
	Higher Prefer = iota
	// Fixes takes the fix's version.
	Fixes
	// Branchs keeps the branch's version.
	Branchs
)

// takesOurs reports whether the branch's version stands.
func (p Prefer) takesOurs(ours, theirs string) bool {
	return p == Branchs || p == Higher && compareVersions(ours, theirs) > 0
}

// because is the part of an answer's reason that tells the preference.
func (p Prefer) because() string {
	switch p {
	case Higher:
		return "where both changed a version the higher one stands"
	case Fixes:
		return "where both changed a version the fix's stands"
	}
	return "where both changed a version the branch's stays"
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
