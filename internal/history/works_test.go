package history_test

import (
	"testing"

	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/history"
)

// TestPresentByAuthorshipOfWhatIsCopied asks for a commit that somebody carried
// without a word, on the branch of its original, which a third branch names.
func TestPresentByAuthorshipOfWhatIsCopied(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, base+`
-- commit w on old: net: close the socket (#12) --
`+written+`-- file f --
2, adapted
-- commit p on older: net: close the socket (#12) --
`+written+`
(cherry picked from commit {{id:fix}})
-- file f --
2, on its own
`, gittest.Bare())
	for _, first := range []string{"old", "older", "main"} {
		x := open(t, r.Dir, history.Options{})
		update(t, x, r.ID(first))
		update(t, x, heads(t, r)...)
		if got := present(t, r, x, r.ID("fix"), history.Query{Fix: r.ID("w")}); got != "authorship fix" {
			t.Errorf("after %s: got %q", first, got)
		}
	}
}
