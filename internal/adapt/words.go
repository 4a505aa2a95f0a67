package adapt

// words calls f with each identifier and number of a text.
func words(text []byte, f func(word []byte)) {
	start := -1
	for i, b := range text {
		if b == '_' || b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' || b >= 0x80 {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			f(text[start:i])
			start = -1
		}
	}
	if start >= 0 {
		f(text[start:])
	}
}

// bag counts the words of a text.
type bag map[string]int

func bagOf(text []byte) bag {
	b := bag{}
	words(text, func(w []byte) { b[string(w)]++ })
	return b
}

func (b bag) size() int {
	n := 0
	for _, k := range b {
		n += k
	}
	return n
}

// common is how many words two bags share.
func (b bag) common(o bag) int {
	n := 0
	for w, k := range b {
		n += min(k, o[w])
	}
	return n
}

// minus are the words that b has more often than o.
func (b bag) minus(o bag) bag {
	out := bag{}
	for w, k := range b {
		if k > o[w] {
			out[w] = k - o[w]
		}
	}
	return out
}

// alike is Dice's measure of two bags: 1 for equal ones, and for two empty
// ones.
func (b bag) alike(o bag) float32 {
	n := b.size() + o.size()
	if n == 0 {
		return 1
	}
	return 2 * float32(b.common(o)) / float32(n)
}
