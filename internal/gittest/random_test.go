package gittest_test

import (
	"strings"
	"testing"

	"backstay.dev/backstay/internal/gittest"
	"pgregory.net/rapid"
)

// What the histories are for: git must find both clean and conflicting picks in
// them, and renames, and all the odd files the documentation promises.
func TestRandomHistoriesAreWorthTesting(t *testing.T) {
	t.Parallel()
	signs := []string{"R1", "R0", " A", " M", " D", " T", "100755", "120000", "160000", `\377`, ".bin"}
	var clean, conflict int
	seen := map[string]int{}
	for seed := range 30 {
		r := gittest.New(t, gittest.RandomSeed(seed), gittest.Bare())
		if _, ok, _ := r.Pick(t, r.ID("main1"), r.ID("old")); ok {
			clean++
		} else {
			conflict++
		}
		all := r.Git(t, "log", "--all", "-M", "--raw", "--abbrev=4", "--format=", "--root")
		for _, sign := range signs {
			if strings.Contains(all, sign) {
				seen[sign]++
			}
		}
	}
	if clean < 8 || conflict < 5 {
		t.Errorf("%d clean, %d conflicting picks: want a fair share of both", clean, conflict)
	}
	for _, sign := range signs {
		if seen[sign] < 2 {
			t.Errorf("%q is in %d histories of 30", sign, seen[sign])
		}
	}
	t.Logf("%d clean, %d conflicts, %v", clean, conflict, seen)
}

func TestRandomIsSound(t *testing.T) {
	t.Parallel()
	for seed := range 5 {
		if first, second := gittest.RandomSeed(seed), gittest.RandomSeed(seed); first != second {
			t.Errorf("seed %d gives two histories:\n%s\n%s", seed, first, second)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		text := gittest.Random(rt)
		for _, label := range []string{"base", "main1", "old1"} {
			if !strings.Contains(text, "-- commit "+label+" on ") {
				rt.Errorf("no commit %s in\n%s", label, text)
			}
		}
	})
}
