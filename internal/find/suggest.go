package find

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"backstay.dev/backstay/internal/backport"
)

// quote shows a name from the user in a message: one line, not too long.
func quote(s string) string {
	if len(s) > 100 {
		cut := 100
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	return fmt.Sprintf("%q", s)
}

// plain shows a name without quotes, where nothing in it needs them.
func plain(s string) string {
	if q := quote(s); q[1:len(q)-1] != s {
		return q
	}
	return s
}

// Bounds of the search for close names.
const (
	maxSuggestions = 3
	maxCompared    = 100 // length of a name that is compared
)

// didYouMean names the closest of names, "" if none is close.
func didYouMean(wrong string, names []string) string {
	close := closest(wrong, names)
	switch len(close) {
	case 0:
		return ""
	case 1:
		return "did you mean " + close[0] + "?"
	}
	return "did you mean " + strings.Join(close[:len(close)-1], ", ") + " or " + close[len(close)-1] + "?"
}

// closest returns up to three names: those that contain what was typed, then
// those that few keystrokes are away.
func closest(wrong string, names []string) []string {
	if wrong == "" || len(wrong) > maxCompared {
		return nil
	}
	type scored struct {
		name string
		far  int
	}
	var found []scored
	typed := strings.ToLower(wrong)
	limit := len(typed) / 3
	for _, name := range names {
		if len(name) > maxCompared {
			continue
		}
		lower := strings.ToLower(name)
		if len(typed) > 1 && strings.Contains(lower, typed) {
			found = append(found, scored{name, -maxCompared + len(name) - len(typed)})
		} else if far := distance(typed, lower, limit); far <= limit {
			found = append(found, scored{name, far})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int { return a.far - b.far })
	var out []string
	for _, f := range found[:min(len(found), maxSuggestions)] {
		out = append(out, f.name)
	}
	return out
}

// distance is the number of bytes to insert, delete, replace or swap with
// their neighbour (optimal string alignment); limit+1 stands for all that is
// more.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			step := 1
			if a[i-1] == b[j-1] {
				step = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+step)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return min(row[len(b)], limit+1)
}

func names(targets []backport.Target) []string {
	out := make([]string, 0, len(targets))
	for _, t := range targets {
		out = append(out, t.Name)
	}
	return out
}
