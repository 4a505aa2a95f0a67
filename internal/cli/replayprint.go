package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/replay"
	"backstay.dev/backstay/internal/say"
)

// replayView prints the summary of a replay.
type replayView struct {
	app   *app
	w     io.Writer
	style func(paint, string) string
	// given says that the cases came from a file.
	given bool
}

// print shows the summary of a run over some of all cases.
func (v replayView) print(s replay.Summary, all int) {
	switch {
	case all == 0 && v.given:
		fmt.Fprintln(v.w, "no cases: there is no line in what --cases names")
		return
	case all == 0:
		fmt.Fprintln(v.w, "no cases: no commit on a branch or tag names a commit of this repository that it was picked from")
		return
	case s.Cases < all:
		fmt.Fprintf(v.w, "%d cases, drawn from %d\n\n", s.Cases, all)
	default:
		fmt.Fprintf(v.w, "%s\n\n", say.Count(s.Cases, "case"))
	}
	v.outcomes(s)
	v.rungs(s)
	v.checks(s)
	fmt.Fprintf(v.w, "\n%.1f cases a second\n", s.PerSecond())
}

// outcomes is the table of what came of the cases and how much of it is what
// people committed.
func (v replayView) outcomes(s replay.Summary) {
	rows := [][]string{{"outcome", "cases", "", "exact", "", "code-exact", "", "different", ""}}
	row := func(name string, t replay.Tally, different int) {
		r := []string{name, strconv.Itoa(t.Cases), percent(t.Cases, s.Cases)}
		for _, n := range []int{t.Exact, t.CodeExact, different} {
			if t.Judged == 0 {
				r = append(r, "-", "")
				continue
			}
			r = append(r, strconv.Itoa(n), percent(n, t.Judged))
		}
		rows = append(rows, r)
	}
	different := 0
	for _, o := range backport.Outcomes() {
		t, ok := s.Outcomes[o]
		if !ok {
			continue
		}
		n := 0
		if o.HasTree() {
			n = t.Judged - t.Exact
		}
		different += n
		row(string(o), t, n)
	}
	row("all", s.Total(), different)
	v.table(rows)
}

// rungs is the table of how often each method's results are right.
func (v replayView) rungs(s replay.Summary) {
	rows := [][]string{{"rung", "results", "exact", "", "code-exact", ""}}
	for _, name := range slices.Sorted(maps.Keys(s.Rungs)) {
		if t := s.Rungs[name]; t.Judged > 0 {
			rows = append(rows, []string{
				say.Visible(name), strconv.Itoa(t.Judged),
				strconv.Itoa(t.Exact), percent(t.Exact, t.Judged), strconv.Itoa(t.CodeExact), percent(t.CodeExact, t.Judged),
			})
		}
	}
	if len(rows) > 1 {
		fmt.Fprintln(v.w)
		v.table(rows)
	}
}

// checks is the table of how often each check warned, and of what.
func (v replayView) checks(s replay.Summary) {
	if len(s.Checks) == 0 {
		return
	}
	var all replay.Tally
	for _, o := range backport.Outcomes() {
		if t := s.Outcomes[o]; o.HasTree() && o != backport.Present {
			all.Judged += t.Judged
			all.Exact += t.Exact
		}
	}
	rows := [][]string{{"check", "of different", "", "of exact", ""}}
	for _, name := range slices.Sorted(maps.Keys(s.Checks)) {
		t := s.Checks[name]
		rows = append(rows, []string{
			say.Visible(name),
			strconv.Itoa(t.Judged - t.Exact), percent(t.Judged-t.Exact, all.Judged-all.Exact),
			strconv.Itoa(t.Exact), percent(t.Exact, all.Exact),
		})
	}
	fmt.Fprintln(v.w)
	v.table(rows)
}

func percent(n, of int) string {
	if of == 0 {
		return ""
	}
	return strconv.FormatFloat(100*float64(n)/float64(of), 'f', 1, 64) + " %"
}

// table aligns the first column left and the others right; the first row is
// the heading, whose words stand above the number and its share.
func (v replayView) table(rows [][]string) {
	widths := make([]int, len(rows[0]))
	for i, row := range rows {
		for k, cell := range row {
			if i > 0 || k == 0 {
				widths[k] = max(widths[k], utf8.RuneCountInString(cell))
			}
		}
	}
	for k := 1; k < len(widths); k++ {
		room := widths[k]
		if k+1 < len(widths) && rows[0][k+1] == "" {
			room += 1 + widths[k+1]
		}
		widths[k] += max(utf8.RuneCountInString(rows[0][k])-room, 0)
	}
	for i, row := range rows {
		var b strings.Builder
		for k := 0; k < len(row); k++ {
			cell, width := row[k], widths[k]
			if k == 0 {
				fmt.Fprintf(&b, "%-*s", width, cell)
				continue
			}
			gap := "   "
			if rows[0][k] == "" {
				gap = " "
			}
			if i == 0 && k+1 < len(row) && row[k+1] == "" {
				width += 1 + widths[k+1]
				k++
			}
			fmt.Fprintf(&b, "%s%*s", gap, width, cell)
		}
		line := strings.TrimRight(b.String(), " ")
		if i == 0 {
			line = v.style(bold, line)
		}
		fmt.Fprintln(v.w, line)
	}
}
