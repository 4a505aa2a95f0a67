package backport

// Severity orders findings.
type Severity string

// The severities, from least to most severe.
const (
	Info    Severity = "info"
	Warning Severity = "warning"
	Error   Severity = "error"
)

// Finding is what a check says of a Pick. A finding never changes the tree.
type Finding struct {
	Check    string   `json:"check"`
	Severity Severity `json:"severity"`
	Path     string   `json:"path,omitempty"`
	// Line is 1-based on the result; 0 where the finding is about no line.
	Line int `json:"line,omitempty"`
	// Commit is the commit the finding points at, if any.
	Commit string `json:"commit,omitempty"`
	// Lacks is what the finding says is not there, and Commit has: an identifier,
	// the path of an import, a configuration key. Empty where it is about no such
	// thing.
	Lacks string `json:"lacks,omitempty"`
	Text  string `json:"text"`
}

// Warnings are the findings of severity Warning or higher.
func Warnings(findings []Finding) []Finding {
	var out []Finding
	for _, f := range findings {
		if f.Severity != Info {
			out = append(out, f)
		}
	}
	return out
}

// CauseKind is why a chunk conflicts.
type CauseKind string

// The causes.
const (
	CausePrerequisite    CauseKind = "prerequisite"
	CauseTargetChange    CauseKind = "target-change"
	CauseAlteredBackport CauseKind = "altered-backport"
	CauseBoth            CauseKind = "both"
	CauseMoved           CauseKind = "moved"
	CauseAbsent          CauseKind = "absent"
	CauseGenerated       CauseKind = "generated"
)

// Cause names the commits behind one conflicting region.
type Cause struct {
	Path    string    `json:"path"`
	Line    int       `json:"line,omitempty"`
	Kind    CauseKind `json:"kind"`
	Commits []string  `json:"commits,omitempty"`
	Text    string    `json:"text"`
}
