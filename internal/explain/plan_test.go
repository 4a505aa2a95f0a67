package explain_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/explain"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	for _, tt := range planCases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, ground+tt.story, tt.needs)
			got, err := l.plan(t, explain.PlanOptions{Budget: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			if words := l.words(got.Plans); !slices.Equal(words, tt.plans) {
				t.Errorf("plans %q, want %q", words, tt.plans)
			}
			for _, p := range got.Plans {
				l.check(t, p)
			}
		})
	}
}

func TestPlanBounds(t *testing.T) {
	t.Parallel()
	deep := planCases[slices.IndexFunc(planCases, func(c planCase) bool { return strings.HasPrefix(c.name, "three deep") })]
	l := newLab(t, ground+deep.story, deep.needs)
	for name, tt := range map[string]struct {
		opts  explain.PlanOptions
		spent bool
	}{
		"time":    {explain.PlanOptions{Budget: 1}, true},
		"commits": {explain.PlanOptions{Budget: time.Minute, Commits: 2}, false},
		"rounds":  {explain.PlanOptions{Budget: time.Minute, Rounds: 2}, false},
	} {
		got, err := l.plan(t, tt.opts)
		if err != nil || len(got.Plans) > 0 || got.Spent != tt.spent {
			t.Errorf("%s: %d plans, spent %v, %v", name, len(got.Plans), got.Spent, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := explain.NewPlanner(l.store, l.index, l, l.needs, explain.PlanOptions{}).Plan(ctx, l.pick, l.pick.Fix.Steps); err == nil {
		t.Error("a context that has ended is no error")
	}
}

func TestPlanCost(t *testing.T) {
	t.Parallel()
	l := newLab(t, ground+`
-- commit p on main: net: fix a crash --
-- edit a --
-two
+two p
+and a half
-- edit b --
-alpha
+--- alpha
-- commit q on main: tidy --
-- edit a --
-eight
+eight q
-- commit fix on main: fix --
-- edit a --
-two p
+two fixed
@@
-eight q
+eight fixed
`, map[string]string{"fix": "p q"})
	got, err := l.plan(t, explain.PlanOptions{Budget: time.Minute, Whole: true})
	if err != nil || len(got.Plans) != 1 {
		t.Fatalf("%d plans, %v", len(got.Plans), err)
	}
	if want := (backport.Cost{Commits: 2, Files: 2, Lines: 7, Fixes: 1}); got.Plans[0].Cost != want {
		t.Errorf("cost %+v, want %+v", got.Plans[0].Cost, want)
	}
	if s := got.Plans[0].Steps[0]; s.Subject != "net: fix a crash" || !s.Fix || s.Files != 2 || s.Lines != 5 {
		t.Errorf("first step %+v", s)
	}
}

// lab is a repository in which a fix conflicts, with git for the trier and a
// table for what is needed.
type lab struct {
	repo  *gittest.Repo
	store *git.Store
	index *history.Index
	table map[string]string
	pick  backport.Pick
	tip   git.Commit
}

func newLab(t *testing.T, story string, needs map[string]string) *lab {
	t.Helper()
	r := gittest.New(t, story, gittest.Bare())
	repo, err := git.Open(t.Context(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{repo: r, table: needs}
	if l.store, err = repo.NewStore(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.store.Close(); err != nil {
			t.Error(err)
		}
	})
	if l.index, err = history.Open(t.Context(), repo, l.store, history.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := l.index.Update(t.Context(), []string{r.ID("main"), r.ID("1.0")}); err != nil {
		t.Fatal(err)
	}
	if l.tip, err = l.store.Commit(t.Context(), r.ID("1.0")); err != nil {
		t.Fatal(err)
	}
	id := r.ID("fix")
	step := backport.Step{Commit: id, Base: r.Git(t, "rev-parse", id+"^"), Origin: id}
	tried, err := l.Try(t.Context(), []explain.Attempt{{Step: step, Onto: l.tip.Tree}})
	if err != nil || tried[0].Outcome != backport.Conflict {
		t.Fatalf("the fix alone: %v, %v", tried, err)
	}
	l.pick = backport.Pick{
		Fix:    backport.Fix{Name: "fix", Slug: "fix", Steps: []backport.Step{step}},
		Target: backport.Target{Name: "1.0", Commit: l.tip.ID}, Outcome: backport.Conflict, Files: tried[0].Files,
	}
	return l
}

func (l *lab) plan(t *testing.T, opts explain.PlanOptions) (explain.Planning, error) {
	t.Helper()
	return explain.NewPlanner(l.store, l.index, l, l.needs, opts).Plan(t.Context(), l.pick, l.pick.Fix.Steps)
}

// Try has git merge the trees.
func (l *lab) Try(ctx context.Context, attempts []explain.Attempt) ([]explain.Trial, error) {
	var requests []git.Merge
	for _, a := range attempts {
		c, err := l.store.Commit(ctx, a.Step.Commit)
		if err != nil {
			return nil, err
		}
		theirs, err := l.store.Trial(c.Tree, a.Step.Base)
		if err != nil {
			return nil, err
		}
		ours, err := l.store.Trial(a.Onto, a.Step.Base)
		if err != nil {
			return nil, err
		}
		requests = append(requests, git.Merge{Ours: ours, Theirs: theirs})
	}
	merged, err := l.store.MergeTrees(ctx, "", requests)
	if err != nil {
		return nil, err
	}
	var out []explain.Trial
	for i, m := range merged {
		trial := explain.Trial{Outcome: backport.Clean, Tree: m.Tree}
		switch {
		case !m.Clean:
			trial = explain.Trial{Outcome: backport.Conflict}
		case m.Tree == attempts[i].Onto:
			trial.Outcome = backport.Present
		}
		for _, s := range m.Stages {
			if n := len(trial.Files); n == 0 || trial.Files[n-1].Path != s.Path {
				trial.Files = append(trial.Files, backport.File{Path: s.Path, Outcome: backport.Conflict})
			}
		}
		out = append(out, trial)
	}
	return out, nil
}

// needs reads the table; a label with a "+" is a commit that moves.
func (l *lab) needs(_ context.Context, p backport.Pick) ([]explain.Need, error) {
	var out []explain.Need
	for _, label := range strings.Fields(l.table[l.label(p.Fix.ID())]) {
		name, moves := strings.CutSuffix(label, "+")
		out = append(out, explain.Need{Commit: l.repo.IDs[name], Moves: moves})
	}
	return out, nil
}

func (l *lab) label(id string) string {
	for name, known := range l.repo.IDs {
		if known == id && name != "main" && name != "1.0" && name != "topic" {
			return name
		}
	}
	return id
}

func (l *lab) words(plans []backport.Plan) []string {
	var out []string
	for _, p := range plans {
		var steps []string
		for _, s := range p.Steps {
			word := l.label(s.Commit)
			for _, part := range s.Part {
				word += "(" + part.Path
				for _, h := range part.Hunks {
					word += fmt.Sprintf(":%d", h.NewLine)
					if h.NewLines > 1 {
						word += fmt.Sprintf("-%d", h.NewLine+h.NewLines-1)
					}
				}
				word += ")"
			}
			steps = append(steps, word)
		}
		out = append(out, strings.Join(steps, " "))
	}
	return out
}

// check applies a plan of whole commits as a person would.
func (l *lab) check(t *testing.T, p backport.Plan) {
	t.Helper()
	if p.Outcome != backport.Clean {
		t.Errorf("outcome %s", p.Outcome)
	}
	if p.Partial() {
		return
	}
	dir := t.TempDir()
	l.repo.Git(t, "worktree", "add", "-q", "--detach", dir, "1.0")
	args := []string{"-C", dir, "cherry-pick", "-m", "1"}
	for _, s := range p.Steps {
		args = append(args, s.Commit)
	}
	l.repo.Git(t, append(args, l.repo.ID("fix"))...)
	if tree := l.repo.Git(t, "-C", dir, "rev-parse", "HEAD^{tree}"); tree != p.Tree {
		t.Errorf("git cherry-pick makes %s of it, the plan says %s", tree, p.Tree)
	}
}
