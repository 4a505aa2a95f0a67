package provenance

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Messages at the edges of git's rule for where trailers are.
var footers = []string{
	"subject",
	"subject\n",
	"subject\n\n",
	"subject\n\nbody\n",
	"subject\n\nbody",
	"subject\n\nbody\n\n\n",
	"Key: value\n",
	"Key: value\nKey: value\n",
	"subject\n\nKey: value\n",
	"subject\n\nKey: value",
	"subject\n\nKey: value\n\n",
	"subject\n\nbody\n\nSigned-off-by: A <a@example.org>\n",
	"subject\n\nbody\n\nSigned-off-by: " + identity + "\n",
	"subject\n\nbody\n\nSigned-off-by: " + identity + "\nAcked-by: A <a@example.org>\n",
	"subject\n\nbody\n\n(cherry picked from commit " + hopA + ")\n",
	"subject\n\nbody\n(cherry picked from commit " + hopA + ")\n",
	"subject\n\nbody\nbody\nSigned-off-by: A <a@example.org>\n",
	"subject\n\n1\n2\n3\nSigned-off-by: A <a@example.org>\n",
	"subject\n\n1\n2\n3\n4\nSigned-off-by: A <a@example.org>\n",
	"subject\n\nKey: value\nprose\n",
	"subject\n\nKey: value\n  more\nOther-Key : value\n",
	"subject\n\n  more\nKey: value\n",
	"subject\n\nTwo words: value\n",
	"subject\n\nKey: value\n# Conflicts:\n#\ta.c\n",
	"subject\n\nKey: value\n\n# Conflicts:\n#\ta.c\n",
	"subject\n\nbody\n\nConflicts:\n\ta.c\n",
	"subject\n\nKey: value\n\nConflicts:\n\ta.c\n\tb.c\n",
	"subject\n\nKey: value\n\nConflicts:\n\ta.c\nprose\n",
	"subject\n\nKey: value\nConflicts:\n\ta.c: resolved by hand\n",
	"subject\n\nConflicts:\n\ta.c\n\nKey: value\n",
	"subject\n\nKey: value\n---\n a.c | 2 +-\n",
	"subject\n\nKey: value\n---\nOther: value\n",
	"subject\n\nhttps://example.org/a\n",
	"subject\n\nKey: value\r\n",
	"subject\r\n\r\nbody\r\n\r\nKey: value\r\n",
	"subject\n \nKey: value\n \n",
	"subject\nstill the title\n\nKey: value\n",
	"# comment\nKey: value\n",
	"# comment\n\nKey: value\n",
	"# comment\n\nbody\n\nKey: value\n",
	"subject\n\n# comment\nKey: value\n",
	"subject\n# comment\n\nKey: value\n",
	"subject\n\nKey: value\n# comment\n  more\n",
	"subject\n\n: value\n",
	"subject\n\nKey value\nKey2:value\n",
}

// randomMessages strings lines together that matter to the rule.
func randomMessages(n int) []string {
	lines := []string{
		"prose", "Key: value", "Signed-off-by: A <a@example.org>", "Signed-off-by: " + identity,
		"(cherry picked from commit " + hopA + ")", "", "", "", " indented", "\tindented", "# comment",
		"Conflicts:", "\ta.c", "---", " ", "Key : value", "a b: c", "[note]", "-: x",
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var all []string
	for range n {
		m := "subject\n"
		for range 1 + rng.IntN(9) {
			m += lines[rng.IntN(len(lines))] + "\n"
		}
		if rng.IntN(8) == 0 {
			m = m[:len(m)-1]
		}
		all = append(all, m)
	}
	return all
}

// Git is the oracle: cherry-pick -x and -x -s of messages taken verbatim.
func TestAppendAsGitDoes(t *testing.T) {
	t.Parallel()
	messages := append(randomMessages(60), footers...)
	for _, signOff := range []bool{false, true} {
		r := newRepo(t, messages...)
		args := []string{"cherry-pick", "-x", "--cleanup=verbatim", "--allow-empty", "--keep-redundant-commits", "dst..src"}
		if signOff {
			args[1] = "-xs"
		}
		r.git(t, nil, "branch", "base")
		ids := r.ids(t, "base..src")
		r.git(t, nil, args...)
		for i, want := range r.messages(t, r.ids(t, "base..dst")) {
			got := Append(messages[i], GitX, ids[i])
			if signOff {
				got = AppendSignOff(got, identity)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("message %q, sign-off %t: (-git +got)\n%s", messages[i], signOff, diff)
			}
		}
	}
}

// Alone, a sign-off goes where git cherry-pick -s puts it, and git commit
// --amend -s wherever no Conflicts: list or comment ends the message.
func TestAppendSignOffAsGitDoes(t *testing.T) {
	t.Parallel()
	messages := append(randomMessages(20), footers...)
	r := newRepo(t, messages...)
	r.git(t, nil, "branch", "base")
	r.git(t, nil, "cherry-pick", "-s", "--cleanup=verbatim", "--allow-empty", "--keep-redundant-commits", "dst..src")
	for i, want := range r.messages(t, r.ids(t, "base..dst")) {
		if diff := cmp.Diff(want, AppendSignOff(messages[i], identity)); diff != "" {
			t.Errorf("message %q: (-git cherry-pick +got)\n%s", messages[i], diff)
		}
	}
	for _, m := range footers {
		if ignoredTail(completeLine(m)) > 0 {
			continue
		}
		r.git(t, nil, "checkout", "-q", "--detach", "base")
		r.git(t, nil, "commit", "-q", "--amend", "-s", "--allow-empty", "--no-verify", "--cleanup=verbatim", "-m", m)
		want := r.messages(t, r.ids(t, "HEAD"))[0]
		if diff := cmp.Diff(want, AppendSignOff(m, identity)); diff != "" {
			t.Errorf("message %q: (-git commit +got)\n%s", m, diff)
		}
	}
}

func TestParseGitsOwnMessages(t *testing.T) {
	t.Parallel()
	r := newRepo(t, "net: fix \"it\"\n\nbody\n", "net: more\n")
	ids := r.ids(t, "dst..src")
	r.git(t, nil, "cherry-pick", "-x", "--allow-empty", ids[0])
	hop := strings.TrimSpace(r.git(t, nil, "rev-parse", "HEAD"))
	r.git(t, nil, "checkout", "-q", "-b", "second", "HEAD^")
	r.git(t, nil, "cherry-pick", "-x", "--allow-empty", hop)
	last := strings.TrimSpace(r.git(t, nil, "rev-parse", "HEAD"))
	rec := Parse(r.messages(t, []string{last})[0])
	if diff := cmp.Diff([]string{ids[0], hop}, rec.Chain()); diff != "" {
		t.Errorf("chain of two picks: (-want +got)\n%s", diff)
	}
	r.git(t, nil, "commit", "-q", "--allow-empty", "-F", ".git/HEAD") // something else to be on top of
	r.git(t, bytesOf("Revert \"net: fix \"it\"\"\n\nThis reverts commit "+last+".\n"), "commit", "-q", "--allow-empty", "-F", "-")
	head := r.ids(t, "HEAD^..HEAD")
	rec = Parse(r.messages(t, head)[0])
	want := Record{
		Claims:        []Claim{{Kind: Reverts, Dialect: "git-revert", ID: last, Line: 3}},
		RevertSubject: `net: fix "it"`,
	}
	if diff := cmp.Diff(want, rec); diff != "" {
		t.Errorf("revert: (-want +got)\n%s", diff)
	}
}

func TestAppendStyles(t *testing.T) {
	t.Parallel()
	const body = "usb: fix\n\nIt leaked.\n\nSigned-off-by: A <a@example.org>\n"
	for _, c := range []struct {
		name, message string
		style         Style
		ids           []string
		want          string
	}{
		{"default", body, "", []string{hopA}, body + "(cherry picked from commit " + hopA + ")\n"},
		{"chain", body, GitX, []string{hopA, hopB}, body + "(cherry picked from commit " + hopA + ")\n(cherry picked from commit " + hopB + ")\n"},
		{"adapted", body, Ubuntu, []string{hopA}, body + "(backported from commit " + hopA + ")\n"},
		{"kernel, Greg", body, StableUpstream, []string{hopA}, "usb: fix\n\ncommit " + hopA + " upstream.\n\nIt leaked.\n\nSigned-off-by: A <a@example.org>\n"},
		{"kernel, Sasha", body, StableBracket, []string{hopA}, "usb: fix\n\n[ Upstream commit " + hopA + " ]\n\nIt leaked.\n\nSigned-off-by: A <a@example.org>\n"},
		{"DPDK", body, DPDK, []string{hopA}, "usb: fix\n\n[ upstream commit " + hopA + " ]\n\nIt leaked.\n\nSigned-off-by: A <a@example.org>\n"},
		{"title of two lines", "usb:\nfix\n\nbody\n", DPDK, []string{hopA}, "usb:\nfix\n\n[ upstream commit " + hopA + " ]\n\nbody\n"},
		{"title only", "usb: fix", StableBracket, []string{hopA}, "usb: fix\n\n[ Upstream commit " + hopA + " ]\n"},
		{"empty", "", StableBracket, []string{hopA}, "[ Upstream commit " + hopA + " ]\n"},
		{"upper case", "x\n", GitX, []string{strings.ToUpper(hopA)}, "x\n\n(cherry picked from commit " + hopA + ")\n"},
		// Git strips these blank lines and recodes this text; here nothing changes.
		{"leading blank lines", "\n\nx\n\nKey: value\n", GitX, []string{hopA}, "\n\nx\n\nKey: value\n(cherry picked from commit " + hopA + ")\n"},
		{"Latin-1", "f\xfcr\n\nb\xe4\n", DPDK, []string{hopA}, "f\xfcr\n\n[ upstream commit " + hopA + " ]\n\nb\xe4\n"},
		{"no ids", body, GitX, nil, body},
		{"not an id", body, GitX, []string{"HEAD", hopA + "\nKey: injected", strings.Repeat("0", 40)}, body},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, Append(c.message, c.style, c.ids...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestAppendConflicts(t *testing.T) {
	t.Parallel()
	resolutions := []Resolution{
		{"lib/a.c", "tokens"},
		{"my dir/b (1): c.txt", "A U Thor <author@example.org>"},
		{"f\xfcr\tx\n", "two\nlines"},
		{"Makefile", ""},
		{"-dash", "hand"},
		{"dot.", "hand"},
	}
	message := AppendConflicts(Append("fix\n\nbody\n\nChange-Id: I"+hopA+"\n", GitX, hopB), resolutions)
	want := "fix\n\nbody\n\nChange-Id: I" + hopA + "\n(cherry picked from commit " + hopB + ")\nConflicts:\n" +
		"\tlib/a.c: resolved by tokens\n" +
		"\t\"my dir/b (1): c.txt\": resolved by A U Thor <author@example.org>\n" +
		"\t\"f\xfcr\\tx\\n\": resolved by two lines\n" +
		"\tMakefile\n" +
		"\t\"-dash\": resolved by hand\n" +
		"\t\"dot.\": resolved by hand\n"
	if diff := cmp.Diff(want, message); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var paths []string
	for _, r := range resolutions {
		paths = append(paths, r.Path)
	}
	if diff := cmp.Diff(paths, Parse(message).Conflicts); diff != "" {
		t.Errorf("read back: (-want +got)\n%s", diff)
	}
	if got := AppendSignOff("x\n", " \n"); got != "x\n" {
		t.Errorf("signed off by nobody: %q", got)
	}
	if got := AppendOverride(AppendOverride("x\n", " \n"), "a\nb"); got != "x\n\nBackstay-Override: a b\n" {
		t.Errorf("override: %q", got)
	}
	if got := AppendConflicts("x\n", nil); got != "x\n" {
		t.Errorf("without resolutions: %q", got)
	}

	// The original's trailers stay trailers, with and without a sign-off.
	r := newRepo(t)
	for _, m := range []string{message, AppendSignOff(message, identity)} {
		trailers := r.git(t, bytesOf(m), "interpret-trailers", "--parse", "--no-divider")
		if !strings.Contains(trailers, "Change-Id: I"+hopA+"\n") {
			t.Errorf("git sees only these trailers:\n%s", trailers)
		}
	}
}

func TestQuotePath(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"a", "a b", `a"b\c`, "\x01\x7f\xff", "ü", " ", "a:b", "é(1)", "\a\b\v\f\r"} {
		got, rest, ok := path, "", true
		if q := quotePath(path); q[0] == '"' {
			got, rest, ok = unquotePath(q)
		}
		if got != path || rest != "" || !ok {
			t.Errorf("quotePath(%q) = %s reads back as %q, %q, %t", path, quotePath(path), got, rest, ok)
		}
	}
	for _, bad := range []string{`"`, `"a`, `"\`, `"\9"`, `""`} {
		if path, _, ok := unquotePath(bad); ok && bad != `"\9"` {
			t.Errorf("unquotePath(%s) = %q, want failure", bad, path)
		}
	}
}
