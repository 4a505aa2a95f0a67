package textdiff

// A Numbering gives equal pieces of text equal numbers, for DiffSymbols: the
// first is 0, each that is new the next. Make one with make or as Numbering{}.
type Numbering map[string]int32

// Of is the number of a piece.
func (n Numbering) Of(piece []byte) int32 {
	v, ok := n[string(piece)]
	if !ok {
		v = int32(len(n))
		n[string(piece)] = v
	}
	return v
}

// All are the numbers of pieces.
func (n Numbering) All(pieces [][]byte) []int32 {
	out := make([]int32, len(pieces))
	for i, p := range pieces {
		out[i] = n.Of(p)
	}
	return out
}
