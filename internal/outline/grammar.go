package outline

import "maps"

// A grammar is all the lexer knows of a language.
type grammar struct {
	line       []string    // what begins a comment that ends with the line
	continued  bool        // a backslash goes on with such a comment
	block      [][2]string // comments with an end
	nested     bool        // they nest
	quotes     []quote     // ways to write a string, the longer openings first
	word, part string      // bytes that may begin words, or go on in them, besides letters and digits
	tail       bool        // a word may end in "?" or "!"
	floats     bool        // "1.f"
	separators bool        // "1'000"
	touching   string      // bytes besides quotes where prefix is asked
	hooks      string      // bytes at which hook is asked first
	hook       func(*lexer, byte) bool
	begin      func(*lexer)                     // asked once, at the head of the text
	prefix     func(l *lexer, wordEnd int) bool // asked where a word touches a quote
	class      [256]uint8                       // made of the above
}

var (
	slashes = [][2]string{{"/*", "*/"}}
	double  = quote{open: `"`, close: `"`, escape: true}
	single  = quote{open: `'`, close: `'`, escape: true}
	oneLine = []quote{double, single}
	triples = []quote{
		{open: `"""`, close: `"""`, escape: true, lines: true},
		{open: `'''`, close: `'''`, escape: true, lines: true},
		double, single,
	}
)

var grammars = built(map[Language]*grammar{
	Plain: {},
	C:     {line: []string{"//"}, continued: true, block: slashes, quotes: oneLine, word: "$", floats: true, hooks: "#", hook: cHook, prefix: cPrefix},
	CPP:   {line: []string{"//"}, continued: true, block: slashes, quotes: oneLine, word: "$", floats: true, separators: true, hooks: "#", hook: cHook, prefix: cPrefix},
	Go:    {line: []string{"//"}, block: slashes, quotes: []quote{double, single, {open: "`", close: "`", lines: true}}},
	Java:  {line: []string{"//"}, block: slashes, quotes: triples[:1:1], word: "$", floats: true, hooks: `"'`, hook: javaHook},
	Groovy: {line: []string{"//"}, block: slashes, quotes: []quote{
		{open: `"""`, close: `"""`, escape: true, lines: true, code: "${", codeEnd: '}'},
		{open: `'''`, close: `'''`, escape: true, lines: true},
		{open: `"`, close: `"`, escape: true, code: "${", codeEnd: '}'},
		single,
	}, word: "$", begin: shebang},
	Kotlin: {line: []string{"//"}, block: slashes, nested: true, quotes: []quote{
		{open: `"""`, close: `"""`, lines: true, code: "${", codeEnd: '}'},
		{open: `"`, close: `"`, escape: true, code: "${", codeEnd: '}'},
		single,
	}},
	CSharp:     {line: []string{"//"}, block: slashes, quotes: append([]quote{{open: `@"`, close: `"`, doubled: true, lines: true}}, oneLine...), word: "@", hooks: "#", hook: cHook},
	JavaScript: {line: []string{"//"}, block: slashes, quotes: jsQuotes, word: "$", hooks: "/#", hook: jsHook, begin: shebang},
	TypeScript: {line: []string{"//"}, block: slashes, quotes: jsQuotes, word: "$", hooks: "/#", hook: jsHook, begin: shebang},
	Rust:       {line: []string{"//"}, block: slashes, nested: true, quotes: []quote{{open: `"`, close: `"`, escape: true, lines: true}}, hooks: `'`, hook: rustHook, prefix: rustPrefix, touching: "#", begin: shebang},
	PHP: {line: []string{"//", "#"}, block: slashes, quotes: []quote{
		{open: `"`, close: `"`, escape: true, lines: true},
		{open: `'`, close: `'`, escape: true, lines: true},
		{open: "`", close: "`", escape: true, lines: true},
	}, word: "$", hooks: "#?</", hook: phpHook, begin: phpText},
	Proto:  {line: []string{"//"}, block: slashes, quotes: oneLine},
	Python: {line: []string{"#"}, quotes: triples, prefix: pythonPrefix},
	Ruby: {line: []string{"#"}, quotes: []quote{
		{open: `"`, close: `"`, escape: true, lines: true, code: "#{", codeEnd: '}'},
		{open: `'`, close: `'`, escape: true, lines: true},
		{open: "`", close: "`", escape: true, lines: true, code: "#{", codeEnd: '}'},
	}, tail: true, hooks: "/%?$@=_<:", hook: rubyHook},
	Shell: {quotes: []quote{
		{open: `"`, close: `"`, escape: true, lines: true, code: "$(", codeEnd: ')'},
		{open: `'`, close: `'`, lines: true},
	}, part: "-", hooks: "#$<\\'\"", hook: shellHook},
	YAML:     {quotes: yamlQuotes, part: "-./", hooks: "#\"'|>", hook: yamlHook},
	JSON:     {line: []string{"//"}, block: slashes, quotes: oneLine},
	TOML:     {line: []string{"#"}, quotes: []quote{triples[0], {open: `'''`, close: `'''`, lines: true}, double, {open: `'`, close: `'`}}, part: "-"},
	INI:      {part: "-.", hooks: "#;!", hook: iniHook},
	XML:      {block: [][2]string{{"<!--", "-->"}}, quotes: markupQuotes, part: "-.", hooks: "<>\"'", hook: markupHook},
	HTML:     {block: [][2]string{{"<!--", "-->"}}, quotes: markupQuotes, part: "-.", hooks: "<>\"'", hook: markupHook},
	Markdown: {block: [][2]string{{"<!--", "-->"}}, part: "-'"},
	Make:     {part: "-./%", hooks: "#", hook: makeHook},
	CSS:      {block: slashes, quotes: oneLine, word: "-@", hooks: "/", hook: cssHook},
	Tcl:      {quotes: []quote{double}, word: "$", part: ":", hooks: "#\"", hook: tclHook},
	Lua:      {line: []string{"--"}, block: [][2]string{{"--[[", "]]"}}, quotes: append([]quote{{open: "[[", close: "]]", lines: true}}, oneLine...)},
	SQL:      {line: []string{"--"}, block: slashes, quotes: []quote{{open: `'`, close: `'`, doubled: true, lines: true}, {open: `"`, close: `"`, doubled: true}}},
})

// built fills in the classes of bytes.
func built(all map[Language]*grammar) map[Language]*grammar {
	for g := range maps.Values(all) {
		for c := range 256 {
			b := byte(c)
			switch {
			case letter(b):
				g.class[c] |= isWord | isPart
			case digit(b):
				g.class[c] |= isDigit | isPart
			}
		}
		mark := func(list string, bits uint8) {
			for i := range len(list) {
				g.class[list[i]] |= bits
			}
		}
		mark(" \t\v\f", isSpace)
		mark(g.word, isWord|isPart)
		mark(g.part, isPart)
		mark(g.hooks, isHook)
		mark(g.touching, isQuote)
		for _, s := range g.line {
			mark(s[:1], isNote)
		}
		for _, b := range g.block {
			mark(b[0][:1], isNote)
		}
		for _, q := range g.quotes {
			mark(q.open[:1], isQuote)
		}
	}
	return all
}

// shebang takes a "#!" line at the head of a text for a comment.
func shebang(l *lexer) {
	if l.has("#!") && l.at(2) != '[' {
		l.emit(Comment, l.lineEnd(0))
	}
}
