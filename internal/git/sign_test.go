package git_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"backstay.dev/backstay/internal/git"
)

func TestUnsigned(t *testing.T) {
	t.Parallel()
	const tree = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
	for _, c := range []struct{ signed, want string }{
		{"", ""},
		{"\n", "\n"},
		{tree, tree},
		{tree + "\nmessage\n", tree + "\nmessage\n"},
		{tree + "gpgsig a\n b\n c\n\nmessage\n", tree + "\nmessage\n"},
		{tree + "gpgsig a\n b\n \n c\nencoding x\n\nm", tree + "encoding x\n\nm"},
		{tree + "gpgsig-sha256 a\n b\ngpgsig c\n d\n\nm", tree + "\nm"},
		{tree + "mergetag a\n b\n\nm", tree + "mergetag a\n b\n\nm"},
		{tree + "gpgsigned a\n b\n\nm", tree + "gpgsigned a\n b\n\nm"},
		{tree + "\ngpgsig a\n b\n", tree + "\ngpgsig a\n b\n"},
		{tree + "gpgsig a\n b", tree},
	} {
		if got := string(git.Unsigned([]byte(c.signed))); got != c.want {
			t.Errorf("Unsigned(%q) = %q, want %q", c.signed, got, c.want)
		}
	}
}

func FuzzUnsigned(f *testing.F) {
	f.Add([]byte("tree 0\ngpgsig a\n b\n\nmessage"))
	f.Add([]byte(" b\n\n"))
	f.Add([]byte("gpgsig\n \n \nx"))
	f.Fuzz(func(t *testing.T, content []byte) {
		before := bytes.Clone(content)
		got := git.Unsigned(content)
		if !bytes.Equal(before, content) {
			t.Fatal("the input was changed")
		}
		if !bytes.Equal(git.Unsigned(got), got) {
			t.Fatalf("%q is not without signature", got)
		}
		if _, message, ok := bytes.Cut(content, []byte("\n\n")); ok && !bytes.HasSuffix(got, message) {
			t.Fatalf("%q lost its message: %q", content, got)
		}
	})
}

func TestEncodeIsWhatGitReads(t *testing.T) {
	t.Parallel()
	id := rapid.StringMatching(`[0-9a-f]{40}`)
	line := rapid.StringMatching(`[^\n\x00]{1,40}`)
	rapid.Check(t, func(t *rapid.T) {
		c := git.Commit{
			Tree: id.Draw(t, "tree"), Author: line.Draw(t, "author"), Committer: line.Draw(t, "committer"),
			Parents:  rapid.SliceOfN(id, 1, 3).Draw(t, "parents"),
			Encoding: rapid.SampledFrom([]string{"", "ISO-8859-1"}).Draw(t, "encoding"),
			Message:  rapid.SliceOf(rapid.Byte()).Draw(t, "message"),
		}
		got, err := git.ParseCommit("", c.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Message) == 0 {
			got.Message = c.Message
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestSigns(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	for _, c := range []struct {
		value string
		want  bool
		fails bool
	}{
		{value: "", want: false},
		{value: "true", want: true},
		{value: "on", want: true},
		{value: "1", want: true},
		{value: "no", want: false},
		{value: "perhaps", fails: true},
	} {
		if c.value != "" {
			p.Git(t, "config", "commit.gpgsign", c.value)
		}
		got, err := p.repo.Signs(t.Context())
		if got != c.want || (err != nil) != c.fails || err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, %v", c.value, got, err)
		}
	}
}
