package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/platform"
)

// batchLab has picks p0, p1, … onto "old"; the tree of some of them has their
// names. A combination fails "check" where it holds one of the sets, and only on
// the platform of the set.
func batchLab(sets map[string][][]int) *lab {
	l := &lab{}
	l.run = func(tree, command string, _ int) (string, int) {
		name, ok := strings.CutPrefix(command, "check ")
		if !ok || tree == "old" {
			return "", 0
		}
		if holdsOne(picksOf(tree), sets[name]) {
			return "it fails\n", 1
		}
		return "", 0
	}
	return l
}

func picksOf(tree string) (picks []int) {
	for f := range strings.FieldsSeq(tree) {
		var i int
		if _, err := fmt.Sscanf(f, "p%d", &i); err == nil {
			picks = append(picks, i)
		}
	}
	return picks
}

func treeOf(picks []int) string {
	var names []string
	for _, i := range picks {
		names = append(names, fmt.Sprintf("p%d", i))
	}
	return strings.Join(names, " ")
}

func subjects(n int) (list []Subject) {
	for i := range n {
		list = append(list, Subject{Name: fmt.Sprintf("p%d", i), Target: Tip{"c", "old"}, Backport: Tip{"c", treeOf([]int{i})}})
	}
	return list
}

func combine(_ context.Context, picks []int) (Tip, error) { return Tip{"c", treeOf(picks)}, nil }

func checking(name string) Platform {
	return Platform{Name: name, Test: [][]string{{"check", name}}, Reruns: 1}
}

func TestBatch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		n        int
		sets     map[string][][]int
		combine  func(context.Context, []int) (Tip, error)
		culprits []string // their texts
		left     []int
		most     int // combinations beyond the first
		detail   string
	}{
		{name: "all pass", n: 5},
		{name: "none", n: 0},
		{name: "one", n: 8, sets: map[string][][]int{"a": {{5}}}, culprits: []string{"p5 fails on its own on a (check a newly fails)"}, left: []int{0, 1, 2, 3, 4, 6, 7}, most: 5},
		{name: "the only one", n: 1, sets: map[string][][]int{"a": {{0}}}, culprits: []string{"p0 fails on its own on a (check a newly fails)"}},
		{name: "a pair", n: 8, sets: map[string][][]int{"b": {{2, 6}}}, culprits: []string{"p2 + p6 fail only together, on b (check b newly fails)"}, left: []int{0, 1, 3, 4, 5, 7}, most: 9},
		{
			name: "two on two platforms", n: 6, sets: map[string][][]int{"a": {{1}}, "b": {{4}}},
			culprits: []string{"p1 fails on its own on a (check a newly fails)", "p4 fails on its own on b (check b newly fails)"}, left: []int{0, 2, 3, 5}, most: 10,
		},
		{name: "all of two", n: 2, sets: map[string][][]int{"a": {{0, 1}}}, culprits: []string{"p0 + p1 fail only together, on a (check a newly fails)"}, most: 2},
		{
			name: "one that cannot stand alone", n: 4, sets: map[string][][]int{"a": {{3}}},
			combine: func(ctx context.Context, picks []int) (Tip, error) {
				if slices.Contains(picks, 3) && !slices.Contains(picks, 0) {
					return Tip{}, errors.New("conflict in x.c")
				}
				return combine(ctx, picks)
			},
			culprits: []string{"p0 + p3 fail only together, on a (check a newly fails)"}, left: []int{1, 2}, most: 6, detail: "conflict in x.c",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := batchLab(test.sets)
			v := l.verifier(t, checking("a"), checking("b"))
			list := subjects(test.n)
			join := combine
			if test.combine != nil {
				join = test.combine
				for i := range list {
					list[i].Backport = Tip{}
				}
			}
			r, err := v.Batch(t.Context(), list, join)
			if err != nil {
				t.Fatal(err)
			}
			want := backport.RunPassed
			if len(test.culprits) > 0 {
				want = backport.RunFailed
			}
			var texts []string
			for _, c := range r.Culprits {
				texts = append(texts, c.Text)
				if len(c.Runs) == 0 {
					t.Errorf("%s has no run", c.Text)
				}
			}
			slices.Sort(texts)
			if r.State != want || !strings.Contains(r.Detail, test.detail) || r.Tried > test.most {
				t.Errorf("%s (%q) after %d combinations, want %s and %d", r.State, r.Detail, r.Tried, want, test.most)
			}
			if diff := cmp.Diff(test.culprits, texts); diff != "" {
				t.Error(diff)
			}
			if !slices.Equal(r.Left, test.left) {
				t.Errorf("left %v, want %v", r.Left, test.left)
			}
			if len(r.LeftRuns) == 0 != (test.left == nil) {
				t.Errorf("what is left has the runs %v", r.LeftRuns)
			}
			for _, run := range r.LeftRuns {
				if run.State != backport.RunPassed {
					t.Errorf("what is left: %+v", run)
				}
			}
		})
	}
}

func TestBatchNotToBlame(t *testing.T) {
	t.Parallel()
	l := &lab{run: func(tree, command string, _ int) (string, int) { return "", 1 }}
	v := l.verifier(t, checking("a"))
	v.layer = labLayer{changes: brings} // for whom no proof is tried
	r, err := v.Batch(t.Context(), subjects(3), combine)
	if err != nil || r.State != backport.RunFailed || r.Culprits != nil || r.Tried != 0 || r.Detail == "" {
		t.Errorf("%+v, %v", r, err)
	}
	if ran := l.commands(); len(ran) != 2 {
		t.Errorf("ran %q", ran)
	}
	list := subjects(2)
	list[1].Target.Tree = "elsewhere"
	if _, err := v.Batch(t.Context(), list, combine); !errors.Is(err, ErrTargets) {
		t.Errorf("error %v", err)
	}
	broken := errors.New("they conflict")
	if r, err := v.Batch(t.Context(), subjects(2), func(context.Context, []int) (Tip, error) { return Tip{}, broken }); !errors.Is(err, broken) || r.State != backport.RunError {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestBatchCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	l := batchLab(map[string][][]int{"a": {{5}}})
	v := l.verifier(t, checking("a"))
	calls := 0
	_, err := v.Batch(ctx, subjects(8), func(ctx context.Context, picks []int) (Tip, error) {
		if calls++; calls == 2 {
			cancel()
		}
		return combine(ctx, picks)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestBatchOfEngine: a platform that cannot run some combination does not hide
// what another finds.
func TestBatchOfEngine(t *testing.T) {
	t.Parallel()
	l := batchLab(map[string][][]int{"a": {{1}}})
	l.result = func(tree, command string, r *platform.Result) error {
		if tree == "p0 p1" {
			return errors.New("the engine is gone")
		}
		return nil
	}
	v := l.verifier(t, checking("a"))
	r, err := v.Batch(t.Context(), subjects(4), combine)
	if err != nil || len(r.Culprits) != 1 || !slices.Contains(r.Culprits[0].Picks, 1) || !strings.Contains(r.Detail, "the engine is gone") {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestBatchFindsMinimal(t *testing.T) {
	t.Parallel()
	draw := rapid.Custom(func(t *rapid.T) [2][]int {
		n := rapid.IntRange(2, 9).Draw(t, "picks")
		set := rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 1, min(n, 3), rapid.ID[int]).Draw(t, "set")
		slices.Sort(set)
		return [2][]int{upTo(n), set}
	})
	for seed := range 10 {
		all, set := draw.Example(seed)[0], draw.Example(seed)[1]
		l := batchLab(map[string][][]int{"a": {set}})
		v := l.verifier(t, checking("a"))
		v.Cache = "" // to be quick
		r, err := v.Batch(t.Context(), subjects(len(all)), combine)
		if err != nil || len(r.Culprits) != 1 || !slices.Equal(r.Culprits[0].Picks, set) {
			t.Errorf("found %+v for %v of %d, %v", r.Culprits, set, len(all), err)
		}
	}
}
