package gate

import (
	"bytes"
	"sync"

	"backstay.dev/backstay/internal/outline"
	"backstay.dev/backstay/internal/textdiff"
)

// text is one version of a file, taken apart when somebody asks. The zero text
// is a file that is not there.
type text struct {
	lang outline.Language
	src  []byte

	onceLines, onceTokens, onceWords, onceOutline, onceUses, onceImports sync.Once

	lines   [][]byte
	tokens  []outline.Token
	words   wordSet
	outline *outline.Outline
	uses    []outline.Use
	imports []binding
}

var noText = &text{}

func (t *text) getLines() [][]byte {
	t.onceLines.Do(func() { t.lines = textdiff.Lines(t.src) })
	return t.lines
}

func (t *text) getTokens() []outline.Token {
	t.onceTokens.Do(func() { t.tokens = outline.Tokens(t.lang, t.src) })
	return t.tokens
}

func (t *text) getWords() wordSet {
	t.onceWords.Do(func() { t.words = wordsOf(t.src) })
	return t.words
}

func (t *text) getOutline() *outline.Outline {
	t.onceOutline.Do(func() { t.outline = outline.Parse(t.lang, t.src) })
	return t.outline
}

func (t *text) getUses() []outline.Use {
	t.onceUses.Do(func() { t.uses = outline.Uses(t.lang, t.src) })
	return t.uses
}

// line is a line without its end, 0-based; empty beyond the text.
func (t *text) line(n int) []byte {
	lines := t.getLines()
	if n < 0 || n >= len(lines) {
		return nil
	}
	return bytes.TrimRight(lines[n], "\r\n")
}
