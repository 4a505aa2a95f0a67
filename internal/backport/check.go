package backport

// CheckState is what came of one check.
type CheckState string

// The states of a check.
const (
	// CheckPending: it waits or runs.
	CheckPending CheckState = "pending"
	CheckPassed  CheckState = "passed"
	CheckFailed  CheckState = "failed"
	// CheckSkipped: it did not run, or says neither yes nor no.
	CheckSkipped CheckState = "skipped"
)

// Check is what a forge knows of one check of a commit.
type Check struct {
	Name  string     `json:"name"`
	State CheckState `json:"state"`
	// URL is a page for people, "" for none.
	URL string `json:"url,omitempty"`
	// Text is one line: what the check says of itself, or the forge's own word
	// where the state is not all of it.
	Text    string  `json:"text,omitempty"`
	Seconds float64 `json:"seconds,omitempty"`
}
