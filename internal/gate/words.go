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
	var seen hashSet
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
		if c := src[start]; c < '0' || c > '9' {
			seen.add(h)
		}
	}
	return seen.sorted()
}

// hashSet collects hashes: a table with open addressing, half full at most.
type hashSet struct {
	table []uint32 // 0 is an empty place
	n     int
	zero  bool // 0 itself is in the set
}

func (s *hashSet) add(h uint32) {
	if h == 0 {
		s.zero = true
		return
	}
	if 2*s.n >= len(s.table) {
		old := s.table
		s.table, s.n = make([]uint32, max(1024, 2*len(old))), 0
		for _, x := range old {
			if x != 0 {
				s.add(x)
			}
		}
	}
	mask := uint32(len(s.table) - 1)
	for i := (h ^ h>>16) & mask; ; i = (i + 1) & mask {
		switch s.table[i] {
		case h:
			return
		case 0:
			s.table[i] = h
			s.n++
			return
		}
	}
}

func (s *hashSet) sorted() wordSet {
	out := make(wordSet, 0, s.n+1)
	if s.zero {
		out = append(out, 0)
	}
	for _, x := range s.table {
		if x != 0 {
			out = append(out, x)
		}
	}
	slices.Sort(out)
	return out
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
