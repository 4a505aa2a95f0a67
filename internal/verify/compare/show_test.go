package compare

import (
	"fmt"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// show writes differences the way the tables of the tests have them.
func show(list []backport.FunctionDiff) string {
	var b strings.Builder
	where := func(p *backport.FunctionPlace) string {
		if p == nil {
			return "-"
		}
		return fmt.Sprintf("%s:%d:%s", p.Path, p.Line, p.Name)
	}
	for _, d := range list {
		fmt.Fprintf(&b, "%s %s %s same=%d\n", d.State, where(d.Original), where(d.Backport), d.Same)
		for _, l := range d.Lines {
			switch l.Side {
			case "folded":
				fmt.Fprintf(&b, "  ... %d\n", l.Count)
			case "both":
				fmt.Fprintf(&b, "  = %s%s\n", l.Op, l.Text)
			case "original":
				fmt.Fprintf(&b, "  o %s%s\n", l.Op, l.Text)
			case "backport":
				fmt.Fprintf(&b, "  b %s%s\n", l.Op, l.Text)
			}
		}
	}
	return b.String()
}

// hunkStart is a line before each hunk.
const hunkStart = "@@\n"

// bodies are the hunks of each file of a diff, by path.
func bodies(diff string) map[string]string {
	out := map[string]string{}
	path, inHunk := "", false
	for line := range strings.Lines(diff) {
		switch {
		case strings.HasPrefix(line, "diff --git "):
			_, path, _ = strings.Cut(strings.TrimSpace(line), " b/")
			out[path], inHunk = "", false
		case strings.HasPrefix(line, "@@ "):
			inHunk = true
			out[path] += hunkStart
		case inHunk && strings.ContainsAny(line[:1], `+-\`):
			out[path] += line
		case !inHunk && !strings.HasPrefix(line, "index ") && !strings.HasPrefix(line, "--- ") && !strings.HasPrefix(line, "+++ "):
			out[path] += line
		}
	}
	return out
}
