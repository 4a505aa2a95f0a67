package results

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// minShare is how many lines a failing test is given at least.
const minShare = 3

// Failures is what a person reads first of tests that failed: the compiler's
// lines, then what the failing tests printed, in the order of their ids, in no
// more than so many lines of at most so many bytes. Of a long text the middle is
// left out. It is "" where nothing failed.
func (r Report) Failures(lines, bytes int) string {
	var loud, quiet []string
	for _, id := range slices.Sorted(maps.Keys(r.Tests)) {
		t := r.Tests[id]
		if t.State != backport.TestFailed && t.State != backport.TestFlaky {
			continue
		}
		text := strings.Trim(t.Text, "\r\n")
		if strings.TrimSpace(text) == "" {
			text = id + " " + string(t.State)
		}
		if t.Quiet {
			quiet = append(quiet, text)
		} else {
			loud = append(loud, text)
		}
	}
	texts := slices.Concat(loud, quiet)
	if r.NotBuilt != "" { // that is why packages fail as a whole
		texts = slices.Concat([]string{r.NotBuilt}, loud)
	}
	var out []string
	for i, text := range texts {
		left := lines - len(out)
		if left <= 0 {
			break
		}
		share := max(left/(len(texts)-i), min(minShare, left))
		for _, l := range middleOut(strings.Split(text, "\n"), share) {
			out = append(out, clip(strings.TrimRight(l, "\r"), bytes))
		}
	}
	return strings.Join(out, "\n")
}

// middleOut are the first and the last of lines, n in all.
func middleOut(lines []string, n int) []string {
	if len(lines) <= n {
		return lines
	}
	if n < minShare {
		return lines[:n]
	}
	head := n / 2
	return slices.Concat(lines[:head], []string{"…"}, lines[len(lines)-(n-head-1):])
}

// GoText is what a person would have seen in place of the records of go test
// -json: what they say was printed, and the other lines as they are. A record
// that is cut off is left out.
func GoText(log string) string {
	var out strings.Builder
	for line := range strings.Lines(log) {
		var e goEvent
		switch {
		case !strings.HasPrefix(line, `{"`):
			out.WriteString(line)
		case json.Unmarshal([]byte(line), &e) == nil && e.Action != "":
			if e.Action == "output" || e.Action == "build-output" {
				out.WriteString(e.Output)
			}
		case !strings.Contains(line, `"Action":"`):
			out.WriteString(line)
		}
	}
	return out.String()
}
