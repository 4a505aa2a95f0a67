package git

import "errors"

// ErrDamagedTree says that the bytes of a tree are none.
var ErrDamagedTree = errors.New("the bytes of a tree are damaged")

// Pairs walks two trees side by side, in tree order.
type Pairs struct {
	a, b   Tree
	rawLen int
}

// NewPairs begins a walk.
func NewPairs(a, b Tree, rawLen int) *Pairs { return &Pairs{a, b, rawLen} }

// Next gives what the trees have under the next name; the mode of an entry that
// one of them lacks is 0. A file and a folder of one name are two pairs: git
// sorts them apart. ok is false at the end, and where the bytes of a tree are
// damaged: see Err.
func (p *Pairs) Next() (x, y Entry, ok bool) {
	x, afterX, okX := p.a.Next(p.rawLen)
	y, afterY, okY := p.b.Next(p.rawLen)
	if !okX && len(p.a) > 0 || !okY && len(p.b) > 0 || !okX && !okY {
		return Entry{}, Entry{}, false
	}
	order := 0
	switch {
	case !okY:
		order = -1
	case !okX:
		order = 1
	default:
		order = x.Compare(y)
	}
	if order <= 0 {
		p.a = afterX
	} else {
		x = Entry{}
	}
	if order >= 0 {
		p.b = afterY
	} else {
		y = Entry{}
	}
	return x, y, true
}

// Err is ErrDamagedTree where the walk ended before the trees did.
func (p *Pairs) Err() error {
	if len(p.a) > 0 || len(p.b) > 0 {
		return ErrDamagedTree
	}
	return nil
}

// PairName is the name of a pair.
func PairName(x, y Entry) string {
	if x.Mode != 0 {
		return string(x.Name)
	}
	return string(y.Name)
}
