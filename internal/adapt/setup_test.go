package adapt_test

import (
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// stage is a repository with a fix and a target, the branch old.
type stage struct {
	*gittest.Repo
	store *git.Store
}

func open(t testing.TB, text string) *stage {
	t.Helper()
	r := gittest.New(t, text, gittest.Bare())
	repo, err := git.Open(t.Context(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s, err := repo.NewStore(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &stage{r, s}
}

// tree is the id of what a name has, a path of it after a colon.
func (s *stage) tree(t testing.TB, name string) string {
	t.Helper()
	return s.Git(t, "rev-parse", name+"^{tree}")
}

// attempt has git merge a commit into the branch old.
func (s *stage) attempt(t testing.TB, label string, neighbour bool) adapt.Attempt {
	t.Helper()
	step := backport.Step{Commit: s.ID(label), Base: s.Git(t, "rev-parse", s.ID(label)+"^"), Origin: s.ID(label)}
	ours, err := s.store.Trial(s.tree(t, "old"), step.Base)
	if err != nil {
		t.Fatal(err)
	}
	merged, err := s.store.MergeTrees(t.Context(), "", []git.Merge{{Ours: ours, Theirs: step.Commit}})
	if err != nil || merged[0].Err != nil {
		t.Fatal(err, merged[0].Err)
	}
	m := merged[0]
	a := adapt.Attempt{Step: step, Neighbour: neighbour, Clean: m.Clean, Tree: m.Tree}
	kinds := map[string]string{}
	for _, n := range m.Notes {
		if kind, ok := n.Conflict(); ok && kinds[n.Paths[0]] == "" {
			kinds[n.Paths[0]] = kind
		}
	}
	sides := map[string]*backport.Sides{}
	for _, g := range m.Stages {
		if sides[g.Path] == nil {
			sides[g.Path] = &backport.Sides{}
		}
		*[]*string{&sides[g.Path].Base, &sides[g.Path].Ours, &sides[g.Path].Theirs}[g.N-1] = g.ID
	}
	paths := strings.Fields(s.Git(t, "diff-tree", "-r", "--no-renames", "--name-only", step.Base, step.Commit))
	for p := range kinds {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	for _, p := range slices.Compact(paths) {
		f := backport.File{Path: p, Outcome: backport.Clean, Rung: "git", Confidence: 1}
		if kinds[p] != "" {
			f = backport.File{Path: p, Outcome: backport.Conflict, Rung: "git", Kind: kinds[p], Sides: sides[p]}
		}
		a.Files = append(a.Files, f)
	}
	return a
}

// question asks for the commit fix on the branch old, with neighbours.
func (s *stage) question(t testing.TB, neighbours ...string) adapt.Question {
	t.Helper()
	q := adapt.Question{Onto: s.tree(t, "old"), Attempts: []adapt.Attempt{s.attempt(t, "fix", false)}}
	if q.Attempts[0].Clean {
		t.Fatal("git merges the fix")
	}
	for _, n := range neighbours {
		q.Attempts = append(q.Attempts, s.attempt(t, n, true))
	}
	return q
}

func (s *stage) ask(t testing.TB, m *adapt.Model, q adapt.Question) adapt.Answer {
	t.Helper()
	a, err := adapt.New(s.store, m).Adapt(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// blob is a file's text in a tree of the store, "(none)" where there is none.
func (s *stage) blob(t testing.TB, tree, path string) string {
	t.Helper()
	e, ok, err := s.store.Lookup(t.Context(), tree, path)
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return "(none)"
	}
	o, err := s.store.Read(t.Context(), e.ID(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return string(o.Content)
}

// file is the answer's file of a path.
func file(t testing.TB, a adapt.Answer, path string) backport.File {
	t.Helper()
	for _, f := range a.Files {
		if f.Path == path {
			return f
		}
	}
	t.Fatalf("no file %s in %+v", path, a.Files)
	return backport.File{}
}
