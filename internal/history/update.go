package history

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/provenance"
)

// news is one commit that an update brings.
type news struct {
	id      string // raw
	parents []string
	date    int64
	request int32
	subject uint64
	work    uint64
	claims  []news1
}

// news1 is one of its claims.
type news1 struct {
	claim
	dialect string
}

// maxBoundary is how many known commits git is told not to walk beyond; the
// newest without known children are taken. What git hands over in spite of
// being known is passed over.
const maxBoundary = 2000

// Update reads the commits that tips reach and the index does not know, and
// saves the index if there were any. Tips are full ids of commits. Commits that
// no tip reaches any more stay in the index.
func (x *Index) Update(ctx context.Context, tips []string) error {
	x.work.Lock()
	defer x.work.Unlock()
	c := x.columns.Load()
	var unknown []string
	for _, tip := range tips {
		if len(tip) != 2*c.rawLen || !git.IsID(tip) {
			return fmt.Errorf("update index: %q is no commit id of this repository", tip)
		}
		if c.find(tip) < 0 {
			unknown = append(unknown, tip)
		}
	}
	if len(unknown) > 0 {
		grown, err := x.grow(ctx, c, unknown)
		if err != nil {
			return fmt.Errorf("update index: %w", err)
		}
		for _, tip := range unknown {
			if grown.find(tip) < 0 {
				return fmt.Errorf("update index: %w", &git.MissingError{IDs: []string{tip}})
			}
		}
		x.columns.Store(grown)
		x.claims = nil
		x.save()
	}
	x.tips.Store(&tips)
	return nil
}

// grow returns the columns with what tips bring.
func (x *Index) grow(ctx context.Context, c *columns, tips []string) (*columns, error) {
	got, err := x.read(ctx, c, tips, c.boundary())
	if err != nil {
		return nil, err
	}
	if !got.complete(c) {
		// A parent that lies behind the boundary is not in the index: it is not
		// this history's. Everything is read anew.
		c = x.empty()
		if got, err = x.read(ctx, c, tips, nil); err != nil {
			return nil, err
		}
	}
	return c.append(got), nil
}

// boundary returns the newest known commits that have no known child.
func (c *columns) boundary() []string {
	isParent := newSet(c.len())
	for _, p := range c.parents {
		isParent.add(p)
	}
	var heads []string
	for i := int32(c.len()) - 1; i >= 0 && len(heads) < maxBoundary; i-- {
		if !isParent.has(i) {
			heads = append(heads, c.id(i))
		}
	}
	return heads
}

// newsList are the commits of one update, found by raw id.
type newsList struct {
	list []news
	at   map[string]int32
}

// complete reports whether every parent is among the news or known.
func (l *newsList) complete(c *columns) bool {
	for _, n := range l.list {
		for _, p := range n.parents {
			if _, ok := l.at[p]; !ok && c.findRaw([]byte(p)) < 0 {
				return false
			}
		}
	}
	return true
}

// read asks git for what tips reach and the boundary does not. git writes, one
// goroutine takes its output apart, the others read messages.
func (x *Index) read(ctx context.Context, c *columns, tips, boundary []string) (*newsList, error) {
	const block = 256
	type job struct {
		entries []git.LogEntry
		out     []news
	}
	work := make(chan *job, runtime.GOMAXPROCS(0))
	var readers sync.WaitGroup
	for range cap(work) {
		readers.Go(func() {
			for j := range work {
				for _, e := range j.entries {
					j.out = append(j.out, readNews(e))
				}
				j.entries = nil
			}
		})
	}
	var jobs []*job
	current := &job{}
	total := 0
	err := x.store.Log(ctx, tips, boundary, func(e git.LogEntry) error {
		if c.find(e.ID) >= 0 {
			return nil
		}
		e.Message = slices.Clone(e.Message)
		current.entries = append(current.entries, e)
		if total++; len(current.entries) == block {
			jobs = append(jobs, current)
			work <- current
			current = &job{}
			x.progress("commits", total, 0)
		}
		return nil
	})
	x.progress("commits", total, 0)
	jobs = append(jobs, current)
	work <- current
	close(work)
	readers.Wait()
	if err != nil {
		return nil, err
	}
	l := &newsList{list: make([]news, 0, total), at: make(map[string]int32, total)}
	for _, j := range jobs {
		for _, n := range j.out {
			l.at[n.id] = int32(len(l.list))
			l.list = append(l.list, n)
		}
	}
	return l, nil
}

// readNews reads what the index keeps of a commit.
func readNews(e git.LogEntry) news {
	n := news{id: rawOf(e.ID), date: e.Date}
	for _, p := range e.Parents {
		n.parents = append(n.parents, rawOf(p))
	}
	record := provenance.Parse(string(e.Message))
	n.request = int32(min(record.PR, maxRequest))
	n.subject = subjectHash(e.Message)
	if !slices.ContainsFunc(record.Claims, func(c provenance.Claim) bool { return c.Kind == provenance.Partial }) {
		n.work = workHash(e, n.subject)
	}
	if s, ok := titleOnly(record); ok {
		n.claims = append(n.claims, news1{
			claim:   claim{kind: claimTitle, digits: 16, id: titleID(hashSubject(s))},
			dialect: "git-revert",
		})
	}
	for _, c := range record.Claims {
		n.claims = append(n.claims, readClaim(c)...)
	}
	return n
}

// maxRequest bounds request numbers to what a column holds.
const maxRequest = 1<<31 - 1

// titleOnly returns the subject that a commit titled `Revert "subject"` takes
// back, if no line below says by id what that is: so the revert button of
// GitHub writes it, and people do.
func titleOnly(r provenance.Record) (string, bool) {
	byID := slices.ContainsFunc(r.Claims, func(c provenance.Claim) bool {
		return (c.Kind == provenance.Reverts || c.Kind == provenance.PartlyReverts) && c.ID != ""
	})
	return r.RevertSubject, r.RevertSubject != "" && !byID
}

// subjectHash identifies a commit's subject however a backport dresses it up.
func subjectHash(message []byte) uint64 {
	return hashSubject(git.Commit{Message: message}.Subject())
}

func hashSubject(subject string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(provenance.NormalSubject(subject)))
	return h.Sum64()
}

// workHash identifies what somebody wrote at some moment, under some subject: git
// cherry-pick, git rebase and git am keep all three. It is 0 for a merge and where
// one of them is missing.
func workHash(e git.LogEntry, subject uint64) uint64 {
	date := e.Author[strings.LastIndexByte(e.Author, ' ')+1:]
	if seconds, err := strconv.ParseInt(date, 10, 64); err != nil || seconds <= 0 || len(e.Parents) > 1 || subject == noSubject {
		return 0
	}
	h := fnv.New64a()
	h.Write(binary.BigEndian.AppendUint64([]byte(e.Author), subject))
	return h.Sum64()
}

// noSubject is the hash of no subject.
var noSubject = hashSubject("")

// titleID is a subject's hash as a claim keeps it.
func titleID(subject uint64) string {
	return string(binary.BigEndian.AppendUint64(nil, subject))
}

// readClaim reduces a claim; one of parts is none.
func readClaim(c provenance.Claim) []news1 {
	var out []news1
	add := func(kind claimKind, id string, request int) {
		raw, digits := packDigits(id)
		out = append(out, news1{
			claim:   claim{kind: kind, digits: digits, id: raw, request: int32(min(request, maxRequest))},
			dialect: c.Dialect,
		})
	}
	switch c.Kind {
	case provenance.Picked, provenance.Backported, provenance.Request:
		if c.ID != "" {
			add(claimPick, c.ID, 0)
		} else if c.PR > 0 {
			add(claimRequest, "", c.PR)
		}
	case provenance.Reverts:
		for _, id := range []string{c.ID, c.Upstream} {
			if id != "" {
				add(claimRevert, id, 0)
			}
		}
	}
	return out
}

// packDigits turns 7 to 64 hexadecimal digits into bytes, the last half byte
// filled up with zeros. Anything else is no id: no digits.
func packDigits(id string) (raw string, digits uint8) {
	if len(id) < 7 || len(id) > 64 {
		return "", 0
	}
	even := id
	if len(even)%2 == 1 {
		even += "0"
	}
	b, err := hex.DecodeString(even)
	if err != nil {
		return "", 0
	}
	return string(b), uint8(len(id))
}

func rawOf(id string) string {
	raw, _ := packDigits(id)
	return raw
}

// append returns columns with the news added, parents before children, in the
// order of corrected dates. c itself stays as it was.
func (c *columns) append(l *newsList) *columns {
	order := l.order(c)
	out := *c
	position := make([]int32, len(l.list)) // by place in the list
	for k, at := range order {
		position[at] = int32(c.len() + k)
	}
	out.ids = slices.Grow(c.ids, len(order)*c.rawLen)
	out.dialects = slices.Clone(c.dialects)
	for _, at := range order {
		n := &l.list[at]
		self := position[at]
		out.ids = append(out.ids, n.id...)
		for _, p := range n.parents {
			if q, ok := l.at[p]; ok {
				if position[q] < self { // not so where replace refs make a circle
					out.parents = append(out.parents, position[q])
				}
			} else if q := c.findRaw([]byte(p)); q >= 0 {
				out.parents = append(out.parents, q)
			}
		}
		out.parentEnd = append(out.parentEnd, uint32(len(out.parents)))
		out.dates = append(out.dates, n.date)
		out.requests = append(out.requests, n.request)
		out.subjects = append(out.subjects, n.subject)
		out.works = append(out.works, n.work)
		out.sigs = append(out.sigs, sigUnknown)
		out.slots = append(out.slots, unknownID)
		out.touchAt = append(out.touchAt, unknownID)
		for _, s := range n.claims {
			s.commit = self
			s.claim.dialect = out.dialect(s.dialect)
			out.claims = append(out.claims, s.claim)
		}
	}
	out.level(c.len())
	out.sort()
	return &out
}

// dialect returns the number of a dialect's name. A 256th name is forgotten.
func (c *columns) dialect(name string) uint8 {
	at := slices.Index(c.dialects, name)
	if at < 0 && len(c.dialects) == 256 {
		return 0
	}
	if at < 0 {
		at = len(c.dialects)
		c.dialects = append(c.dialects, name)
	}
	return uint8(at)
}

// order sorts the news: parents before children, else by corrected date. It
// returns places in the list.
func (l *newsList) order(c *columns) []int32 {
	const (
		fresh = iota
		open
		done
	)
	state := make([]uint8, len(l.list))
	levels := make([]int64, len(l.list))
	var stack []int32
	for start := range l.list {
		stack = append(stack[:0], int32(start))
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			n := &l.list[at]
			if state[at] == fresh {
				state[at] = open
				for _, p := range n.parents {
					if q, ok := l.at[p]; ok && state[q] == fresh {
						stack = append(stack, q)
					}
				}
				continue
			}
			stack = stack[:len(stack)-1]
			if state[at] == done {
				continue
			}
			state[at], levels[at] = done, n.date
			for _, p := range n.parents {
				if q, ok := l.at[p]; ok && state[q] == done {
					levels[at] = max(levels[at], levels[q]+1)
				} else if q := c.findRaw([]byte(p)); q >= 0 {
					levels[at] = max(levels[at], c.levels[q]+1)
				}
			}
		}
	}
	order := make([]int32, len(l.list))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		if levels[a] != levels[b] {
			return int(min(1, max(-1, levels[a]-levels[b])))
		}
		if l.list[a].id < l.list[b].id {
			return -1
		}
		return 1
	})
	return order
}
