package explain_test

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/explain"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
)

// desk is a repository with all that explaining needs.
type desk struct {
	r *gittest.Repo
	s *git.Store
	x *history.Index
	e *explain.Explainer

	said map[string]string // see ask
}

func newDesk(t testing.TB, r *gittest.Repo) *desk {
	t.Helper()
	repo, err := git.Open(t.Context(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s, err := repo.NewStore(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	x, err := history.Open(t.Context(), repo, s, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Update(t.Context(), strings.Fields(r.Git(t, "for-each-ref", "--format=%(objectname)"))); err != nil {
		t.Fatal(err)
	}
	return &desk{r: r, s: s, x: x, e: explain.New(s, x), said: map[string]string{}}
}

// pick tries a commit on a target with git's own merge.
func (d *desk) pick(t testing.TB, fix, base, target string) backport.Pick {
	t.Helper()
	trial := func(tree, parent string) string {
		id, err := d.s.Trial(tree, parent)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	tree := func(commit string) string {
		c, err := d.s.Commit(t.Context(), commit)
		if err != nil {
			t.Fatal(err)
		}
		return c.Tree
	}
	root := trial(tree(base), "")
	got, err := d.s.MergeTrees(t.Context(), "", []git.Merge{{Ours: trial(tree(target), root), Theirs: trial(tree(fix), root)}})
	if err != nil {
		t.Fatal(err)
	}
	p := backport.Pick{
		Fix:    backport.Fix{Slug: "fix", Steps: []backport.Step{{Commit: fix, Base: base, Origin: fix}}},
		Target: backport.Target{Name: "1.x", Commit: target}, Outcome: backport.Conflict,
	}
	sides := map[string]*backport.Sides{}
	for _, s := range got[0].Stages {
		if sides[s.Path] == nil {
			sides[s.Path] = &backport.Sides{}
		}
		*[]*string{&sides[s.Path].Base, &sides[s.Path].Ours, &sides[s.Path].Theirs}[s.N-1] = s.ID
	}
	for _, n := range got[0].Notes {
		if kind, ok := n.Conflict(); ok && !slices.ContainsFunc(p.Files, func(f backport.File) bool { return f.Path == n.Paths[0] }) {
			p.Files = append(p.Files, backport.File{Path: n.Paths[0], Outcome: backport.Conflict, Kind: kind, Detail: n.Text, Sides: sides[n.Paths[0]]})
		}
	}
	return p
}

// why explains why the commit "fix" conflicts on "old".
func (d *desk) why(t testing.TB, opts explain.Options) explain.Report {
	t.Helper()
	fix := d.r.ID("fix")
	r, err := d.e.Explain(t.Context(), d.pick(t, fix, d.x.Parents(fix)[0], d.r.ID("old")), opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// label is the scenario's name of a commit.
func (d *desk) label(id string) string {
	for name, known := range d.r.IDs {
		if known == id && !branch(name) {
			return name
		}
	}
	return id
}

func (d *desk) labels(ids []string) string {
	var out []string
	for _, id := range ids {
		out = append(out, d.label(id))
	}
	return strings.Join(out, " ")
}

// read puts labels in place of the ids in a sentence.
func (d *desk) read(text string) string {
	for name, id := range d.r.IDs {
		if !branch(name) {
			text = strings.ReplaceAll(text, id[:10], name)
		}
	}
	return text
}

func itoa(n int) string { return strconv.Itoa(n) }

// raw is an object id's bytes.
func raw(id string) []byte {
	b, err := hex.DecodeString(id)
	if err != nil {
		return nil
	}
	return b
}

// branch reports whether a name of a scenario is not a commit's own.
func branch(name string) bool {
	return slices.Contains([]string{"main", "old", "older", "topic"}, name)
}
