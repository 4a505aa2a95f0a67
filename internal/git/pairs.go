package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

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

const (
	// maxPath bounds a path in bytes, and with it how deep folders lie in each
	// other.
	maxPath = 16 << 10
	// maxOpened bounds the folders that one Diff opens: trees can be nested so
	// that they have more paths than anybody can count.
	maxOpened = 500_000
)

// Diff hands over the paths at which two trees have different files, in the
// order of the paths; "" is the empty tree. The mode of an entry that is not
// there is 0 and its id ""; a file and a folder of one name are two paths, and a
// renamed file is, too. Equal subtrees are not opened, nor is a folder that enter
// does not want (nil: all). An error of f ends the walk; fs.SkipAll ends it
// without one.
func (t *Trees) Diff(ctx context.Context, a, b string, enter func(path string) bool, f func(path string, x, y Entry) error) error {
	d := differ{trees: t, enter: enter, f: f}
	err := d.walk(ctx, a, b, "")
	t.together(d.files)
	if err != nil && !errors.Is(err, fs.SkipAll) {
		return err
	}
	return nil
}

// A differ is one Diff.
type differ struct {
	trees  *Trees
	enter  func(path string) bool
	f      func(path string, x, y Entry) error
	opened int
	// files are those handed over, where it helps to know.
	files []string
}

// note adds the files of a pair to those that may be read next.
func (d *differ) note(x, y Entry) {
	if !d.trees.Fetches() || len(d.files) > maxGroup {
		return
	}
	for _, e := range []Entry{x, y} {
		if e.Mode != 0 && e.Mode != ModeGitlink {
			d.files = append(d.files, e.ID())
		}
	}
}

func (d *differ) walk(ctx context.Context, a, b, prefix string) error {
	if a == b {
		return nil
	}
	if d.opened++; d.opened > maxOpened || len(prefix) > maxPath {
		return fmt.Errorf("compare trees: more than %d folders differ, or a path is longer than %d bytes", maxOpened, maxPath)
	}
	left, err := d.trees.Tree(ctx, a)
	if err != nil {
		return err
	}
	right, err := d.trees.Tree(ctx, b)
	if err != nil {
		return err
	}
	pairs := NewPairs(left, right, d.trees.Format.RawLen())
	for x, y, ok := pairs.Next(); ok; x, y, ok = pairs.Next() {
		if x.Same(y) {
			continue
		}
		path := prefix + PairName(x, y)
		if !x.IsTree() && !y.IsTree() {
			d.note(x, y)
			err = d.f(path, x, y)
		} else if d.enter == nil || d.enter(path) { // never a folder and a file: git sorts them apart
			err = d.walk(ctx, x.ID(), y.ID(), path+"/")
		}
		if err != nil {
			return err
		}
	}
	if err := pairs.Err(); err != nil {
		return fmt.Errorf("compare trees %s and %s: %w", a, b, err)
	}
	return nil
}
