package fine

import "unicode/utf8"

// words cuts a text into what a merge of tokens treats as one: runs of letters,
// digits and underscores, runs of blanks, line ends, and punctuation, where
// operators of two characters are one. Strings and comments have no unit of
// their own, so what stands in them is merged word by word. Joined, the words
// are the text; they are parts of it, not copies.
func words(text []byte) [][]byte {
	out := make([][]byte, 0, len(text)/4+1)
	for len(text) > 0 {
		n := word(text)
		out = append(out, text[:n:n])
		text = text[n:]
	}
	return out
}

// word is the length of the word at the head of a text that is not empty.
func word(text []byte) int {
	switch c := text[0]; {
	case letter(c):
		n := 1
		for n < len(text) && letter(text[n]) {
			n++
		}
		return n
	case blank(c):
		n := 1
		for n < len(text) && blank(text[n]) {
			n++
		}
		return n
	case c == '\r' && len(text) > 1 && text[1] == '\n':
		return 2
	case len(text) > 1 && operator(c, text[1]):
		return 2
	}
	return 1
}

func letter(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\f' || c == '\v' }

// operator says whether two characters are one sign in most languages.
func operator(a, b byte) bool {
	switch a {
	case '=', '!':
		return b == '=' || b == '~' || a == '=' && b == '>'
	case '<':
		return b == '=' || b == '<' || b == '-'
	case '>':
		return b == '=' || b == '>'
	case '-':
		return b == '>' || b == '-' || b == '='
	case '+':
		return b == '+' || b == '='
	case '&', '|', ':', '.', '?':
		return b == a || b == '=' && a != '.' && a != '?'
	case '/':
		return b == '/' || b == '*'
	case '*':
		return b == '/' || b == '*' || b == '='
	}
	return false
}
