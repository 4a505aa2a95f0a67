package scenario_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/scenario"
)

// The example of the package documentation, with every verb.
const story = `What a reader sees first.

-- commit base on main: http: add a client --
-- file http/client.go --
package http

func Get() error {
	return nil
}
-- file run.sh 755 --
#!/bin/sh
-- file dos.txt crlf no-newline --
one
two
-- file "odd caf\xe9.bin" escapes --
\x00\xff
-- file logo.png base64 --
iVBORw0KGgo=
-- symlink latest -> http/client.go --
-- gitlink vendor/lib 0123456789012345678901234567890123456789 --
-- branch release/1.x from main --
-- tag v1.0.0 at base --
Release 1.0.0
-- commit fix on main: http: fail on an empty reply --
author: Grace <grace@example.org>
committer: Linus <linus@example.org>
date: 2024-03-02T10:00:00+05:30
commit-date: 2024-03-03T00:00:00Z
# a remark

Seen in production.

With a proxy.
-- edit http/client.go --
 func Get() error {
-	return nil
+	return errEmpty
-- commit backport on release/1.x: http: fail on an empty reply --

(cherry picked from commit {{id:fix}})
Short: {{id:fix:12}}
-- pick fix --
-- tag v1.0.1 at release/1.x --
-- commit on release/1.x: Revert --
-- revert fix --
-- commit move on main: move --
-- rename http -> net/http --
-- mode run.sh 644 --
-- delete latest --
-- copy logo.png -> art/logo.png --
-- edit dos.txt crlf --
-two
+zwei
-- commit merge on main: Merge branch 'release/1.x' --
merge: release/1.x

-- take http from v1.0.1 --
-- ref refs/remotes/origin/1.x at release/1.x --
`

func TestBuild(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, story)
	r.Fsck(t)
	for _, tt := range []struct {
		name, want string
		git        []string
	}{
		{
			"the first tree", `100644 dos.txt 8
100644 http/client.go 47
120000 latest 14
100644 logo.png 8
100644 "odd caf\351.bin" 3
100755 run.sh 10
160000 vendor/lib -`,
			[]string{"ls-tree", "-r", "--format=%(objectmode) %(path) %(objectsize)", "base"},
		},
		{"bytes", "one\r\ntwo", []string{"show", "base:dos.txt"}},
		{"an edit", "package http\n\nfunc Get() error {\n\treturn errEmpty\n}", []string{"show", "v1.0.1:http/client.go"}},
		{"an edit in CRLF", "one\r\nzwei", []string{"show", "move:dos.txt"}},
		{"a revert", "", []string{"diff", "base", "release/1.x"}},
		{"renames, modes, deletes, copies", `A	art/logo.png
M	dos.txt
D	latest
R100	http/client.go	net/http/client.go
M	run.sh`, []string{"diff", "-M", "--name-status", "fix", "move"}},
		{"a merge takes a directory back", "A\thttp/client.go", []string{"diff", "--name-status", "move", "main"}},
		{
			"authors and dates", "Grace <grace@example.org> 2024-03-02T10:00:00+05:30 Linus <linus@example.org> 2024-03-03T00:00:00+00:00",
			[]string{"log", "-1", "--format=%an <%ae> %aI %cn <%ce> %cI", "fix"},
		},
		{"the clock goes on from a date", "2024-03-02T10:01:00+05:30 2024-03-02T10:01:00+05:30", []string{"log", "-1", "--format=%aI %cI", "backport"}},
		{"a message", "http: fail on an empty reply\n\nSeen in production.\n\nWith a proxy.\n", []string{"log", "-1", "--format=%B", "fix"}},
		{"an annotated tag", "tag Release 1.0.0", []string{"for-each-ref", "--format=%(objecttype) %(contents:subject)", "refs/tags/v1.0.0"}},
		{"a lightweight tag", "commit", []string{"for-each-ref", "--format=%(objecttype)", "refs/tags/v1.0.1"}},
		{"any ref", r.ID("release/1.x"), []string{"rev-parse", "refs/remotes/origin/1.x"}},
		{"the parents of a merge", r.ID("move") + " " + r.ID("release/1.x"), []string{"log", "-1", "--format=%P", "merge"}},
		{"a working tree that is HEAD's", "", []string{"status", "--porcelain"}},
		{"HEAD", "refs/heads/main", []string{"symbolic-ref", "HEAD"}},
	} {
		args := tt.git
		for i, a := range args { // labels are not refs
			name, path, _ := strings.Cut(a, ":")
			if id, ok := r.IDs[name]; ok && !strings.HasPrefix(a, "refs/") {
				args[i] = strings.TrimSuffix(id+":"+path, ":")
			}
		}
		if got := r.Git(t, args...); got != tt.want {
			t.Errorf("%s: git %q\n got %q\nwant %q", tt.name, args, got, tt.want)
		}
	}
	want := fmt.Sprintf("http: fail on an empty reply\n\n(cherry picked from commit %s)\nShort: %.12s\n", r.ID("fix"), r.ID("fix"))
	if got := r.Git(t, "log", "-1", "--format=%B", r.ID("backport")); got != want {
		t.Errorf("ids in a message: got %q, want %q", got, want)
	}
}

// The ids are the promise: the same text gives the same commits everywhere.
func TestIDsAreFixed(t *testing.T) {
	t.Parallel()
	const text = "-- commit on main: one --\n-- file a --\nx\n"
	if got, want := gittest.New(t, text).ID("main"), "5b69e606578ff7afacca2d09f368dce8ec2feb1a"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	r := gittest.New(t, text, gittest.Bare(), gittest.SHA256())
	if got := len(r.ID("main")); got != 64 {
		t.Errorf("a SHA-256 id has %d digits", got)
	}
	if got := r.Git(t, "rev-parse", "--is-bare-repository"); got != "true" {
		t.Errorf("bare: %s", got)
	}
	r.Fsck(t)
}

func TestMessages(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, `-- commit empty on main: --
-- commit latin on main: caf\xe9 \\ --
author: Jos\xe9 <jose@example.org>
encoding: ISO-8859-1
escapes: yes
-- commit body on main: --

only a body
-- commit nothing on orphan: another root --
`)
	for label, want := range map[string]string{
		"empty":   "\n\n",
		"latin":   "encoding ISO-8859-1\n\ncaf\xe9 \\\n",
		"body":    "\n\nonly a body\n",
		"nothing": "\n\nanother root\n",
	} {
		if got := r.Run(t, "", "cat-file", "commit", r.ID(label)).Stdout; !strings.HasSuffix(got, want) {
			t.Errorf("%s: got %q, want it to end with %q", label, got, want)
		}
	}
	if got := r.Git(t, "rev-list", "--count", r.ID("nothing")); got != "1" {
		t.Errorf("the orphan has %s commits", got)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	const start = "-- commit one on main: one --\n-- file a/b --\nx\ny\nx\n"
	for text, want := range map[string]string{
		"just words":                                      "does not begin with a commit",
		"-- commit main: x --":                            "line 1: commit main: x: want: commit [LABEL] on BRANCH: SUBJECT",
		start + "-- nonsense --":                          "line 6: nonsense : unknown section",
		start + "-- tag t at one --\n-- file c --":        "line 7: file c: no commit above",
		start + "-- file a --":                            `"a" is a directory`,
		start + "-- file a/b/c --":                        `"a/b" is a file`,
		start + "-- file /c --":                           "not a path",
		start + "-- file \"c --":                          "read the quoted name",
		start + "-- file c 777 --":                        `unknown option "777"`,
		start + "-- file c base64 --\n!":                  "illegal base64",
		start + "-- file c escapes --\n\\q":               `read the escape at "\\q`,
		start + "-- delete c --":                          `no file or directory "c"`,
		start + "-- rename a/b to c --":                   "want: rename A -> B",
		start + "-- mode a 755 --":                        `no plain file "a"`,
		start + "-- edit a/b --\n-x\n+z":                  "occur more than once",
		start + "-- edit a/b --\n-z\n+z":                  "are not in the file",
		start + "-- edit a/b --\n+z":                      "needs an old line",
		start + "-- edit a/b --\nx":                       "want a blank, - or +",
		start + "-- take a from two --":                   `no label, branch or tag "two"`,
		start + "-- take c from one --":                   `no label, branch or tag "one"`,
		start + "-- branch b from two --":                 `no label, branch or tag "two"`,
		start + "-- tag one at main --":                   `"one" is already the name of a label`,
		start + "-- ref heads/x at main --":               "want a full name",
		start + "-- commit on main: {{id:two}} --":        `no label, branch or tag "two"`,
		start + "-- commit on main: {{id:one:99}} --":     "want a number of digits up to 40",
		start + "-- commit on main: x --\nwhat\n":         "want \"header: value\"",
		start + "-- commit on main: x --\nwhat: x":        `unknown header "what"`,
		start + "-- commit on main: x --\ndate: x":        "parsing time",
		start + "-- commit on new: x --\nmerge: one":      "nothing to merge into",
		start + "-- commit on ma..in: x --":               "git fast-import: exit status 128: fatal: ",
		start + "-- commit on main: x --\nauthor: nobody": "git fast-import: exit status 128: fatal: ",
	} {
		_, err := scenario.Build(context.Background(), filepath.Join(t.TempDir(), "r"), scenario.Options{Bare: true}, []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}

func TestBuildWantsAnEmptyFolder(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, "-- commit on main: x --")
	before := r.State(t)
	_, err := scenario.Build(context.Background(), r.Dir, scenario.Options{}, []byte("-- commit on main: y --"))
	if err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("got %v", err)
	}
	if after := r.State(t); after != before {
		t.Errorf("changed the repository:\n%s\nwas\n%s", after, before)
	}
}

func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		if _, err := scenario.Build(b.Context(), filepath.Join(b.TempDir(), "r"), scenario.Options{}, []byte(story)); err != nil {
			b.Fatal(err)
		}
	}
}
