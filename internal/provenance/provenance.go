package provenance

import "strings"

// Kind says how a commit is related to the one its claim names.
type Kind string

// The kinds of claims.
const (
	Picked        Kind = "picked"         // a copy; says nothing of having been adapted
	Backported    Kind = "backported"     // a copy that says it was adapted
	Partial       Kind = "partial"        // a copy of a part
	Request       Kind = "request"        // a copy of a pull or merge request, known by its number
	Reverts       Kind = "reverts"        // undoes a commit or a request
	PartlyReverts Kind = "partly-reverts" // undoes a part
)

// A Claim is one statement of a message about another commit or request.
type Claim struct {
	Kind    Kind   `json:"kind"`
	Dialect string `json:"dialect"` // see the package documentation
	// ID is an object id, perhaps abbreviated: lower-case hex, 7 to 64 digits.
	// It is empty when the claim names only a request or a page.
	ID string `json:"id,omitempty"`
	// Upstream is for reverts only: the id that the reverted commit itself had
	// upstream ("This reverts commit A which is commit B upstream": B).
	Upstream string `json:"upstream,omitempty"`
	Repo     string `json:"repo,omitempty"`   // source repository as written: URL, owner/name or name
	Branch   string `json:"branch,omitempty"` // source branch as written
	Target   string `json:"target,omitempty"` // branch the copy was made for, as written
	PR       int    `json:"pr,omitempty"`     // pull or merge request number, 0 if none is named
	Line     int    `json:"line"`             // 1-based line of the message
}

// IsPick tells whether the claim names a commit that this one copies, in whole
// or in part.
func (c Claim) IsPick() bool {
	return c.ID != "" && (c.Kind == Picked || c.Kind == Backported || c.Kind == Partial)
}

// A Record is all that a message says of its provenance. Every list is without
// duplicates, in message order, and holds 256 entries at most.
type Record struct {
	// Claims is in message order. Of more than 256 the last one is kept too,
	// since the line appended last is the nearest hop.
	Claims []Claim  `json:"claims,omitempty"`
	CVEs   []string `json:"cves,omitempty"` // "CVE-2024-1234", wherever mentioned outside quotes
	Bugs   []string `json:"bugs,omitempty"` // as written: "#12", "bsc#1234", "RHEL-12", a URL
	// Depends are ids of commits this one needs: prerequisites named in
	// "Cc: stable", Depends-on, X-MFC-With.
	Depends []string `json:"depends,omitempty"`
	// NeededBy are ids of commits this one was brought along for: Stable-dep-of.
	NeededBy []string `json:"needed_by,omitempty"`
	// Fixes are ids of the commits whose fault this one mends: "Fixes: X",
	// "Follow-up for X", "Regression from X". None of them is a pick.
	Fixes []string `json:"fixes,omitempty"`
	// PR is the request that brought this very commit in: "(#12)" closing the
	// subject, "Merge pull request #12", "Merged from URL", PR-URL. 0 if unknown.
	PR       int    `json:"pr,omitempty"`
	ChangeID string `json:"change_id,omitempty"`
	// RevertSubject is the subject that a commit titled `Revert "subject"`
	// takes back, ReapplySubject the one that `Reapply "subject"` or
	// `Revert "Revert "subject""` brings back: the innermost subject, by the net
	// effect of the whole title. At most one of the two is set.
	RevertSubject  string   `json:"revert_subject,omitempty"`
	ReapplySubject string   `json:"reapply_subject,omitempty"`
	Notes          []string `json:"notes,omitempty"`     // "bwh: Adjust context" of "[bwh: Adjust context]", folded
	Conflicts      []string `json:"conflicts,omitempty"` // paths of Conflicts: paragraphs
}

// Picks returns the claims that name a copied commit by id, in message order.
func (r Record) Picks() []Claim { return r.filter(Claim.IsPick) }

// Reverts returns the claims of whole commits or requests undone, in message
// order. Partial reverts are in Claims only: what they leave stays present.
func (r Record) Reverts() []Claim {
	return r.filter(func(c Claim) bool { return c.Kind == Reverts })
}

func (r Record) filter(keep func(Claim) bool) []Claim {
	var out []Claim
	for _, c := range r.Claims {
		if keep(c) {
			out = append(out, c)
		}
	}
	return out
}

// Chain returns the ids of the picks, the origin first and the nearest hop
// last, each once. Dialects that name the upstream commit come before the lines
// of git cherry-pick -x, which are stacked oldest first, and those before the
// hop of a vendor tree. Of two ids, one a prefix of the other, the longer stays.
func (r Record) Chain() []string {
	var out []string
	for rank := 0; rank <= 2; rank++ {
	claims:
		for _, c := range r.Claims {
			if !c.IsPick() || hop(c.Dialect) != rank {
				continue
			}
			for i, id := range out {
				if strings.HasPrefix(id, c.ID) {
					continue claims
				}
				if strings.HasPrefix(c.ID, id) {
					out[i] = c.ID
					continue claims
				}
			}
			out = append(out, c.ID)
		}
	}
	return out
}

// hop orders the dialects by how near to the origin their ids are.
func hop(dialect string) int {
	switch dialect {
	case "git-x", "ubuntu", "cherry-pick", "branch":
		return 1
	case "rhel-hop":
		return 2
	}
	return 0
}
