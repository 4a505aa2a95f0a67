package fileclass_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/adapt/fileclass"
)

// Texts that would cost hours where time grew with the square of their length.
func TestHostile(t *testing.T) {
	t.Parallel()
	const n = 2_000
	lines := func(format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	texts := map[string]string{
		"go.mod":             "require (\n" + lines("\ta%d v1.0.0\n") + ")\n",
		"go.sum":             lines("a v%d.0.0 h1:x=\n"),
		"vendor/modules.txt": "# a v1\n" + lines("a/%d\n"),
		"package-lock.json":  "{\n \"a\": {\n  \"b\": {\n" + lines("   \"%d\": 1,\n") + "  }\n }\n}\n",
		"pnpm-lock.yaml":     "a:\n" + lines("  b%d: 1\n\n"),
		"yarn.lock":          lines("a@%d:\n  version \"1\"\n\n"),
		"Cargo.lock":         "[[package]]\n" + lines("x%d\n"),
		"Gemfile.lock":       "GEM\n    a\n" + lines("      b%d\n"),
		"CHANGELOG.md":       "# 1.0\n" + lines("- a%d\n"),
		"changelog.html":     "<ul>\n" + lines("<li>\n%d\n"),
		"requirements.txt":   lines("a%d>=1.0\n"),
		"ci.yml":             "a: [" + lines("1.%d, ") + "]\n" + lines("a: %d.1.1\n"),
	}
	for path, base := range texts {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			ours := strings.NewReplacer("1", "2").Replace(base)
			theirs := strings.NewReplacer("1", "3", "\n", "\nnew 7.7\n").Replace(base)
			f := conflict.New(path, []byte(base), []byte(ours), []byte(theirs))
			fileclass.ByChunk(f)
			for _, c := range f.Chunks[:min(len(f.Chunks), 3)] {
				for _, r := range fileclass.Rungs() {
					r.Answers(c)
				}
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}
