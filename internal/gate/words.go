package gate

import "slices"

// A wordSet is the set of words of a text, as sorted hashes. Two words of one
// hash look like one: among 100,000 words that happens to a given other one
// with a chance of 1 in 40,000, and then a missing name is not found missing.
type wordSet []uint32

// wordOf hashes a word as wordsOf does.
func wordOf(word string) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(word); i++ {
		h = (h ^ uint32(word[i])) * 16777619
	}
	return h
}

// inWord says which bytes make up words: those of identifiers in any of the
// languages, with all bytes above ASCII.
var inWord = func() (table [256]bool) {
	for c := range table {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '$', c >= 0x80:
			table[c] = true
		}
	}
	return table
}()

// wordsOf collects the words of a text, wherever they stand: code, comments and
// strings. What begins with a digit is no word.
func wordsOf(src []byte) wordSet {
	seen := make(map[uint32]struct{}, len(src)/64)
	for i := 0; i < len(src); {
		if !inWord[src[i]] {
			i++
			continue
		}
		start := i
		h := uint32(2166136261)
		for ; i < len(src) && inWord[src[i]]; i++ {
			h = (h ^ uint32(src[i])) * 16777619
		}
		if c := src[start]; c >= '0' && c <= '9' {
			continue
		}
		seen[h] = struct{}{}
	}
	set := make(wordSet, 0, len(seen))
	for h := range seen {
		set = append(set, h)
	}
	slices.Sort(set)
	return set
}

func (s wordSet) has(word uint32) bool {
	_, ok := slices.BinarySearch(s, word)
	return ok
}

func (s wordSet) hasAll(words []uint32) bool {
	for _, w := range words {
		if !s.has(w) {
			return false
		}
	}
	return true
}
