package gate

import (
	"bytes"
	"context"

	"backstay.dev/backstay/internal/backport"
)

// markers finds conflict markers that neither the target's file nor the fix's
// own has: in a result that is to be committed nobody wants them.
func (c *Checker) markers(_ context.Context, _ Question, ch *change, r *report) error {
	for _, f := range ch.files {
		if f.same || !hasMarker(f.result.src) {
			continue
		}
		known := map[string]bool{}
		for _, t := range []*text{f.ours, f.after} {
			for _, line := range t.getLines() {
				if marker(line) {
					known[string(bytes.TrimRight(line, "\r\n"))] = true
				}
			}
		}
		f.added(func(n int) {
			if line := f.result.line(n); marker(line) && !known[string(line)] {
				r.add(backport.Error, f.path, n, "", "a conflict marker is left in the text")
			}
		})
	}
	return nil
}

var markerStarts = [][]byte{[]byte("<<<<<<<"), []byte("|||||||"), []byte(">>>>>>>")}

// marker reports whether a line is one that git puts around a conflict. The
// line of "=" between the sides is none: texts underline headings with it.
func marker(line []byte) bool {
	for _, start := range markerStarts {
		if rest, ok := bytes.CutPrefix(line, start); ok {
			return len(rest) == 0 || rest[0] == ' ' || rest[0] == '\n' || rest[0] == '\r'
		}
	}
	return false
}

func hasMarker(src []byte) bool {
	for _, start := range markerStarts {
		if bytes.Contains(src, start) {
			return true
		}
	}
	return false
}
