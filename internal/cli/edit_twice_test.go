//go:build unix

package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"backstay.dev/backstay/internal/gittest"
)

// Commands that go on with one edit at the same moment: one of them does it, the
// others say why they don't, and what is left is as if it had been alone.
func TestEditTwice(t *testing.T) {
	t.Parallel()
	rounds := 3
	if os.Getenv("BACKSTAY_SLOW") != "" {
		rounds = 50
	}
	text, err := os.ReadFile(filepath.Join("testdata", "repos", "net.txt"))
	if err != nil {
		t.Fatal(err)
	}
	template := gittest.New(t, string(text))
	fix := template.ID("chunk")
	for round := range rounds {
		e := newEditing(t, template)
		if exit, said := e.run(fix, "--to", "release/1.9", "--git-only", "--edit=none"); exit != 1 {
			t.Fatalf("exit status %d: %s", exit, said)
		}
		exits, texts := make([]int, 4), make([]string, 4)
		var all sync.WaitGroup
		for i := range exits {
			args := []string{"--continue", "--edit=editor"}
			if round%2 == 1 && i == 0 {
				args = []string{"--abort"}
			}
			all.Go(func() { exits[i], texts[i] = e.run(args...) })
		}
		all.Wait()
		written := e.Git(t, "for-each-ref", "refs/heads/backport") != ""
		done := 0
		for i, exit := range exits {
			said := texts[i]
			switch {
			case exit == 0:
				done++
			case exit == 2 && (strings.Contains(said, "another command is at work") || strings.Contains(said, "no edit is under way")):
			case exit == 1 && strings.Contains(said, "conflict markers are left"): // its editor met another
			default:
				t.Errorf("round %d: exit status %d: %s", round, exit, said)
			}
		}
		if e.run("--abort"); round%2 == 0 && done > 0 && !written {
			t.Errorf("round %d: no branch: %q", round, texts)
		}
		if done > 1 {
			t.Errorf("round %d: %d said that it is done: %q", round, done, texts)
		}
		left, err := filepath.Glob(filepath.Join(e.state, "*", "edit", "*"))
		if err != nil || len(left) > 0 {
			t.Errorf("round %d: %q is left, %v", round, left, err)
		}
		e.Fsck(t)
	}
}
