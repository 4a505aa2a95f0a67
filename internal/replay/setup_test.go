package replay_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/replay"
)

// bench is where a test judges: a repository, a store and an index.
type bench struct {
	repo  *git.Repo
	store *git.Store
	index *history.Index
}

func open(t testing.TB, dir string) bench {
	t.Helper()
	repo, err := git.Open(t.Context(), dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
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
	return bench{repo, store, index}
}

func (b bench) mine(t testing.TB) []replay.Case {
	t.Helper()
	cases, err := replay.Mine(t.Context(), b.repo, b.index)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// judge runs the cases and returns the results without their times.
func (b bench) judge(t testing.TB, jobs int, cases []replay.Case) ([]replay.Result, replay.Summary) {
	t.Helper()
	if err := replay.Learn(t.Context(), b.store, b.index, cases); err != nil {
		t.Fatal(err)
	}
	var out []replay.Result
	summary, err := replay.New(b.store, b.index, replay.Options{Jobs: jobs}).Run(t.Context(), cases, func(r replay.Result) error {
		if r.MS < 0 {
			t.Errorf("a case took %v ms", r.MS)
		}
		r.MS = 0
		out = append(out, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if summary.Cases != len(cases) || len(out) != len(cases) {
		t.Errorf("%d results, %d counted, of %d cases", len(out), summary.Cases, len(cases))
	}
	return out, summary
}

// lines are results as the command prints them.
func lines(t testing.TB, results []replay.Result) string {
	t.Helper()
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	for _, r := range results {
		if err := e.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}
