package backport

// Fix is one logical change to carry from a project's newer code: one commit,
// or several that belong together and are applied in order.
type Fix struct {
	// Name is what the user called it: a commit-ish, a range, a file.
	Name string `json:"name"`
	// Slug names the fix inside the result branch backport/<target>/<slug>.
	Slug string `json:"slug"`
	// Subject is the first line of the (last) commit's message.
	Subject string `json:"subject"`
	// Steps are the commits in the order in which they are applied; never
	// empty.
	Steps []Step `json:"steps"`
	// Squash makes one commit of all steps on the result branch.
	Squash bool `json:"squash,omitempty"`
	// Notes say what was guessed while the fix was read, one sentence each
	// ("merge commit: changes against its first parent").
	Notes []string `json:"notes,omitempty"`
}

// Step is one commit of a Fix. Its change is the difference between Base and
// Commit.
type Step struct {
	// Commit is the commit whose tree has the change.
	Commit string `json:"commit"`
	// Base is the commit before the change: the parent, or the mainline parent
	// of a merge. Empty for a root commit.
	Base string `json:"base,omitempty"`
	// Origin is the id that provenance names: Commit, or empty when the step
	// came from a patch that names no commit of this repository.
	Origin string `json:"origin,omitempty"`
}

// ID is the commit that stands for the whole fix: the last step's origin.
func (f Fix) ID() string {
	if len(f.Steps) == 0 {
		return ""
	}
	return f.Steps[len(f.Steps)-1].Origin
}

// Target is where a Fix goes.
type Target struct {
	// Name is the short name as shown: "release/1.7", "v1.7.3".
	Name string `json:"name"`
	// Ref is the full ref name, empty when the target was given as a commit.
	Ref string `json:"ref,omitempty"`
	// Commit is the tip the fix is tried on.
	Commit string `json:"commit"`
}
