package history

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"sync/atomic"

	"backstay.dev/backstay/internal/git"
)

// Options say how an index is kept.
type Options struct {
	// File is the index file; "" keeps the index in memory only.
	File string
	// Progress, if set, is told how far a long computation is: stage is
	// "commits", "changed paths", "touched paths" or "patch-ids", total is 0 where it is not
	// known. Calls do not overlap.
	Progress func(stage string, done, total int)
}

// Index answers questions about history. Its methods may be called by several
// goroutines at once; those that may have to compute something wait for one
// another.
type Index struct {
	store    *git.Store
	opts     Options
	format   git.Format
	identity [sha256.Size]byte

	columns atomic.Pointer[columns]
	tips    atomic.Pointer[[]string] // of the last Update, nil before

	work    sync.Mutex  // held while columns, sigs, slots, patchIDs or touched change
	claims  *claimGraph // of columns; nil until it is needed
	saveErr error

	reporting sync.Mutex
}

// Open reads the index file. A file that is missing, damaged, of another
// version or of another repository is as good as an empty index: Update fills
// it. The store must have been made for repo.
func Open(ctx context.Context, repo *git.Repo, store *git.Store, opts Options) (*Index, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	x := &Index{store: store, opts: opts, format: repo.Format, identity: identity(repo, store)}
	c := x.empty()
	if opts.File != "" {
		if found := load(opts.File, x.identity, c.rawLen); found != nil {
			c = found
		}
	}
	x.columns.Store(c)
	return x, nil
}

// graph returns the claims of the current columns; work is held.
func (x *Index) graph() *claimGraph {
	if x.claims == nil {
		x.claims = newClaimGraph(x.columns.Load())
	}
	return x.claims
}

func (x *Index) empty() *columns { return &columns{rawLen: x.format.RawLen()} }

// save writes the index file. Answers do not depend on it: what went wrong is
// for SaveError.
func (x *Index) save() {
	if x.opts.File == "" {
		return
	}
	x.saveErr = save(x.opts.File, x.columns.Load().encode(x.identity))
}

// SaveError tells why the index file could not be written the last time, nil
// if it could. The index itself is complete in any case; only the next process
// will compute again what this one did.
func (x *Index) SaveError() error {
	x.work.Lock()
	defer x.work.Unlock()
	return x.saveErr
}

func (x *Index) progress(stage string, done, total int) {
	if x.opts.Progress == nil {
		return
	}
	x.reporting.Lock()
	defer x.reporting.Unlock()
	x.opts.Progress(stage, done, total)
}

// Len is the number of commits known.
func (x *Index) Len() int { return x.columns.Load().len() }

// Known reports whether the index has this commit, by its full id.
func (x *Index) Known(id string) bool { return x.columns.Load().find(id) >= 0 }

// Date is a commit's committer date in seconds since 1970, 0 if the commit is
// not known.
func (x *Index) Date(id string) int64 {
	c := x.columns.Load()
	i := c.find(id)
	if i < 0 {
		return 0
	}
	return c.dates[i]
}

// Parents are a commit's parents as git log shows them, nil if the commit is
// not known.
func (x *Index) Parents(id string) []string {
	c := x.columns.Load()
	i := c.find(id)
	if i < 0 {
		return nil
	}
	var out []string
	for _, p := range c.parentsOf(i) {
		out = append(out, c.id(p))
	}
	return out
}

// IsAncestor reports whether b reaches a; every commit reaches itself. Where
// either is not known the answer is false.
func (x *Index) IsAncestor(a, b string) bool {
	c := x.columns.Load()
	i, j := c.find(a), c.find(b)
	return i >= 0 && j >= 0 && c.isAncestor(i, j)
}

// PatchID is the commit's stable patch-id as far as it was computed, "" if it
// was not, or if there is none.
func (x *Index) PatchID(id string) string {
	x.work.Lock()
	defer x.work.Unlock()
	c := x.columns.Load()
	i := c.find(id)
	if i < 0 {
		return ""
	}
	return hexID(c.patchID(i))
}
