package provenance

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const identity = "C O Mitter <committer@example.org>"

// A repo is a real repository, the oracle of the tests.
type repo struct{ dir string }

// newRepo makes a repository whose branch src has one empty commit per message
// on top of the branch dst, which is checked out.
func newRepo(t *testing.T, messages ...string) repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	r := repo{t.TempDir()}
	r.git(t, nil, "init", "-q", "-b", "dst")
	var in bytes.Buffer
	const who = identity + " 1700000000 +0000\n"
	fmt.Fprintf(&in, "commit refs/heads/dst\nmark :1\ncommitter %sdata 4\nbase\n", who)
	from := 1
	for i, m := range messages {
		fmt.Fprintf(&in, "commit refs/heads/src\nmark :%d\ncommitter %sdata %d\n%s\nfrom :%d\n", i+2, who, len(m), m, from)
		from = i + 2
	}
	r.git(t, &in, "fast-import", "--quiet")
	r.git(t, nil, "reset", "-q", "--hard", "dst")
	return r
}

func bytesOf(s string) *bytes.Buffer { return bytes.NewBufferString(s) }

func (r repo) git(t *testing.T, in *bytes.Buffer, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")},
		"HOME="+r.dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+filepath.Join(r.dir, "none"),
		"GIT_COMMITTER_NAME=C O Mitter", "GIT_COMMITTER_EMAIL=committer@example.org",
		"GIT_AUTHOR_NAME=A U Thor", "GIT_AUTHOR_EMAIL=author@example.org",
		"GIT_COMMITTER_DATE=1700000000 +0000", "GIT_EDITOR=true", "LC_ALL=C")
	if in != nil {
		cmd.Stdin = in
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// ids lists the commits of a range, oldest first.
func (r repo) ids(t *testing.T, revs string) []string {
	t.Helper()
	return strings.Fields(r.git(t, nil, "rev-list", "--reverse", revs))
}

// messages returns the messages of commits byte for byte.
func (r repo) messages(t *testing.T, ids []string) []string {
	t.Helper()
	out := r.git(t, bytes.NewBufferString(strings.Join(ids, "\n")+"\n"), "cat-file", "--batch")
	var all []string
	for range ids {
		header, rest, _ := strings.Cut(out, "\n")
		size, err := strconv.Atoi(header[strings.LastIndexByte(header, ' ')+1:])
		if err != nil {
			t.Fatalf("read cat-file header %q: %v", header, err)
		}
		_, message, _ := strings.Cut(rest[:size], "\n\n")
		all, out = append(all, message), rest[size+1:]
	}
	return all
}
