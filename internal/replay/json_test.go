package replay

import (
	"encoding/json"
	"testing"

	"backstay.dev/backstay/internal/backport"
)

func TestEveryFieldIsWritten(t *testing.T) {
	t.Parallel()
	r := newResult(Case{Fix: "f", Onto: "o"})
	r.Outcome = backport.Conflict
	r.Findings = []backport.Finding{{Check: "markers", Severity: backport.Warning, Text: "x"}}
	r.Causes = []backport.Cause{{Path: "a", Kind: backport.CauseAbsent, Text: "y"}}
	got, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"fix":"f","onto":"o","expected":"","outcome":"conflict","tree":null,"expected_tree":null,"exact":null,"code_exact":null,"ms":0,"files":[],` +
		`"findings":[{"check":"markers","severity":"warning","path":"","line":0,"commit":"","lacks":"","text":"x"}],` +
		`"causes":[{"path":"a","line":0,"kind":"absent","commits":[],"text":"y"}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
