package gate

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/provenance"
	"backstay.dev/backstay/internal/textdiff"
)

// followup finds commits that mend or take back the fix, and that the target does
// not have either. Each is told once, whatever branches it was carried to.
func (c *Checker) followup(ctx context.Context, q Question, ch *change, r *report) error {
	if c.index == nil || len(c.opts.Tips) == 0 {
		return nil
	}
	list, err := c.mentions(ctx)
	if err != nil {
		return err
	}
	for _, s := range q.Pick.Fix.Steps {
		said := list.of(s.Commit, q.Before)
		for _, m := range said {
			if !c.told(m.by) || c.undone(list, m.by, q.Before) || c.repeats(said, m, q) {
				continue
			}
			if err := c.later(ctx, q, ch, s.Commit, m, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// told reports whether the histories that are asked for have a commit: what was
// read of another one some other day is kept, and counts for nothing. A history
// that the index does not know may have any.
func (c *Checker) told(id string) bool {
	return slices.ContainsFunc(c.opts.Tips, func(tip string) bool {
		return tip == id || !c.index.Known(tip) || c.index.IsAncestor(id, tip)
	})
}

// repeats reports whether a commit of another branch than the target was carried
// from one that says the same of the fix: what was told of that one is enough. The
// message of a copy still names the fix as the source knows it.
func (c *Checker) repeats(said []mention, m mention, q Question) bool {
	if c.index.IsAncestor(m.by, q.Pick.Target.Commit) {
		return false
	}
	origins := c.index.Origins(m.by, q.Before)
	return slices.ContainsFunc(said, func(o mention) bool {
		return o.kind == m.kind && slices.Contains(origins, o.by) && c.told(o.by)
	})
}

// where says on which branch a commit follows the fix: one that does not have the
// fix follows a backport of it.
func (c *Checker) where(fix, by string, q Question) string {
	switch {
	case c.index.IsAncestor(by, q.Pick.Target.Commit):
		return "the target itself"
	case c.index.Known(fix) && c.index.Known(by) && !c.index.IsAncestor(fix, by):
		return "another branch"
	}
	return "the source"
}

// later reports a commit that says something of the fix.
func (c *Checker) later(ctx context.Context, q Question, ch *change, fix string, m mention, r *report) error {
	day, where := time.Unix(m.date, 0).UTC().Format(time.DateOnly), c.where(fix, m.by, q)
	if m.kind == undoes {
		r.add(backport.Warning, "", -1, m.by, fmt.Sprintf("the fix was taken back on %s, by %.12s of %s", where, m.by, day))
		return nil
	}
	if known, err := c.carriedTo(ctx, m.by, q); err != nil || known {
		return err
	}
	if m.kind == mends {
		r.add(backport.Warning, "", -1, m.by, fmt.Sprintf("the fix was mended on %s, by %.12s of %s, which the target lacks", where, m.by, day))
		return nil
	}
	parents := c.index.Parents(m.by)
	if len(parents) != 1 {
		return nil
	}
	old, err := c.objects.treeOf(ctx, parents[0])
	if err != nil {
		return err
	}
	new, err := c.objects.treeOf(ctx, m.by)
	if err != nil {
		return err
	}
	deltas, err := c.objects.diff(ctx, old, new)
	if err != nil {
		return err
	}
	for _, d := range deltas {
		for _, f := range ch.files {
			if d.path != f.from || family(f.result.lang) == "" {
				continue
			}
			line, err := c.rewritten(ctx, f, d)
			if err != nil {
				return err
			}
			if line >= 0 {
				r.add(backport.Warning, f.path, line, m.by, fmt.Sprintf("a later commit of %s names the fix and changes what it added here: %.12s of %s", where, m.by, day))
				return nil
			}
		}
	}
	return nil
}

// minLine is how many bytes a line must have to be told from others like it.
const minLine = 10

// rewritten is the first line of the result, 0-based, that the pick adds and
// another change to the file removes; -1 if there is none.
func (c *Checker) rewritten(ctx context.Context, f *touched, d delta) (int, error) {
	old, err := c.text(ctx, d.path, d.old)
	if err != nil {
		return -1, err
	}
	new, err := c.text(ctx, d.path, d.new)
	if err != nil {
		return -1, err
	}
	gone := map[string]bool{}
	for _, h := range textdiff.Diff(old.src, new.src) {
		for _, l := range old.getLines()[h.OldStart : h.OldStart+h.OldCount] {
			if l = bytes.TrimSpace(l); len(l) >= minLine {
				gone[string(l)] = true
			}
		}
	}
	found := -1
	f.added(func(n int) {
		if found < 0 && gone[string(bytes.TrimSpace(f.result.line(n)))] {
			found = n
		}
	})
	return found, nil
}

// carriedTo reports whether the target, or the fix itself, has a commit.
func (c *Checker) carriedTo(ctx context.Context, id string, q Question) (bool, error) {
	if slices.ContainsFunc(q.Pick.Fix.Steps, func(s backport.Step) bool { return s.Commit == id || c.index.IsAncestor(id, s.Commit) }) {
		return true, nil
	}
	if !c.index.Known(q.Pick.Target.Commit) {
		return false, nil
	}
	p, err := c.index.Present(ctx, q.Pick.Target.Commit, []history.Query{{Fix: id, Before: q.Before}})
	if err != nil {
		return false, fmt.Errorf("look for a follow-up: %w", err)
	}
	return p[0] != nil, nil
}

// mention is a commit that says it mends or undoes another one.
type mention struct {
	by   string // full id
	date int64  // committer's, seconds since 1970
	id   string // what it names, perhaps abbreviated
	kind string
}

// The kinds of mentions.
const (
	mends    = "mends"
	undoes   = "undoes"
	refersTo = "names"
)

// mentionList has the mentions of a history by the first digits of what they
// name.
type mentionList struct {
	tips []string
	by   map[string][]mention
}

// nameDigits is how many digits a mention has at least.
const nameDigits = 7

// of lists the commits before a moment that mend or undo a commit, oldest first.
func (l *mentionList) of(id string, before int64) []mention {
	var out []mention
	for _, m := range l.by[id[:min(len(id), nameDigits)]] {
		if strings.HasPrefix(id, m.id) && m.by != id && (before == 0 || m.date < before) {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b mention) int {
		return cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(a.by, b.by), cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id))
	})
	out = slices.Compact(out) // a history that is left out once is read again
	return out[:min(len(out), maxFindings)]
}

// gone reports whether the target took back what it had of a commit when it had
// another one.
func (c *Checker) gone(l *mentionList, id, had string, q Question) bool {
	return slices.ContainsFunc(l.of(id, q.Before), func(m mention) bool {
		return m.kind == undoes && c.index.IsAncestor(had, m.by) && c.index.IsAncestor(m.by, q.Pick.Target.Commit) && !c.undone(l, m.by, q.Before)
	})
}

// undone reports whether a commit is undone by one before a moment.
func (c *Checker) undone(l *mentionList, id string, before int64) bool {
	return slices.ContainsFunc(l.of(id, before), func(m mention) bool { return m.kind == undoes && c.told(m.by) })
}

// mentions reads the messages of all commits that the tips reach and that were
// not read before.
func (c *Checker) mentions(ctx context.Context) (*mentionList, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.list != nil {
		return c.list, nil
	}
	l := loadMentions(c.opts.Mentions, c.shape())
	new := false
	err := c.objects.Log(ctx, c.opts.Tips, l.tips, func(e git.LogEntry) error {
		new = true
		l.read(e.ID, e.Date, e.Message)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what commits say of others: %w", err)
	}
	if new {
		l.tips = slices.Clone(c.opts.Tips)
		replaceFile(c.opts.Mentions, l.encode(c.shape()))
	}
	c.list = l
	return l, nil
}

// read notes what a message says. Most say nothing: only those with an id in
// them are taken apart.
func (l *mentionList) read(by string, date int64, message []byte) {
	if len(idWords(message)) == 0 {
		return
	}
	rec := provenance.Parse(string(message))
	for _, id := range rec.Fixes {
		l.add(mention{by, date, id, mends})
	}
	for _, k := range rec.Claims {
		if k.Kind == provenance.Reverts && k.ID != "" {
			l.add(mention{by, date, k.ID, undoes})
		}
	}
	if len(rec.Claims) > 0 {
		return
	}
	for _, id := range idWords(message) {
		if !slices.ContainsFunc(rec.Fixes, func(x string) bool { return strings.HasPrefix(id, x[:nameDigits]) }) {
			l.add(mention{by, date, id, refersTo})
		}
	}
}

func (l *mentionList) add(m mention) {
	if len(m.id) >= nameDigits {
		key := m.id[:nameDigits]
		l.by[key] = append(l.by[key], m)
	}
}

// maxIDs bounds the ids that are read off one message.
const maxIDs = 50

// idWords are the words of a text that may be abbreviated ids: seven
// hexadecimal digits or more, not only decimal ones.
func idWords(text []byte) []string {
	var out []string
	for i := 0; i < len(text) && len(out) < maxIDs; {
		if !inWord[text[i]] {
			i++
			continue
		}
		start, hex, letter := i, true, false
		for ; i < len(text) && inWord[text[i]]; i++ {
			c := text[i]
			letter = letter || c >= 'a' && c <= 'f'
			hex = hex && (c >= '0' && c <= '9' || c >= 'a' && c <= 'f')
		}
		if hex && i-start >= nameDigits && i-start <= 64 && letter {
			out = append(out, string(text[start:i]))
		}
	}
	return out
}
