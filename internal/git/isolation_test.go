package git_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

// custom has files for which the configuration below would give other merges.
const custom = `
-- commit base on main: base --
-- file .gitattributes --
*.own merge=own
*.txt diff=own filter=own
-- file a.own --
a
b
c
-- file a.txt --
a
b
c
-- file moved.txt --
1
2
3
4
5
6
-- branch ours from base --
-- branch theirs from base --
-- commit on ours: ours --
-- edit a.own --
-b
+B
-- edit a.txt --
-b
+B
-- rename moved.txt -> away/moved.txt --
-- commit on theirs: theirs --
-- edit a.own --
-b
+bb
-- edit a.txt --
-b
+bb
-- edit moved.txt --
-3
+three
`

// hostile sets everything that a user, a system or a repository can set, and
// returns the environment of it. Each program that would be run leaves mark.
func hostile(t *testing.T, r *gittest.Repo, mark string) []string {
	t.Helper()
	home := t.TempDir()
	run := filepath.Join(home, "run.sh")
	writeProgram(t, run, "echo \"$0 $*\" >>'"+mark+"'\nexit 0\n")
	for _, dir := range []string{".git/hooks", "hooks", ".git/info"} {
		if err := os.MkdirAll(filepath.Join(r.Dir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, hook := range []string{"post-index-change", "reference-transaction", "pre-auto-gc", "post-checkout", "fsmonitor-watchman", "post-rewrite", "post-commit"} {
		for _, dir := range []string{".git/hooks", "hooks"} {
			if err := os.Symlink(run, filepath.Join(r.Dir, dir, hook)); err != nil {
				t.Fatal(err)
			}
		}
	}
	attributes := filepath.Join(home, "attributes")
	config := fmt.Sprintf(`[core]
	fsmonitor = %[1]s
	attributesFile = %[2]s
	pager = %[1]s
	editor = %[1]s
	sshCommand = %[1]s
	askPass = %[1]s
	alternateRefsCommand = %[1]s
	autocrlf = true
	quotePath = false
	abbrev = 4
[merge]
	conflictStyle = diff3
	renames = false
	directoryRenames = true
	default = own
	renormalize = true
	verbosity = 5
[merge "own"]
	driver = %[1]s %%O %%A %%B
[merge "text"]
	driver = %[1]s
[diff]
	algorithm = patience
	renames = false
	external = %[1]s
	noprefix = true
	context = 9
[diff "own"]
	command = %[1]s
	textconv = %[1]s
[filter "own"]
	clean = %[1]s
	smudge = %[1]s
	required = true
[log]
	showSignature = true
[gpg]
	program = %[1]s
[pager]
	merge-tree = %[1]s
	cat-file = %[1]s
	rev-parse = %[1]s
	for-each-ref = %[1]s
[trace2]
	eventTarget = %[3]s
[color]
	ui = always
`, run, attributes, filepath.Join(home, "trace"))
	for _, c := range []string{"merge-tree", "cat-file", "rev-parse", "for-each-ref", "check-attr", "diff-tree", "log", "worktree", "config"} {
		config += fmt.Sprintf("[alias]\n\t%s = !%s\n", c, run)
	}
	for path, text := range map[string]string{
		filepath.Join(home, ".gitconfig"):             config,
		filepath.Join(home, "system"):                 config,
		attributes:                                    "* merge=union\n",
		filepath.Join(r.Dir, ".git/info/attributes"):  "* -merge\n",
		filepath.Join(home, ".config/git/attributes"): "* merge=binary\n",
		filepath.Join(home, ".config/git/config"):     config,
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.OpenFile(filepath.Join(r.Dir, ".git/config"), os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(config + "[core]\n\thooksPath = hooks\n")
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	env := []string{}
	for _, kv := range gittest.Env() {
		if name, _, _ := strings.Cut(kv, "="); name != "GIT_CONFIG_GLOBAL" && name != "GIT_CONFIG_NOSYSTEM" && name != "GIT_ATTR_NOSYSTEM" {
			env = append(env, kv)
		}
	}
	return append(env, "HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, ".config"), "GIT_CONFIG_SYSTEM="+filepath.Join(home, "system"),
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=merge.renames", "GIT_CONFIG_VALUE_0=false",
		"GIT_CONFIG_PARAMETERS='merge.conflictstyle'='diff3' 'merge.renamelimit'='1'",
		"GIT_EXTERNAL_DIFF="+run, "GIT_PAGER="+run, "PAGER="+run, "GIT_EDITOR="+run, "GIT_ASKPASS="+run, "GIT_SSH="+run,
		"GIT_TRACE="+filepath.Join(home, "trace"), "GIT_TRACE2_EVENT="+filepath.Join(home, "trace"), "GIT_DIFF_OPTS=-u9",
		"GIT_INDEX_FILE="+filepath.Join(home, "index"), "GIT_LITERAL_PATHSPECS=1", "LANGUAGE=de", "GIT_ATTR_SOURCE=HEAD")
}

// Nothing that somebody has set changes what a store answers, and nothing that
// a repository names is run.
func TestStoreIsIsolated(t *testing.T) {
	t.Parallel()
	answers := func(t *testing.T, r *gittest.Repo, env []string) string {
		repo, s := openWith(t, r.Dir, 2, git.Options{Env: env, Scratch: t.TempDir()})
		a, err := lay(t, s, map[string]string{".gitattributes": "*.own merge=own\n*.txt diff=own filter=own\n"})
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for _, attrs := range []git.Attributes{"", a} {
			got, err := s.MergeTrees(t.Context(), attrs, []git.Merge{{Ours: r.ID("ours"), Theirs: r.ID("theirs")}})
			fmt.Fprintln(&out, got, err)
			o, err := s.Read(t.Context(), got[0].Tree, 0)
			fmt.Fprintf(&out, "%q %v\n", o.Content, err)
		}
		drivers, err := s.MergeDrivers(t.Context(), a, []string{"a.own", "a.txt", "moved.txt"})
		fmt.Fprintln(&out, drivers, err)
		id := func(name string) string { return r.ID(name) }
		err = s.Changes(t.Context(), []string{id("ours"), id("theirs")}, 10, func(_ int, c []git.Change, err error) { fmt.Fprintln(&out, c, err) })
		fmt.Fprintln(&out, err)
		err = s.Patches(t.Context(), []string{id("ours"), id("theirs")}, func() {}, func(l []byte) { out.Write(l) }, func(int, error) {})
		fmt.Fprintln(&out, err)
		err = s.Log(t.Context(), []string{id("ours")}, nil, func(e git.LogEntry) error {
			fmt.Fprintf(&out, "%s %v %d %q\n", e.ID, e.Parents, e.Date, e.Message)
			return nil
		})
		fmt.Fprintln(&out, err)
		refs, err := repo.Refs(t.Context())
		fmt.Fprintln(&out, refs, err)
		head, err := repo.Resolve(t.Context(), "HEAD~0")
		fmt.Fprintln(&out, head, repo.FullRef(t.Context(), "ours"), err)
		return out.String()
	}
	r := gittest.New(t, custom)
	want := answers(t, r, gittest.Env())
	mark := filepath.Join(t.TempDir(), "mark")
	env := hostile(t, r, mark)
	before := r.State(t)
	if got := answers(t, r, env); got != want {
		t.Errorf("with everything set:\n%s\nwithout:\n%s", got, want)
	}
	if text, err := os.ReadFile(mark); err == nil {
		t.Errorf("programs were run:\n%s", text)
	}
	if after := r.State(t); after != before {
		t.Error("the repository was changed")
	}
	r.Git(t, "status") // the trap is one
	if _, err := os.Stat(mark); err != nil {
		t.Errorf("git status did not run fsmonitor: %v", err)
	}
}
