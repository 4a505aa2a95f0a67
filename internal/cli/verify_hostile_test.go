//go:build linux

package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
)

// secret is what no command may read.
const secret = "the-combination-is-12345"

// trap lays programs wherever git would run one, each of which leaves a file in
// traps, and gives that folder.
func trap(t *testing.T, v *verifying) (traps string) {
	t.Helper()
	traps = t.TempDir()
	program := func(path, name string) string {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		text := "#!/bin/sh\n: >" + filepath.Join(traps, name) + "\ncat 2>/dev/null\n"
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	evil := t.TempDir()
	for _, hook := range []string{
		"post-checkout", "pre-push", "reference-transaction", "post-index-change", "pre-commit", "post-commit", "commit-msg", "prepare-commit-msg",
		"post-merge", "pre-auto-gc", "post-rewrite", "update", "pre-receive", "post-receive", "post-update", "push-to-checkout", "fsmonitor-watchman",
		"applypatch-msg", "proc-receive", "sendemail-validate",
	} {
		program(filepath.Join(v.Dir, ".git", "hooks", hook), "hook-"+hook)
		program(filepath.Join(evil, "hooks", hook), "hooksPath-"+hook)
	}
	var config strings.Builder
	for _, of := range []struct{ section, key string }{
		{"core", "fsmonitor"},
		{"core", "sshCommand"},
		{"core", "gitProxy"},
		{"core", "pager"},
		{"core", "editor"},
		{"core", "askPass"},
		{"core", "alternateRefsCommand"},
		{"filter \"evil\"", "smudge"},
		{"filter \"evil\"", "clean"},
		{"filter \"evil2\"", "process"},
		{"diff", "external"},
		{"diff \"evil\"", "textconv"},
		{"diff \"evil2\"", "command"},
		{"merge \"evil\"", "driver"},
		{"credential", "helper"},
		{"gpg", "program"},
		{"gpg \"ssh\"", "program"},
		{"sequence", "editor"},
		{"pager", "log"},
		{"interactive", "diffFilter"},
		{"uploadpack", "packObjectsHook"},
		{"submodule \"sub\"", "update"},
		{"trailer \"sign\"", "command"},
		{"trailer \"sign\"", "cmd"},
		{"remote \"origin\"", "uploadpack"},
		{"mergetool \"evil\"", "cmd"},
		{"difftool \"evil\"", "cmd"},
		{"web", "browser"},
		{"alias", "merge-tree"},
		{"alias", "verify"},
	} {
		name := "config-" + regexp.MustCompile(`[^a-zA-Z0-9]+`).ReplaceAllString(of.section+"-"+of.key, "-")
		path := program(filepath.Join(evil, name), name)
		if of.section == "alias" || of.key == "update" || of.key == "helper" {
			path = "!" + path
		}
		fmt.Fprintf(&config, "[%s]\n\t%s = %s\n", of.section, of.key, path)
	}
	fmt.Fprintf(&config, `[core]
	hooksPath = %s
	symlinks = true
	protectHFS = false
	protectNTFS = false
[merge]
	tool = evil
[commit]
	gpgSign = true
[log]
	showSignature = true
[filter "evil"]
	required = true
[submodule]
	recurse = true
[submodule "sub"]
	url = ext::sh -c ": >%s/submodule-ext"
	active = true
[protocol "ext"]
	allow = always
[protocol "file"]
	allow = always
[remote "origin"]
	url = ext::sh -c ": >%s/remote-ext"
	promisor = false
[gc]
	auto = 1
	autoDetach = false
`, filepath.Join(evil, "hooks"), traps, traps)
	included := filepath.Join(evil, "included")
	if err := os.WriteFile(included, []byte(config.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(v.Dir, ".git", "config"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(f, "[include]\n\tpath = %s\n", included); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return traps
}

// Nothing that a repository brings or its configuration names is run but the
// commands of the platforms, and these get at nothing of the user's.
func TestVerifyRunsNothingElse(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, `
-- commit base on main: begin --
-- file .gitattributes --
* filter=evil diff=evil merge=evil
*.bin filter=evil2 diff=evil2 ident eol=crlf working-tree-encoding=UTF-16
-- file .gitmodules --
[submodule "sub"]
	path = sub
	url = ext::sh -c evil
	branch = .
-- file a.txt --
one
two
three
-- file b.bin --
$Id$
-- symlink out -> ../../../../../../../../../../etc/passwd --
-- symlink up -> .. --
-- symlink config -> .git/config --
-- gitlink sub 0123456789012345678901234567890123456789 --
-- branch release/1.0 from main --
-- commit fix on main: three is four --
-- edit a.txt --
-three
+four
-- file b.bin --
$Id$ again
-- file a.t --
test
-- branch my/fix from release/1.0 --
-- commit fixed on my/fix: three is four --

(cherry picked from commit {{id:fix}})
-- pick fix --
`)
	v := newVerifying(t, r, "")
	traps := trap(t, v)
	for name, text := range map[string]string{".vault/key": secret, ".token": secret} {
		path := filepath.Join(v.home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The command tries what it can to get at the user's files.
	v.Write(t, ".backstay.yaml", fmt.Sprintf(`
platforms:
  - name: nosy
    build:
      - [sh, -c, "cat a.txt b.bin; git status --porcelain; git log -1 --format=%%s; ls -a . sub"]
    test:
      - [sh, -c, "cat %[2]s/.vault/* %[2]s/.token ~/.token"]
      - [sh, -c, "echo owned >%[1]s/.git/owned; echo owned >%[1]s/owned; echo owned >>%[1]s/.git/config; echo owned >out; echo owned >up/owned; echo owned >%[3]s/written"]
      - [sh, -c, "git config --global user.name owned; git -C %[1]s update-ref refs/heads/owned HEAD; git -C %[1]s config core.owned yes"]
      - [sh, -c, "exit 1"]
`, v.Dir, v.home, traps))
	before := v.State(t)
	// git itself, asked by the test, would run into the traps: what State asks is
	// harmless.
	for _, args := range [][]string{
		{"my/fix"},
		{"my/fix", "--build", "--json"},
		{"--pick", r.ID("fix"), "--to", "release/1.0", "--build", "--fresh"},
		{"my/fix", "--fetch"},
		{"release/1.0..my/fix", "--original", r.ID("fix")},
	} {
		exit, out, said := v.run(args...)
		if exit != 1 && exit != 0 || strings.Contains(out+said, secret) {
			t.Errorf("%q: exit status %d\n%s%s", args, exit, out, said)
		}
		if slices.Contains(args, "--json") {
			confined(t, out, v)
		}
		left, err := os.ReadDir(traps)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range left {
			t.Errorf("%q: it ran or wrote %s", args, e.Name())
			_ = os.Remove(filepath.Join(traps, e.Name()))
		}
		if after := v.State(t); after != before {
			t.Errorf("%q: the repository was\n%s\nand is\n%s", args, before, after)
		}
	}
	// The traps are sharp.
	r.Run(t, "", "status")
	r.Run(t, "", "update-ref", "refs/heads/new", "HEAD")
	for _, name := range []string{"config-core-fsmonitor", "hooksPath-reference-transaction"} {
		if _, err := os.Lstat(filepath.Join(traps, name)); err != nil {
			t.Errorf("git itself does not run %s: %v", name, err)
		}
	}
}

// confined looks at what the commands of the platform could do.
func confined(t *testing.T, out string, v *verifying) {
	t.Helper()
	var d struct{ Verifications []backport.Verification }
	if err := json.Unmarshal([]byte(out), &d); err != nil || len(d.Verifications) != 1 || len(d.Verifications[0].Runs) != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	run := d.Verifications[0].Runs[0]
	if run.State != backport.RunFailed || len(run.Steps) < 5 {
		t.Fatalf("%+v", run)
	}
	if !slices.Contains(run.Kept, "files") {
		t.Skip("this machine cannot keep files from commands")
	}
	logs, err := filepath.Glob(filepath.Join(v.cache, "*", "verify", "logs", "*.log"))
	if err != nil || len(logs) < 5 {
		t.Fatalf("%q, %v", logs, err)
	}
	all := ""
	for _, name := range logs {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all += string(text)
	}
	if strings.Contains(all, secret) {
		t.Errorf("the secret is in a log:\n%s", all)
	}
	// The files are as they are stored, and count as unchanged.
	if !strings.Contains(all, "one\ntwo\nfour\n$Id$ again\nthree is four\n") {
		t.Errorf("the checkout is not as it is stored:\n%s", all)
	}
}

// No path of a tree leads out of the checkout, however it is spelled.
func TestVerifyHostilePaths(t *testing.T) {
	t.Parallel()
	r := pump(t)
	v := newVerifying(t, r, "platforms:\n  - {name: here, test: [\"true\"]}\n")
	blob := strings.TrimSpace(r.Run(t, "[core]\n\tfsmonitor = touch owned\n", "hash-object", "-w", "--stdin").Stdout)
	link := strings.TrimSpace(r.Run(t, "/etc", "hash-object", "-w", "--stdin").Stdout)
	tree := func(entries string) string {
		t.Helper()
		got := r.Run(t, entries, "mktree")
		if got.Exit != 0 {
			t.Fatal(got.Stderr)
		}
		return strings.TrimSpace(got.Stdout)
	}
	base := r.Git(t, "ls-tree", "release/1.0")
	folder := tree("100644 blob " + blob + "\tconfig\n")
	for _, entry := range []string{
		"040000 tree " + folder + "\t.git", "040000 tree " + folder + "\t.GIT", "040000 tree " + folder + "\t.Git", "040000 tree " + folder + "\tgit~1", "040000 tree " + folder + "\tGIT~1",
		"040000 tree " + folder + "\t..", "040000 tree " + folder + "\t.", "100644 blob " + blob + "\t.git", "120000 blob " + link + "\t.git",
		"040000 tree " + folder + "\t.git ", "040000 tree " + folder + "\t.git::$INDEX_ALLOCATION", "040000 tree " + folder + "\t.g\u200cit", "100644 blob " + blob + "\t..\\..\\owned",
		"120000 blob " + link + "\tabsolute", "100644 blob " + blob + "\t-rf", "100644 blob " + blob + "\tCON",
	} {
		of := tree(base + "\n" + entry + "\n")
		commit := r.Git(t, "commit-tree", "-p", "release/1.0", "-m", "hostile", "-m", "(cherry picked from commit "+r.ID("fix")+")", of)
		before := v.State(t)
		exit, out, said := v.run(commit, "--build")
		if exit == 0 || strings.Count(said, "\n") > 2 || strings.Contains(out+said, "panic") {
			t.Errorf("%q: exit status %d\n%s%s", entry, exit, out, said)
		}
		if after := v.State(t); after != before {
			t.Errorf("%q: the repository was\n%s\nand is\n%s", entry, before, after)
		}
		if left := v.left(); len(left) > 0 {
			t.Errorf("%q: %q is left", entry, left)
		}
	}
	for _, escaped := range []string{"owned", "config"} {
		found, err := filepath.Glob(filepath.Join(v.cache, "*", "*", escaped))
		if err != nil || len(found) > 0 {
			t.Errorf("%q, %v", found, err)
		}
	}
}
