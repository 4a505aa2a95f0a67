package gate

import (
	"context"
	"fmt"

	"backstay.dev/backstay/internal/backport"
)

// parse finds what is wrong with the result's text and was wrong neither with
// the target's nor with the fix's: two texts that each parse can merge into one
// that doesn't. What both already had is not the pick's doing.
func (c *Checker) parse(_ context.Context, _ Question, ch *change, r *report) error {
	for _, f := range ch.files {
		if f.same || f.result == f.after || f.result.lang == "" {
			continue
		}
		problems := f.result.getOutline().Problems
		if len(problems) == 0 {
			continue
		}
		allowed := map[string]int{}
		for _, t := range []*text{f.ours, f.after} {
			here := map[string]int{}
			for _, p := range t.getOutline().Problems {
				here[p.Text]++
			}
			for text, n := range here {
				allowed[text] = max(allowed[text], n)
			}
		}
		for _, p := range problems {
			if allowed[p.Text]--; allowed[p.Text] < 0 {
				r.add(backport.Error, f.path, p.Line, "", fmt.Sprintf("the text does not parse as well as before: %s", p.Text))
			}
		}
	}
	return nil
}
