package explain

import "backstay.dev/backstay/internal/backport"

// Report says why a pick conflicts.
type Report struct {
	// Files are the conflicting files of the pick, in its order.
	Files []FileReport `json:"files"`
	// Commits describes every commit that the report names, by its id.
	Commits map[string]Commit `json:"commits"`
}

// Commit is what a person wants to know of a commit that is named.
type Commit struct {
	ID      string `json:"id"`
	Subject string `json:"subject"`
	// Author is the author's name.
	Author string `json:"author"`
	// Date is the day of the author date in UTC, "2024-03-02".
	Date string `json:"date"`
	// Request is the number of the pull or merge request that brought it, 0 if
	// it cannot be read off.
	Request int `json:"request,omitempty"`
}

// FileReport says why one file conflicts.
type FileReport struct {
	Path string `json:"path"`
	// BasePath is the file's path where the fix was made, TargetPath where the
	// target has it; "" where there is none.
	BasePath   string `json:"base_path,omitempty"`
	TargetPath string `json:"target_path,omitempty"`
	// Kind is git's word for the conflict.
	Kind string `json:"kind"`
	// Chunks are the conflicting regions. A conflict that is not about lines
	// (a file that is not there, a binary) has one, with an empty Chunk.
	Chunks []ChunkReport `json:"chunks"`
	// Note says why the report on this file may be incomplete, "" if it is not.
	Note string `json:"note,omitempty"`
}

// ChunkReport says why one region conflicts.
type ChunkReport struct {
	Cause backport.Cause `json:"cause"`
	Chunk backport.Chunk `json:"chunk"`
	// BaseLine is the 1-based first line of the region where the fix was made,
	// BaseLines its length there; 0 lines stand before BaseLine.
	BaseLine  int `json:"base_line,omitempty"`
	BaseLines int `json:"base_lines,omitempty"`
	// Source are the commits of the source side that made base and target
	// differ here, oldest first; Target those of the target.
	Source []LineChange `json:"source,omitempty"`
	Target []LineChange `json:"target,omitempty"`
	// Altered are the backports among them that differ from their originals.
	Altered []Pair `json:"altered,omitempty"`
	// Prerequisites are the commits of Source that the target does not have,
	// oldest first.
	Prerequisites []string `json:"prerequisites,omitempty"`
	// Adjacent says that the fix changes other lines than these commits did,
	// but right next to them.
	Adjacent bool `json:"adjacent,omitempty"`
	// Elsewhere is where the target has the content, if not here.
	Elsewhere *Place `json:"elsewhere,omitempty"`
}

// LineChange is the part of one commit in a region.
type LineChange struct {
	Commit string `json:"commit"`
	// Path is the file's path in that commit.
	Path string `json:"path"`
	// Wrote are the lines it wrote, 1-based: of the base for a commit of the
	// source, of the target for one of the target.
	Wrote []int `json:"wrote,omitempty"`
	// Removed are the lines it removed, 1-based, where the other side still has
	// them: of the target for a commit of the source, of the base for one of
	// the target.
	Removed []int `json:"removed,omitempty"`
	// Twin is the commit of the other side that makes the same change, as far
	// as the commits say; "" if there is none.
	Twin string `json:"twin,omitempty"`
}

// Pair is an earlier backport and what it carried.
type Pair struct {
	Original string `json:"original"`
	Backport string `json:"backport"`
	// Difference is one clause: "it has `a` where the original has `b`".
	Difference string `json:"difference"`
}

// Place is where something stands on the target.
type Place struct {
	Path string `json:"path"`
	Line int    `json:"line,omitempty"`
}

// Causes is the report in short, one cause for each region.
func (r Report) Causes() []backport.Cause {
	var out []backport.Cause
	for _, f := range r.Files {
		for _, c := range f.Chunks {
			out = append(out, c.Cause)
		}
	}
	return out
}
