package git

import (
	"strings"
	"testing"
)

func TestUnreadable(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("1a", 20)
	for _, line := range []string{ // as git 2.39 writes them
		"fatal: unable to read " + id,
		"fatal: unable to read tree " + id,
		"fatal: unable to read tree (" + id + ")",
		"fatal: unable to read blob object " + id,
		"error: Could not read " + id,
		"error: cannot read object " + id + " 'name'",
		"fatal: unable to parse commit " + id,
		"error: unable to parse object: " + id,
		"fatal: could not parse commit " + id,
		"fatal: bad object " + id,
		"error: Object " + id + " not a tree",
		"fatal: bad tree object " + id,
		"fatal: missing object " + id + " for refs/heads/x",
		"fatal: missing blob object '" + id + "'",
		"merge-tree: " + id + " - not something we can merge",
		"hint: grafts are old\nerror: Could not read " + id + "\nfatal: refusing to merge unrelated histories",
		"error: collect_merge_info failed for trees " + id + ", " + id + ", " + id,
	} {
		if got := unreadable(line); got != id {
			t.Errorf("%q: got %q", line, got)
		}
	}
	for _, line := range []string{
		"", "fatal: bad object HEAD", "fatal: unable to read current working directory", "error: corrupt loose object '" + id + "'",
		"fatal: loose object " + id + " (stored in x) is corrupt", "fatal: unable to read " + id + "0", "warning: missing newline in " + id,
		"fatal: update_ref failed for ref 'refs/heads/" + id + "': cannot lock ref", "error: unable to read askpass response from '/" + id + "/x'",
	} {
		if got := unreadable(line); got != "" {
			t.Errorf("%q: got %q", line, got)
		}
	}
}

func TestDamaged(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("1a", 20)
	for line, want := range map[string]string{
		"error: corrupt loose object '" + id + "'":                            id,
		"error: x\nfatal: loose object " + id + " (stored in a/b) is corrupt": id,
		"fatal: packed object " + id + " (stored in a/b.pack) is corrupt":     id,
		"error: hash mismatch " + id:                                          id,
		"fatal: unable to read " + id:                                         "",
		"fatal: the index is corrupt":                                         "",
	} {
		if got := damaged(line); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}

func TestLastLine(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"": "", "\n": "", "warning: x\nfatal: y\nhint: z\n": "y", "error: first\nfatal: then\n": "then", "just this\n": "just this", "fatal: \x1b[2J\u009bx\ry\n": "?[2J?x?y",
	} {
		if got := lastLine(said); got != want {
			t.Errorf("%q: got %q, want %q", said, got, want)
		}
	}
	e := &commandError{args: []string{"-c", "a=b", "-c", "c=d", "diff-tree", "-p"}, how: "signal: killed"}
	if got := e.Error(); got != "git diff-tree: signal: killed" {
		t.Errorf("got %q", got)
	}
}

func TestBoundedOutput(t *testing.T) {
	t.Parallel()
	b := &boundedBuffer{left: 5}
	if _, err := b.Write([]byte("12345")); err != nil || b.overflown {
		t.Errorf("%v %v", err, b.overflown)
	}
	if _, err := b.Write([]byte("6")); err == nil || !b.overflown || string(b.Bytes()) != "12345" {
		t.Errorf("%v %v %q", err, b.overflown, b.Bytes())
	}
}
