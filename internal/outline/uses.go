package outline

// Use is one mention of an identifier.
type Use struct {
	Name      string // the identifier
	Qualifier string // the word before ".", "->" or "::", "" if none
	Kind      string // "call", "member", "name", "import" or "key"
	Args      int    // arguments of a call, -1 if unknown and for other kinds
	Line      int    // 0-based
}

// Uses gives every mention of an identifier outside comments and strings,
// definitions' own names included.
func Uses(lang Language, src []byte) []Use {
	c := newCode(lang, src)
	c.match()
	uses := make([]Use, 0, len(c.toks)/2)
	for i := range c.toks {
		if c.toks[i].kind != Word || Keyword(lang, c.text(i)) {
			continue
		}
		u := Use{Name: string(c.text(i)), Kind: "name", Args: -1, Line: c.line(i)}
		if i > 0 && c.member(i-1) {
			u.Kind = "member"
			if i > 1 && c.toks[i-2].kind == Word {
				u.Qualifier = string(c.text(i - 2))
			}
		}
		if c.is(i+1, "(") {
			u.Kind = "call"
			u.Args = c.arguments(i + 1)
		}
		uses = append(uses, u)
	}
	return uses
}
