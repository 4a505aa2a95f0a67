package cli

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/explain"
	"backstay.dev/backstay/internal/find"
)

// after puts the prerequisites that --after names in front of every fix.
func (w *workspace) after(ctx context.Context, o *pickOptions, fixes []backport.Fix) ([]backport.Fix, error) {
	var first []backport.Step
	for i := 0; i < len(o.after); i++ {
		commit, part, err := parsePart(o.after[i])
		if err != nil {
			return nil, err
		}
		read, err := find.Fixes(ctx, w.repo, w.store, []string{commit}, find.FixOptions{Stdin: strings.NewReader("")})
		if err != nil {
			return nil, err
		}
		steps := read[0].Steps
		if part != nil {
			parts := []backport.Part{*part}
			for ; i+1 < len(o.after); i++ { // more files of the same commit
				again, more, err := parsePart(o.after[i+1])
				if err != nil || again != commit || more == nil {
					break
				}
				parts = append(parts, *more)
			}
			if len(steps) > 1 {
				return nil, wrongUse("name one commit", "--after %s: a part of a range", o.after[i])
			}
			step, err := explain.Cut(ctx, w.store, steps[0], parts)
			if err != nil {
				return nil, err
			}
			steps = []backport.Step{step}
		}
		first = append(first, steps...)
	}
	if len(first) == 0 {
		return fixes, nil
	}
	for i := range fixes {
		fixes[i].Steps = slices.Concat(first, fixes[i].Steps)
		fixes[i].Squash = fixes[i].Squash || o.squash
	}
	return fixes, nil
}

// lineList is "41-44,80".
var lineList = regexp.MustCompile(`^\d{1,9}(-\d{1,9})?(,\d{1,9}(-\d{1,9})?)*$`)

// parsePart reads COMMIT, COMMIT:PATH or COMMIT:PATH:LINES. No name of a commit
// has a colon in it.
func parsePart(spec string) (commit string, part *backport.Part, err error) {
	commit, rest, ok := strings.Cut(spec, ":")
	switch {
	case commit == "" || commit == "-":
		return "", nil, wrongUse("write COMMIT, COMMIT:PATH or COMMIT:PATH:LINES", "--after %q names no commit", spec)
	case !ok:
		return commit, nil, nil
	case rest == "":
		return "", nil, wrongUse("write COMMIT, COMMIT:PATH or COMMIT:PATH:LINES", "--after %q names no file", spec)
	}
	part = &backport.Part{Path: rest}
	at := strings.LastIndexByte(rest, ':')
	if at <= 0 || !lineList.MatchString(rest[at+1:]) {
		return commit, part, nil
	}
	part.Path = rest[:at]
	for list := range strings.SplitSeq(rest[at+1:], ",") {
		from, to, several := strings.Cut(list, "-")
		first, _ := strconv.Atoi(from) // lineList has seen to it
		last := first
		if several {
			last, _ = strconv.Atoi(to)
		}
		if first < 1 || last < first {
			return "", nil, wrongUse("lines count from 1, as in 41-44", "--after %q: no lines %s", spec, list)
		}
		part.Hunks = append(part.Hunks, backport.Hunk{NewLine: first, NewLines: last - first + 1})
	}
	return commit, part, nil
}

// formatPart writes what parsePart reads.
func formatPart(commit string, part backport.Part) string {
	out := commit + ":" + part.Path
	for i, h := range part.Hunks {
		out += map[bool]string{true: ":", false: ","}[i == 0] + strconv.Itoa(h.NewLine)
		if h.NewLines > 1 {
			out += fmt.Sprintf("-%d", h.NewLine+h.NewLines-1)
		}
	}
	return out
}
