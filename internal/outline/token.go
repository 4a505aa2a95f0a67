package outline

// Kind is what a token is, as far as a lexer can tell.
type Kind uint8

// The kinds of tokens.
const (
	Space     Kind = iota // blanks, and a line's end that is escaped
	Newline               // "\n" or "\r\n", each its own token
	Comment               // with its delimiters, without the line end
	Word                  // an identifier or keyword, with a sigil where the language has them
	Number                // with suffixes
	String                // or a piece of one, with its delimiters; a regular expression; a text that isn't code
	Punct                 // one operator or bracket
	Directive             // "#" and the name of a preprocessor line: "#ifdef"
)

// Token is a piece of text: the bytes from Start, until before End.
//
// A string with code inside is several tokens: a String up to and with the
// opening of the code ("${", "#{", "{"), the code's own tokens, and a String
// that begins with what closes the code. The body of a here document is a String
// for each line.
type Token struct {
	Kind       Kind
	Start, End int
}

// Tokens cuts a text up. It never fails: a string that may not span lines ends
// at the line's end if its delimiter is missing, other unfinished things at the
// end of the text.
func Tokens(lang Language, src []byte) []Token {
	return lex(lang, src).toks
}

// lex runs the lexer of a language over a text.
func lex(lang Language, src []byte) *lexer {
	g := grammars[lang]
	if g == nil {
		g = grammars[Plain]
	}
	l := &lexer{g: g, src: src, toks: make([]Token, 0, len(src)/4+8), lineStart: true, last: -1}
	if g.begin != nil {
		g.begin(l)
	}
	for l.pos < len(src) {
		l.step()
	}
	for _, t := range l.open {
		l.fault(t.at, "unterminated string")
	}
	return l
}
