package tests

import (
	"bytes"
	"context"
	"path"
	"slices"
	"strings"
)

// Brought are names that the tests of a fix use and that come with the fix
// itself: words that its product code has and the target's lacks, and files. A
// test that fails for want of one of them without the fix does so as a compiled
// one would: it cannot be built there.
type Brought map[string]bool

const (
	// maxBrought bounds the product code that is looked at, maxTestWords that of
	// the tests, in bytes.
	maxBrought   = 16 << 20
	maxTestWords = 4 << 20
	// maxNewFiles is how many new files are looked for in the tests by their names.
	maxNewFiles = 100
	// minName is how long a name is at least, in bytes: of shorter ones too many
	// mean something else.
	minName = 2
)

// Has reports whether a name is brought: "f", "m.Class.f", "a/b.py", "../b",
// "App\Fix::run". Of a name with several parts the last counts, with or without
// the suffix of a file.
func (b Brought) Has(name string) bool {
	name = strings.Trim(name, "'\"`.:/!?")
	if i := strings.LastIndexAny(name, `/\:`); i >= 0 {
		name = name[i+1:]
	}
	if b[name] || b[strings.TrimSuffix(name, path.Ext(name))] {
		return name != ""
	}
	i := strings.LastIndexByte(name, '.')
	return i >= 0 && b[name[i+1:]]
}

// brought finds the names, once all tests are put. Words of the product are
// looked at one by one: only those of the tests are kept.
func (l *layer) brought(ctx context.Context) error {
	l.out.Brings = Brought{}
	needed, left := map[string]bool{}, maxTestWords
	var texts [][]byte
	for _, c := range l.out.Changes {
		text := c.After[:min(len(c.After), left)]
		left -= len(text)
		texts = append(texts, text)
		for w := range wordsOf(text) {
			needed[w] = true
		}
	}
	there := map[string]bool{}
	files := 0
	left = maxBrought
	for _, ch := range l.product {
		if ch.old.mode == 0 {
			base := path.Base(ch.path)
			if name := strings.TrimSuffix(base, path.Ext(base)); needed[name] {
				l.out.Brings[name] = true
			}
			if files++; files <= maxNewFiles && slices.ContainsFunc(texts, func(text []byte) bool { return bytes.Contains(text, []byte(base)) }) {
				l.out.Brings[base] = true
			}
		}
		for _, side := range []struct {
			at   leaf
			into map[string]bool
		}{{ch.old, there}, {ch.new, l.out.Brings}} {
			text, err := l.text(ctx, side.at)
			if err != nil {
				return err
			}
			if left -= len(text); left < 0 { // it cannot be told any more what is new
				l.out.Brings = nil
				return nil
			}
			for w := range wordsOf(text) {
				if needed[w] {
					side.into[w] = true
				}
			}
		}
	}
	for w := range there {
		delete(l.out.Brings, w)
	}
	return nil
}

// wordsOf gives the words of a text: letters, digits, "_", and all beyond ASCII.
func wordsOf(text []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		start := -1
		for i := 0; i <= len(text); i++ {
			if i < len(text) && isWord(text[i]) {
				if start < 0 {
					start = i
				}
				continue
			}
			if start >= 0 && i-start >= minName && !yield(string(text[start:i])) {
				return
			}
			start = -1
		}
	}
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
