package gate_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestCases runs the histories in testdata. What stands before the first section
// says what is asked and what must be told:
//
//	fix onto target [= result]
//	expected finding
//	…
//
// Without a result the tree is git's own for the pick.
func TestCases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no histories", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			head, _, _ := strings.Cut(string(text), "\n-- ")
			b := open(t, string(text))
			var want []string
			var words []string
			for _, line := range strings.Split(head, "\n") {
				switch line = strings.TrimSpace(line); {
				case line == "" || line[0] == '#':
				case words == nil:
					words = strings.Fields(line)
				default:
					want = append(want, line)
				}
			}
			if len(words) != 3 && len(words) != 5 {
				t.Fatalf("want: fix onto target [= result]; got %q", words)
			}
			result := ""
			if len(words) == 5 {
				result = words[4]
			}
			if got := b.told(t, b.question(t, words[0], words[2], result)); !slices.Equal(got, want) {
				t.Errorf("told:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}
