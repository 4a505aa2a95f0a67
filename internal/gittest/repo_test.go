package gittest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/gittest"
)

const text = `-- commit base on main: base --
-- file a --
1
2
3
-- branch old from main --
-- commit fix on main: fix --
-- edit a --
-2
+two
-- commit on old: other --
-- file b --
b
-- commit clash on old: clash --
-- edit a --
-2
+zwei
`

func TestPick(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]gittest.Option{
		"sha1": nil, "sha256": {gittest.SHA256()}, "bare": {gittest.Bare()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, text, opts...)
			tree, clean, _ := r.Pick(t, r.ID("fix"), r.ID("clash")+"^")
			if got := r.Git(t, "show", tree+":a"); !clean || got != "1\ntwo\n3" {
				t.Errorf("clean %v, a is %q", clean, got)
			}
			if _, clean, said := r.Pick(t, r.ID("fix"), r.ID("old")); clean || !strings.Contains(said, "CONFLICT (content)") {
				t.Errorf("clean %v: %s", clean, said)
			}
			if _, clean, said := r.Pick(t, r.ID("base"), r.ID("fix")); clean || !strings.Contains(said, "CONFLICT (add/add)") {
				t.Errorf("a root: clean %v: %s", clean, said)
			}
			// What git makes is there already: a commit that it makes again is no new object.
			loose := func() string { return strings.Fields(r.Git(t, "count-objects"))[0] }
			before := loose()
			r.Git(t, "commit-tree", "-m", "side", "-p", r.ID("base"), r.ID("fix")+"^{tree}")
			r.Git(t, "commit-tree", "-m", "side", r.ID("fix")+"^{tree}")
			if after := loose(); after != before {
				t.Errorf("git's commits are others: %s loose objects, then %s", before, after)
			}
			r.Fsck(t)
		})
	}
}

// State must change with everything that a command could break.
func TestState(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, text)
	state := r.State(t)
	for _, change := range [][]string{
		{"update-ref", "refs/backstay/x", "HEAD"},
		{"checkout", "--quiet", "old"},
		{"config", "a.b", "c"},
		{"rm", "--quiet", "--cached", "a"},
		{"checkout", "--quiet", "--detach"},
	} {
		if again := r.State(t); again != state {
			t.Fatalf("reading the state changed it:\n%s\nwas\n%s", again, state)
		}
		r.Git(t, change...)
		now := r.State(t)
		if now == state {
			t.Errorf("git %q: the state is the same", change)
		}
		state = now
	}
	for _, path := range []string{"new", "a", ".git/index.lock"} {
		r.Write(t, path, "x")
		now := r.State(t)
		if now == state {
			t.Errorf("wrote %s: the state is the same", path)
		}
		state = now
	}
}

// The environment of the tester must not be the environment of the tests.
func TestEnv(t *testing.T) {
	home := t.TempDir()
	config := "[user]\n\tname = Someone Else\n[core]\n\tautocrlf = true\n"
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("GIT_DIR", home)
	t.Setenv("GIT_CONFIG_COUNT", "1")
	t.Setenv("GIT_CONFIG_KEY_0", "user.name")
	t.Setenv("GIT_CONFIG_VALUE_0", "Someone Else")
	t.Setenv("LC_ALL", "de_DE.UTF-8")
	r := gittest.New(t, text)
	if got := r.Run(t, "", "config", "--get-regexp", "user|autocrlf"); got.Exit != 1 {
		t.Errorf("the user's configuration is read: %s", got.Stdout)
	}
	if got := r.Git(t, "commit-tree", "-m", "x", "HEAD^{tree}"); r.Git(t, "log", "-1", "--format=%an %cI", got) != "Tess Test 2025-01-01T00:00:00+00:00" {
		t.Errorf("the identity is %s", r.Git(t, "log", "-1", "--format=%an %cI", got))
	}
	r.Fsck(t)
}
