package scenario_test

import (
	"os"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/gittest"
)

// What the package documentation shows must work as shown.
func TestDocumentedExample(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(doc), "//\t")
	example, _, _ = strings.Cut("//\t"+example, "//\n// # Commits")
	var text strings.Builder
	for line := range strings.Lines(example) {
		text.WriteString(strings.TrimPrefix(strings.TrimPrefix(line, "//"), "\t"))
	}
	r := gittest.New(t, text.String())
	if got, want := r.Git(t, "log", "-1", "--format=%b", "v1.0.1"), "(cherry picked from commit "+r.ID("fix")+")\n"; got != want {
		t.Errorf("the backport says %q, want %q", got, want)
	}
	if got := r.Git(t, "diff", "main", "release/1.x"); got != "" {
		t.Errorf("the backport differs from the fix:\n%s", got)
	}
}
