package gate_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gate"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
)

// bench is a repository with a checker for it.
type bench struct {
	*gittest.Repo
	*gate.Checker
	index *history.Index
}

// open builds the repository of a scenario; its index knows all of its history.
func open(t testing.TB, scenario string) bench {
	t.Helper()
	r := gittest.New(t, scenario)
	repo, err := git.Open(t.Context(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	index, err := history.Open(t.Context(), repo, store, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tips := strings.Fields(r.Git(t, "for-each-ref", "--format=%(objectname)"))
	if err := index.Update(t.Context(), tips); err != nil {
		t.Fatal(err)
	}
	return bench{r, gate.New(store, index, gate.Options{Tips: tips, Mentions: filepath.Join(t.TempDir(), "mentions")}), index}
}

// question asks about git's own result of a pick, which must be clean, or about
// another commit's tree if one is named.
func (b bench) question(t testing.TB, fix, target, result string) gate.Question {
	t.Helper()
	tree := ""
	if result != "" {
		tree = b.Git(t, "rev-parse", b.ID(result)+"^{tree}")
	} else {
		var clean bool
		var said string
		if tree, clean, said = b.Repo.Pick(t, b.ID(fix), b.ID(target)); !clean {
			t.Fatalf("the pick conflicts:\n%s", said)
		}
	}
	return gate.Question{Pick: backport.Pick{
		Fix:     backport.Fix{Steps: []backport.Step{{Commit: b.ID(fix), Base: b.Git(t, "rev-parse", b.ID(fix)+"^"), Origin: b.ID(fix)}}},
		Target:  backport.Target{Name: target, Commit: b.ID(target)},
		Outcome: backport.Clean,
		Tree:    tree,
	}}
}

// told is the answer to a question, one finding a line: "check severity path:line
// text", with commits by their names.
func (b bench) told(t testing.TB, q gate.Question) []string {
	t.Helper()
	findings, err := b.Check(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range findings {
		line := fmt.Sprintf("%s %s %s:%d %s", f.Check, f.Severity, f.Path, f.Line, f.Text)
		for _, name := range slices.Sorted(maps.Keys(b.IDs)) {
			line = strings.ReplaceAll(line, b.IDs[name][:12], name)
		}
		out = append(out, line)
	}
	return out
}
