package cli

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// A text of any bytes is one quoted ID of the DOT language: it ends where it
// should, and no escape in it is Graphviz's but the line break that we put.
func TestDotString(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":             `""`,
		"a":            `"a"`,
		"a\nb":         `"a\nb"`,
		`a"b`:          `"a\"b"`,
		`a\`:           `"a\\"`,
		`\"`:           `"\\\""`,
		`\N`:           `"\\N"`,
		"\x1b[2J":      `"\\x1b[2J"`,
		"<b>":          `"<b>"`,
		"\xff\u202egp": `"\\xff\\u202egp"`,
	} {
		if got := dotString(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.OneOf(rapid.String(), rapid.StringMatching(`["\\n\nN<>{};a]{0,20}`)).Draw(t, "text")
		got := dotString(in)
		inner := strings.TrimSuffix(strings.TrimPrefix(got, `"`), `"`)
		if len(got) != len(inner)+2 {
			t.Fatalf("%q: %s is not quoted", in, got)
		}
		breaks := 0
		for i := 0; i < len(inner); i++ {
			switch {
			case inner[i] == '"':
				t.Fatalf("%q: %s ends too early", in, got)
			case inner[i] != '\\':
			case i+1 == len(inner):
				t.Fatalf("%q: %s does not end", in, got)
			default:
				if i++; inner[i] == 'n' {
					breaks++
				} else if inner[i] != '\\' && inner[i] != '"' {
					t.Fatalf("%q: %s has the escape \\%c", in, got, inner[i])
				}
			}
		}
		if breaks != strings.Count(in, "\n") || strings.ContainsFunc(got, unicode.IsControl) {
			t.Fatalf("%q: %s has %d line breaks", in, got, breaks)
		}
	})
}
