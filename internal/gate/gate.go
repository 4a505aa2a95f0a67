package gate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/cache"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
)

// Options say how a Checker works.
type Options struct {
	// Memory bounds what is kept from one pick to the next, in bytes; 256 MiB
	// by default.
	Memory int
	// Tips are the commits whose histories tell what became of a fix on the
	// source, full ids; without them nothing is said of follow-ups.
	Tips []string
	// Mentions and Words are files that keep, from one process to the next,
	// what these histories say and which words files have; "" for in memory
	// only. Both are caches and may be deleted at any time.
	Mentions, Words string
}

// Checker says what is suspicious about picks. It may be used by several
// goroutines at once.
type Checker struct {
	objects *objects
	index   *history.Index
	texts   *cache.Cache[string, *text]

	mu           sync.Mutex
	opts         Options
	list         *mentionList           // nil until it is needed
	vocabularies map[string]*vocabulary // by family
	carried      map[string][]history.Carried
	carriedAt    int // commits in the index when carried was made

	wordsMu sync.Mutex
	stored  *wordStore // nil until it is needed
}

// New makes a checker that reads through this store. index may be nil: then
// nothing is said of what other commits did.
func New(store *git.Store, index *history.Index, opts Options) *Checker {
	if opts.Memory <= 0 {
		opts.Memory = 256 << 20
	}
	return &Checker{
		objects:      newObjects(store, opts.Memory/8),
		index:        index,
		texts:        cache.New[string, *text](opts.Memory * 3 / 8),
		opts:         opts,
		vocabularies: map[string]*vocabulary{},
	}
}

// Question is one pick that has a tree.
type Question struct {
	Pick backport.Pick
	// Tree is the result's id; Pick.Tree if empty.
	Tree string
	// Before is a committer date in seconds since 1970: commits of that date or
	// later are not consulted, the fix's own excepted. 0 is no bound.
	Before int64
	// Own are the commits that the tree is of, where it is a commit's already:
	// they are no earlier backport, and vouch for nothing.
	Own []string
}

// maxFindings bounds the findings of one check on one pick.
const maxFindings = 20

// A check looks at a change and reports what it finds.
type check func(*Checker, context.Context, Question, *change, *report) error

// namedCheck is a check by the name that its findings bear.
type namedCheck struct {
	name string
	run  check
}

// withoutTree are the checks of a pick that conflicts: whoever is about to resolve it
// wants to know that somebody did so before.
var withoutTree = []namedCheck{{"namesake", (*Checker).namesake}}

// checks are the gates, in the order in which their findings are told.
var checks = []namedCheck{
	{"marker", (*Checker).markers},
	{"parse", (*Checker).parse},
	{"placement", (*Checker).placement},
	{"unbound", (*Checker).unbound},
	{"import", (*Checker).imported},
	{"moved", (*Checker).moved},
	{"missing", (*Checker).missing},
	{"key", (*Checker).keys},
	{"arity", (*Checker).arity},
	{"leftover", (*Checker).leftover},
	{"dialect", (*Checker).dialect},
	{"neighbour", (*Checker).neighbour},
	{"namesake", (*Checker).namesake},
	{"followup", (*Checker).followup},
	{"sibling", (*Checker).sibling},
}

// report collects the findings of one check.
type report struct {
	check    string
	findings []backport.Finding
}

// add notes a finding; the line is 0-based, -1 for none.
func (r *report) add(severity backport.Severity, path string, line int, commit, text string) {
	r.lack("", severity, path, line, commit, text)
}

// lack is add for what says that something of this name is not there.
func (r *report) lack(name string, severity backport.Severity, path string, line int, commit, text string) {
	if len(r.findings) < maxFindings {
		r.findings = append(r.findings, backport.Finding{Check: r.check, Severity: severity, Path: path, Line: line + 1, Commit: commit, Lacks: name, Text: text})
	}
}

// Check says what is suspicious about a pick that has a tree, whoever made it, and of
// one that conflicts whether the target has it by another way.
// Findings come by check, then by path and line; the tree is never changed.
// Where a partial clone lacks what a check wants to see, the check says what it
// found until then; that the files of the pick themselves are lacking is an
// error.
func (c *Checker) Check(ctx context.Context, q Question) ([]backport.Finding, error) {
	if q.Tree == "" {
		q.Tree = q.Pick.Tree
	}
	if q.Tree == "" && q.Pick.Outcome == backport.Conflict {
		return c.run(ctx, q, &change{}, withoutTree)
	}
	if q.Tree == "" || !q.Pick.Outcome.HasTree() || q.Pick.Outcome == backport.Present {
		return nil, nil
	}
	ch, err := c.read(ctx, q)
	if err != nil || len(ch.files) == 0 {
		return nil, err
	}
	return c.run(ctx, q, ch, checks)
}

func (c *Checker) run(ctx context.Context, q Question, ch *change, checks []namedCheck) ([]backport.Finding, error) {
	var all []backport.Finding
	for _, k := range checks {
		r := &report{check: k.name}
		var missing *git.MissingError
		if err := k.run(c, ctx, q, ch, r); err != nil && !errors.As(err, &missing) {
			return nil, fmt.Errorf("check %s: %w", k.name, err)
		}
		slices.SortStableFunc(r.findings, func(a, b backport.Finding) int {
			return cmp.Or(cmp.Compare(a.Path, b.Path), a.Line-b.Line)
		})
		all = append(all, r.findings...)
	}
	return all, nil
}

// vocabulary is the one of a language family.
func (c *Checker) vocabulary(family string) *vocabulary {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := c.vocabularies[family]
	if v == nil {
		v = newVocabulary(c, family, c.opts.Memory/4)
		c.vocabularies[family] = v
	}
	return v
}
