package git

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// A bringer has the user's git fetch what a partial clone lacks
// (Options.Fetch). A journey to the remote costs as much for one object as for
// thousands, so those who ask at the same time share one, and what was listed
// together is fetched together: who reads one file of a change reads the others
// next.
type bringer struct {
	store *Store
	// turn is held by who fetches.
	turn chan struct{}

	mu sync.Mutex
	// next is what the next journey is for; nil: nobody waits.
	next *journey
	// nowhere are objects that no remote had.
	nowhere map[string]bool
	// failed is why no remote could be asked: none is asked again.
	failed error
	// group is the number of the list that an object was in last.
	group  map[string]int32
	groups [][]string
	listed int
}

// A journey is one fetch for all who wait for it.
type journey struct {
	ids  []string
	done chan struct{}
	err  error
}

// maxListed bounds the objects that are remembered as listed together, and
// maxGroup those of one list that are fetched because of one of them.
const (
	maxListed = 1 << 20
	maxGroup  = 1 << 16
)

func newBringer(s *Store) *bringer {
	return &bringer{store: s, turn: make(chan struct{}, 1), nowhere: map[string]bool{}, group: map[string]int32{}}
}

// together notes trees and files that somebody lists and may read.
func (b *bringer) together(ids []string) {
	if b == nil || len(ids) < 2 || len(ids) > maxGroup {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listed += len(ids); b.listed > maxListed {
		clear(b.group)
		b.groups, b.listed = nil, len(ids)
	}
	n := int32(len(b.groups))
	b.groups = append(b.groups, ids)
	for _, id := range ids {
		b.group[id] = n
	}
}

// companions are ids and what was listed together with them, each once.
func (b *bringer) companions(ids []string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := slices.Clone(ids)
	for _, id := range ids {
		if n, ok := b.group[id]; ok {
			out = append(out, b.groups[n]...)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(id string) bool { return b.nowhere[id] && !slices.Contains(ids, id) })
}

// fetch brings objects, with others that were asked for meanwhile. It is nil
// where all of ids are there now, a *MissingError where no remote has one.
func (b *bringer) fetch(ctx context.Context, ids []string) error {
	for {
		j, err := b.join(ids)
		if err != nil {
			return err
		}
		if j == nil {
			return b.unfound(ids, nil)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-j.done:
		case b.turn <- struct{}{}:
			b.travel(ctx, j)
			<-b.turn
		}
		<-j.done
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !errors.Is(j.err, context.Canceled) && !errors.Is(j.err, context.DeadlineExceeded) {
			return b.unfound(ids, j.err)
		} // who went for us was called back
	}
}

// join adds to the next journey; nil where it is known that none of ids can be had.
func (b *bringer) join(ids []string) (*journey, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed != nil {
		return nil, b.failed
	}
	if !slices.ContainsFunc(ids, func(id string) bool { return !b.nowhere[id] }) {
		return nil, nil
	}
	if b.next == nil {
		b.next = &journey{done: make(chan struct{})}
	}
	for _, id := range ids {
		if !b.nowhere[id] {
			b.next.ids = append(b.next.ids, id)
		}
	}
	return b.next, nil
}

// travel makes a journey, unless somebody has made it.
func (b *bringer) travel(ctx context.Context, j *journey) {
	b.mu.Lock()
	if b.next != j {
		b.mu.Unlock()
		return
	}
	b.next = nil
	slices.Sort(j.ids)
	j.ids = slices.Compact(j.ids)
	err := b.failed
	b.mu.Unlock()
	defer close(j.done)
	if err == nil {
		err = b.store.fetchMissing(ctx, j.ids)
	}
	if ctx.Err() != nil {
		j.err = ctx.Err()
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var nowhere *MissingError
	var failed *FetchError
	switch {
	case errors.As(err, &failed):
		b.failed, j.err = err, err
	case errors.As(err, &nowhere):
		for _, id := range nowhere.IDs {
			b.nowhere[id] = true
		}
	default:
		j.err = err
	}
}

// unfound is err, or that some of ids are nowhere.
func (b *bringer) unfound(ids []string, err error) error {
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var lacks []string
	for _, id := range ids {
		if b.nowhere[id] {
			lacks = append(lacks, id)
		}
	}
	if len(lacks) > 0 {
		return &MissingError{IDs: lacks}
	}
	return nil
}

// Fetch fetches those trees and files among ids that a partial clone lacks, all
// in one go. It fails with a *MissingError where no remote has one of them or
// Options.Fetch is off, with a *FetchError where none could be asked.
func (s *Store) Fetch(ctx context.Context, ids []string) error {
	for _, id := range ids {
		if !IsID(id) {
			return fmt.Errorf("fetch missing objects: %.100q is no object id", id)
		}
	}
	lacks, err := s.lacking(ctx, ids)
	switch {
	case err != nil || len(lacks) == 0:
		return err
	case s.bringer == nil:
		return &MissingError{IDs: lacks}
	}
	return s.bringer.fetch(ctx, lacks)
}

// Bring is Fetch for what is about to be read piece by piece: it does nothing
// where it may not, and what cannot be had is told by who reads it. Of ids it
// passes over what is none.
func (s *Store) Bring(ctx context.Context, ids []string) error {
	if s.bringer == nil || isLocal(ctx) {
		return nil
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !IsID(id) || strings.Trim(id, "0") == "" })
	if len(ids) == 0 {
		return nil
	}
	var missing *MissingError
	var failed *FetchError
	if err := s.Fetch(ctx, ids); !errors.As(err, &missing) && !errors.As(err, &failed) {
		return err
	}
	return nil
}

// Fetches reports whether what a partial clone lacks is fetched: then it is
// worth telling early what will be read (Bring).
func (s *Store) Fetches() bool { return s.bringer != nil }

// FetchError is why git could not fetch what this store was asked for, nil if
// it could or was not asked. What the answers lack for that they say themselves.
func (s *Store) FetchError() error {
	if s.bringer == nil {
		return nil
	}
	s.bringer.mu.Lock()
	defer s.bringer.mu.Unlock()
	return s.bringer.failed
}

// together notes what is listed and may be read.
func (s *Store) together(ids []string) { s.bringer.together(ids) }

// mended brings what an error says to be missing and reports whether it is worth
// asking again.
func (s *Store) mended(ctx context.Context, err error) bool {
	var missing *MissingError
	if err == nil || s.bringer == nil || isLocal(ctx) || !errors.As(err, &missing) {
		return false
	}
	for _, id := range missing.IDs {
		if len(id) != 2*s.Format.RawLen() {
			return false // abbreviated: there is nothing to ask for
		}
	}
	wanted := missing.IDs
	if more := s.bringer.companions(wanted); len(more) > len(wanted) {
		if gone, err := s.absent(ctx, more); err == nil {
			wanted = wanted[:0:0]
			for _, id := range more {
				if gone[id] {
					wanted = append(wanted, id)
				}
			}
		}
	}
	if len(wanted) == 0 {
		return true // somebody else brought it
	}
	if err := s.bringer.fetch(ctx, wanted); err != nil {
		var nowhere *MissingError
		return errors.As(err, &nowhere) && !slices.ContainsFunc(missing.IDs, func(id string) bool { return slices.Contains(nowhere.IDs, id) })
	}
	return true
}

// maxMissed bounds the ids that Missed tells.
const maxMissed = 1 << 16

// miss notes the objects for want of which somebody got no answer.
func (s *Store) miss(ctx context.Context, err error) {
	var missing *MissingError
	if err == nil || isLocal(ctx) || !errors.As(err, &missing) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range missing.IDs {
		if len(s.missed) < maxMissed {
			s.missed[id] = true
		}
	}
}

// Missed are the objects that were asked for and that the repository lacks,
// sorted: what was said without them is not all that there is to say.
func (s *Store) Missed() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.missed))
}

type localKey struct{}

// Local returns a context in which reading fetches nothing: for objects that
// somebody names and that may well be nowhere.
func Local(ctx context.Context) context.Context { return context.WithValue(ctx, localKey{}, true) }

func isLocal(ctx context.Context) bool { return ctx.Value(localKey{}) != nil }
