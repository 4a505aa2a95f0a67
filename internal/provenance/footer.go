package provenance

import "strings"

// The rule for where a message's trailers are is that of
// git-interpret-trailers(1): the last paragraph, if it is not the title and
// either all lines are trailers, or at least one was made by git and at least
// a quarter are trailers. A line that starts with a blank goes on with the
// trailer before it. Comments, blank lines and an uncommented "Conflicts:" list
// that end the message do not count (git-commit: so that --amend -s works on a
// message that kept it).

// endsInTrailers tells whether the last paragraph of message is trailers.
func endsInTrailers(message string) bool {
	_, ok := trailerBlock(message)
	return ok
}

// trailerBlock returns the block of trailers without what git ignores below it.
func trailerBlock(message string) (string, bool) {
	body := message[:len(message)-ignoredTail(message)]
	start := lastParagraph(body)
	if start == 0 || start <= titleEnd(message) {
		return "", false
	}
	block := body[start:]
	trailers, others := 0, 0
	git, follows := false, false
	for rest := block; rest != ""; {
		var l string
		l, rest = cutLine(rest)
		switch {
		case isBlank(l): // trailing
		case l[0] == '#':
			follows = false
		case strings.HasPrefix(l, "Signed-off-by: "), strings.HasPrefix(l, "(cherry picked from commit "):
			git, follows = true, true
			trailers++
		case l[0] == ' ' || isSpace(l[0]):
			if !follows {
				others++
			}
		case isTrailer(l):
			follows = true
			trailers++
		default:
			follows = false
			others++
		}
	}
	ok := git && trailers*3 >= others || trailers > 0 && others == 0
	return block, ok
}

// lastTrailer returns the last line that is a trailer, with its end.
func lastTrailer(message string) string {
	block, _ := trailerBlock(message)
	last := ""
	for block != "" {
		var l string
		l, block = cutLine(block)
		if !isBlank(l) && l[0] != '#' {
			last = l + "\n"
		}
	}
	return last
}

// isTrailer tells whether l has the form of a trailer: letters, digits and
// dashes, perhaps blanks, a colon.
func isTrailer(l string) bool {
	for i := 0; i < len(l); i++ {
		switch {
		case l[i] == ':':
			return i > 0
		case isLetter(l[i]), isDigit(l[i]), l[i] == '-':
			if i > 0 && (l[i-1] == ' ' || l[i-1] == '\t') {
				return false
			}
		case (l[i] == ' ' || l[i] == '\t') && i > 0:
		default:
			return false
		}
	}
	return false
}

// ignoredTail returns the length of what git ignores at the end of a message.
func ignoredTail(message string) int {
	start, conflicts := -1, false
	for at := 0; at < len(message); {
		l, rest := cutLine(message[at:])
		switch {
		case l == "" || l[0] == '#':
			if start < 0 {
				start = at
			}
		case l == "Conflicts:" && at+len(l) < len(message):
			conflicts = true
			if start < 0 {
				start = at
			}
		case conflicts && l[0] == '\t':
		default:
			start, conflicts = -1, false
		}
		at = len(message) - len(rest)
	}
	if start < 0 {
		return 0
	}
	return len(message) - start
}

// lastParagraph returns where the last paragraph of s starts, 0 if there is
// only one.
func lastParagraph(s string) int {
	start, text := 0, false
	for at, blank := 0, false; at < len(s); {
		l, rest := cutLine(s[at:])
		switch {
		case isBlank(l):
			blank = true
		case l[0] == '#':
			text = true // it makes a title
		default:
			if blank && text {
				start = at
			}
			blank, text = false, true
		}
		at = len(s) - len(rest)
	}
	return start
}

// titleEnd returns where the first paragraph ends, behind its last line end.
func titleEnd(s string) int {
	text := false
	for at := 0; at < len(s); {
		l, rest := cutLine(s[at:])
		switch {
		case isBlank(l) && text:
			return at
		case !isBlank(l):
			text = true
		}
		at = len(s) - len(rest)
	}
	if !text {
		return 0
	}
	return len(s)
}

func cutLine(s string) (line, rest string) {
	line, rest, _ = strings.Cut(s, "\n")
	return line, rest
}

func isSpace(b byte) bool { return b == ' ' || '\t' <= b && b <= '\r' }

func isBlank(l string) bool {
	for i := 0; i < len(l); i++ {
		if !isSpace(l[i]) {
			return false
		}
	}
	return true
}
