package find_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backstay.dev/backstay/internal/find"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// commits, each on one branch, in the order of their dates.
func branchesOf(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString("-- commit on " + name + ": on " + name + " --\n-- file a --\n" + name + "\n")
	}
	return b.String()
}

const nameRule = "branches named after a version, alone or beside a word such as release, stable, maint or v"

func TestReleases(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, scenario string
		setUp          [][]string // git commands
		bare           bool
		patterns       []string
		want, rule     string
	}{
		{
			name:     "by name, newest first",
			scenario: branchesOf("main", "release/1.10", "release/1.9", "release/2.0", "v0.2.x", "feature", "fix-3508", "dependabot/npm/x-1.2.3"),
			want:     "release/2.0 release/1.10 release/1.9 v0.2.x",
			rule:     "4 release branches, from release/2.0 back to v0.2.x: " + nameRule,
		},
		{
			name:     "one",
			scenario: branchesOf("main", "7-0-stable", "7-0-stable_use_uri"),
			want:     "7-0-stable",
			rule:     "1 release branch, 7-0-stable: " + nameRule,
		},
		{
			name:     "none",
			scenario: branchesOf("main", "feature", "v2", "28"),
			rule:     "no release branches: there are no " + nameRule,
		},
		{
			name:     "series by date, after versions",
			scenario: branchesOf("master", "stable/2025.1", "unmaintained/zed", "stable/2026.1", "unmaintained/yoga"),
			want:     "stable/2026.1 stable/2025.1 unmaintained/yoga unmaintained/zed",
			rule:     "4 release branches, from stable/2026.1 back to unmaintained/zed: " + nameRule + ", or a series below stable/ or unmaintained/",
		},
		{
			name:     "the same version twice: by date",
			scenario: branchesOf("main", "1.7", "release/1.7", "v1.7.x"),
			want:     "v1.7.x release/1.7 1.7",
			rule:     "3 release branches, from v1.7.x back to 1.7: " + nameRule,
		},
		{
			name: "tags confirm what the name leaves open",
			scenario: branchesOf("main", "28", "27", "openssl-3.0", "fix-1.2", "a-b-c-1.2") +
				"-- tag v28.0.1 at 28 --\n-- tag v27 at 27 --\nannotated\n-- tag openssl-3.0.1 at openssl-3.0 --\n-- tag v1.2.3 at main --\n",
			want: "28 openssl-3.0",
			rule: "2 release branches, from 28 back to openssl-3.0: " + nameRule + ", or known from tags such as 28, which the tag v28.0.1 continues",
		},
		{
			name:     "the default branch of a remote is none, nor are results",
			scenario: branchesOf("1.9", "1.8", "backport/1.8/0123456789ab") + "-- ref refs/remotes/origin/1.9 at 1.9 --\n",
			setUp:    [][]string{{"symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/1.9"}},
			want:     "1.8",
			rule:     "1 release branch, 1.8: " + nameRule + "; not the default branch 1.9",
		},
		{
			name:     "the default branch of a bare repository is none",
			scenario: branchesOf("9.x", "8.x"),
			bare:     true,
			want:     "8.x",
			rule:     "1 release branch, 8.x: " + nameRule + "; not the default branch 9.x",
		},
		{
			name:     "where somebody stands is no default branch",
			scenario: branchesOf("1.9", "main"),
			want:     "1.9",
			rule:     "1 release branch, 1.9: " + nameRule,
		},
		{
			name: "branches of the default remote, local ones first",
			scenario: branchesOf("main", "1.8") + "-- ref refs/remotes/origin/1.8 at main --\n-- ref refs/remotes/origin/1.7 at main --\n" +
				"-- ref refs/remotes/fork/1.6 at main --\n",
			want: "1.8 1.7",
			rule: "2 release branches, from 1.8 back to 1.7: " + nameRule,
		},
		{
			name:     "the only remote is the default",
			scenario: branchesOf("main") + "-- ref refs/remotes/upstream/1.7 at main --\n",
			want:     "1.7",
			rule:     "1 release branch, 1.7: " + nameRule,
		},
		{
			name:     "another name of a branch is not another branch",
			scenario: branchesOf("main", "1.8"),
			setUp:    [][]string{{"symbolic-ref", "refs/heads/stable-1.8", "refs/heads/1.8"}},
			want:     "1.8",
			rule:     "1 release branch, 1.8: " + nameRule,
		},
		{
			name:     "patterns replace it",
			scenario: branchesOf("main", "release/1.9", "release/1.10", "lts", "release/2.0/fix", "1.7"),
			patterns: []string{"release/*", "refs/heads/lts", "gone/*"},
			want:     "release/1.10 release/1.9 lts",
			rule:     "3 release branches, from release/1.10 back to lts: branches that match release/*, refs/heads/lts, gone/*, as configured",
		},
		{
			name:     "patterns that match nothing",
			scenario: branchesOf("main", "1.7"),
			patterns: []string{"release/*"},
			rule:     "no release branches: there are no branches that match release/*, as configured",
		},
		{
			name:     "patterns spare the default branch",
			scenario: branchesOf("main", "other"),
			bare:     true,
			patterns: []string{"**"},
			want:     "other",
			rule:     "1 release branch, other: branches that match **, as configured; not the default branch main",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var opts []gittest.Option
			if tt.bare {
				opts = append(opts, gittest.Bare())
			}
			r := gittest.New(t, tt.scenario, opts...)
			for _, args := range tt.setUp {
				r.Git(t, args...)
			}
			before := r.State(t)
			got, rule := releases(t, t.Context(), r, tt.patterns...)
			if got != tt.want {
				t.Errorf("releases %q, want %q", got, tt.want)
			}
			if d := cmp.Diff(tt.rule, rule); d != "" {
				t.Errorf("rule, -want +got:\n%s", d)
			}
			if d := cmp.Diff(before, r.State(t)); d != "" {
				t.Errorf("the repository has changed:\n%s", d)
			}
		})
	}
}

const targetScenario = `
-- commit on main: one --
-- file a --
1
-- commit on release/1.7: seven --
-- file a --
7
-- commit on release/1.8: eight --
-- file a --
8
-- commit on v2: two --
-- file a --
2
-- commit on backport/release/1.7/0123: a result --
-- file a --
b
-- tag v1.7.3 at release/1.7 --
-- tag v1.8.0 at release/1.8 --
annotated
-- ref refs/tags/v2 at main --
-- ref refs/remotes/origin/release/1.7 at main --
-- ref refs/remotes/origin/release/1.6 at main --
-- ref refs/remotes/fork/release/1.5 at main --
-- ref refs/pull/1/head at v2 --
`

func TestTargets(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, targetScenario)
	id := r.ID("release/1.7")
	tests := []struct {
		name string
		args []string
		all  bool
		want string // name, ref and label of the commit, for each target
	}{
		{"local branch", []string{"release/1.7"}, false, "release/1.7 refs/heads/release/1.7 release/1.7"},
		{"full ref", []string{"refs/heads/release/1.7"}, false, "release/1.7 refs/heads/release/1.7 release/1.7"},
		{"part of a ref", []string{"heads/release/1.7"}, false, "release/1.7 refs/heads/release/1.7 release/1.7"},
		{"HEAD", []string{"HEAD"}, false, "main refs/heads/main main"},
		{"branch of the default remote", []string{"release/1.6"}, false, "release/1.6 refs/remotes/origin/release/1.6 main"},
		{"the same, said", []string{"origin/release/1.6"}, false, "release/1.6 refs/remotes/origin/release/1.6 main"},
		{"the same, in full", []string{"refs/remotes/origin/release/1.6"}, false, "release/1.6 refs/remotes/origin/release/1.6 main"},
		{"remote-tracking beside a local one", []string{"origin/release/1.7"}, false, "origin/release/1.7 refs/remotes/origin/release/1.7 main"},
		{"branch of another remote", []string{"fork/release/1.5"}, false, "fork/release/1.5 refs/remotes/fork/release/1.5 main"},
		{"tag", []string{"v1.7.3"}, false, "v1.7.3 refs/tags/v1.7.3 release/1.7"},
		{"annotated tag", []string{"v1.8.0"}, false, "v1.8.0 refs/tags/v1.8.0 release/1.8"},
		{"a branch goes before a tag", []string{"v2"}, false, "v2 refs/heads/v2 v2"},
		{"the tag of a branch's name", []string{"refs/tags/v2"}, false, "tags/v2 refs/tags/v2 main"},
		{"any ref", []string{"refs/pull/1/head"}, false, "pull/1/head refs/pull/1/head v2"},
		{"commit", []string{id}, false, id[:12] + "  release/1.7"},
		{"abbreviated", []string{id[:9]}, false, id[:12] + "  release/1.7"},
		{"expression", []string{"release/1.7~0"}, false, id[:12] + "  release/1.7"},
		{"glob", []string{"release/*"}, false, "release/1.8 refs/heads/release/1.8 release/1.8\nrelease/1.7 refs/heads/release/1.7 release/1.7\n" +
			"release/1.6 refs/remotes/origin/release/1.6 main"},
		{"full glob", []string{"refs/heads/release/*"}, false, "release/1.8 refs/heads/release/1.8 release/1.8\nrelease/1.7 refs/heads/release/1.7 release/1.7\n" +
			"release/1.6 refs/remotes/origin/release/1.6 main"},
		{"glob of a remote", []string{"fork/*/*"}, false, "fork/release/1.5 refs/remotes/fork/release/1.5 main"},
		{"full glob of a remote", []string{"refs/remotes/origin/**"}, false, "origin/release/1.7 refs/remotes/origin/release/1.7 main\nrelease/1.6 refs/remotes/origin/release/1.6 main"},
		{"results are asked for by name", []string{"backport/**"}, false, "backport/release/1.7/0123 refs/heads/backport/release/1.7/0123 backport/release/1.7/0123"},
		{"order kept, nothing twice", []string{"v1.7.3", "release/1.7", "release/*", "refs/heads/release/1.7", "v1.7.3"}, false, "v1.7.3 refs/tags/v1.7.3 release/1.7\nrelease/1.7 refs/heads/release/1.7 release/1.7\nrelease/1.8 refs/heads/release/1.8 release/1.8\n" +
			"release/1.6 refs/remotes/origin/release/1.6 main"},
		{"all", nil, true, "release/1.8 refs/heads/release/1.8 release/1.8\nrelease/1.7 refs/heads/release/1.7 release/1.7\n" +
			"release/1.6 refs/remotes/origin/release/1.6 main"},
		{"named and all", []string{"main", "release/1.7"}, true, "main refs/heads/main main\nrelease/1.7 refs/heads/release/1.7 release/1.7\n" +
			"release/1.8 refs/heads/release/1.8 release/1.8\nrelease/1.6 refs/remotes/origin/release/1.6 main"},
		{"nothing", nil, false, ""},
	}
	repo, store := open(t, r)
	labels := map[string]string{}
	for _, label := range []string{"backport/release/1.7/0123", "main", "release/1.7", "release/1.8", "v2"} {
		labels[strings.TrimSpace(r.Git(t, "rev-parse", "refs/heads/"+label))] = label
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := find.Targets(t.Context(), repo, store, tt.args, tt.all, nil)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, target := range got {
				out = append(out, target.Name+" "+target.Ref+" "+labels[target.Commit])
			}
			if d := cmp.Diff(tt.want, strings.Join(out, "\n")); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestTargetErrors(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, targetScenario)
	r.Git(t, "tag", "tree", "main^{tree}")
	tests := []struct{ name, arg, want string }{
		{"misspelt", "relase/1.7", "unknown target \"relase/1.7\"\ndid you mean release/1.7, release/1.6 or release/1.8?"},
		{"a part", "1.8", "unknown target \"1.8\"\ndid you mean release/1.8?"},
		{"nothing like it", "zzzzzzzz", "unknown target \"zzzzzzzz\"\n`git branch --all` lists the branches; `git fetch` brings those of the remote"},
		{"empty", "", "unknown target \"\"\n`git branch --all` lists the branches; `git fetch` brings those of the remote"},
		{"an option", "-x", "unknown target \"-x\"\n`git branch --all` lists the branches; `git fetch` brings those of the remote"},
		{"two lines", "a\nb", "unknown target \"a\\nb\"\n`git branch --all` lists the branches; `git fetch` brings those of the remote"},
		{"no commit", "tree", "target \"tree\" leads to no commit\na target is a branch, a tag or a commit"},
		{"unknown id", strings.Repeat("1", 40), "unknown target \"1111111111111111111111111111111111111111\"\n`git branch --all` lists the branches; `git fetch` brings those of the remote"},
		{"glob that matches nothing", "stable/*", "no branch matches \"stable/*\"\n`*` does not cross a slash; `git branch --all` lists the branches"},
		{"glob that only results match", "**/0123", "no branch matches \"**/0123\"\ndid you mean backport/release/1.7/0123?"},
		{"misspelt glob", "relase/1.*", "no branch matches \"relase/1.*\"\ndid you mean release/1.6, release/1.7 or release/1.8?"},
		{"malformed glob", "release/[1", "malformed pattern \"release/[1\"\nclose every \"[\", and put \"\\\" before a character that stands for itself"},
	}
	repo, store := open(t, r)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := find.Targets(t.Context(), repo, store, []string{tt.arg}, false, nil)
			if err == nil {
				t.Fatalf("found %+v", got)
			}
			if d := cmp.Diff(tt.want, lines(t, err)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
	t.Run("ambiguous id", func(t *testing.T) {
		r := gittest.New(t, branchesOf("main"))
		prefix := r.ID("main")[:4]
		for i := 0; ; i++ {
			// A message that gives a commit whose id begins like main's.
			content := []byte("tree " + git.SHA1.EmptyTree() + "\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\n" + strings.Repeat("x", i%200) + strings.Repeat("y", i/200) + "\n")
			if strings.HasPrefix(git.SHA1.Hash("commit", content), prefix) {
				r.Run(t, string(content), "hash-object", "-w", "-t", "commit", "--stdin")
				break
			}
		}
		repo, store := open(t, r)
		_, err := find.Targets(t.Context(), repo, store, []string{prefix}, false, nil)
		if d := cmp.Diff("\""+prefix+"\" fits several objects\ngive more digits", lines(t, err)); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
	})
	t.Run("no releases", func(t *testing.T) {
		r := gittest.New(t, branchesOf("main", "feature"))
		repo, store := open(t, r)
		_, err := find.Targets(t.Context(), repo, store, nil, true, nil)
		want := "no release branches: there are no " + nameRule + "\nname targets with --to, or list the release branches under `releases:` in .backstay.yaml"
		if d := cmp.Diff(want, lines(t, err)); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
	})
}
