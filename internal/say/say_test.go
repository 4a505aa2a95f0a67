package say

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                      "",
		"plain text, ünïcode":   "plain text, ünïcode",
		"\x1b[31mred":           `\x1b[31mred`,
		"a\nb\tc\r":             `a\nb\tc\r`,
		"\xff\xfe":              `\xff\xfe`,
		"\uFFFD":                "\uFFFD",
		"user\u202egnp.exe":     `user\u202egnp.exe`,
		"zero\u200bwidth\u00ad": `zero\u200bwidth\u00ad`,
		"\x7f\u0085":            `\x7f\u0085`,
		"日本語":                   "日本語",
	} {
		if got := Visible(in); got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestVisibleLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		got := Visible(in)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) || !unicode.IsPrint(r) }) {
			t.Fatalf("Visible(%q) = %q", in, got)
		}
		if Visible(got) != got {
			t.Fatalf("visible is not idempotent on %q", in)
		}
	})
}

func TestCount(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0 files", 1: "1 file", 2: "2 files", -1: "-1 files"} {
		if got := Count(n, "file"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
