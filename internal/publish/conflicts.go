package publish

import (
	"context"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/provenance"
)

// Person is the rung of a file that whoever commits has resolved; the message
// has the name in its place.
const Person = "person"

// foreign are the files that are not git's own result.
func foreign(files []backport.File) []backport.File {
	var out []backport.File
	for _, f := range files {
		if f.Rung != "" && f.Rung != "git" && (f.Outcome == backport.Resolved || f.Outcome == backport.Proposed) {
			out = append(out, f)
		}
	}
	return out
}

// changed are those of the files that differ between two trees: where the files
// of the steps are not told apart, a commit names what it changes.
func (p *publisher) changed(ctx context.Context, before, after string, files []backport.File) ([]backport.File, error) {
	var out []backport.File
	for _, f := range files {
		was, there, err := p.store.Lookup(ctx, before, f.Path)
		if err != nil {
			return nil, err
		}
		is, stays, err := p.store.Lookup(ctx, after, f.Path)
		if err != nil {
			return nil, err
		}
		if there != stays || !was.Same(is) {
			out = append(out, f)
		}
	}
	return out, nil
}

// resolutions are the lines of the Conflicts: paragraph.
func (p *publisher) resolutions(files []backport.File, encoding string) []provenance.Resolution {
	var out []provenance.Resolution
	for _, f := range files {
		by := f.Rung
		if by == Person {
			by = strings.TrimSpace(recode(p.ident, encoding))
			by = strings.TrimSpace(by[:max(strings.IndexByte(by, '<'), 0)])
		}
		if f.Outcome == backport.Proposed {
			by += " (proposed)"
		}
		out = append(out, provenance.Resolution{Path: f.Path, By: by})
	}
	return out
}
