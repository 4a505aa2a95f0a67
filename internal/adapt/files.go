package adapt

import (
	"bytes"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/textdiff"
)

// maxAnswers is how many answers of a chunk are shown.
const maxAnswers = 3

// files are the paths of a trial's source, with what the rungs decided. What
// comes of an earlier backport is not git's own result for the fix, also where
// git merged it.
func (t *trial) files(out *Answer) []backport.File {
	files := append([]backport.File(nil), t.attempt.Files...)
	listed := map[string]bool{}
	for _, f := range files {
		listed[f.Path] = true
	}
	for _, p := range t.parts {
		if !listed[p.path] { // what was carried to another path
			listed[p.path] = true
			files = append(files, backport.File{Path: p.path})
		}
	}
	slices.SortStableFunc(files, func(a, b backport.File) int { return strings.Compare(a.Path, b.Path) })
	for i := range files {
		f := &files[i]
		if t.attempt.Neighbour && f.Outcome == backport.Clean {
			f.Outcome, f.Rung, f.Confidence = out.Outcome, "neighbour", out.Confidence
		}
		least := 2.0
		for _, p := range t.parts {
			if p.path != f.Path {
				continue
			}
			o := p.options[0]
			if o.odds < least {
				least = o.odds
				f.Rung, f.Detail = o.answers[0].Rung, o.answers[0].Why
			}
			if p.chunk != nil {
				f.Chunks = append(f.Chunks, p.shown())
				f.Answers = append(f.Answers, p.answers())
			}
		}
		if least <= 1 {
			f.Outcome, f.Confidence = out.Outcome, out.Confidence
		}
	}
	return files
}

// shown is a chunk as a pick has it.
func (p *part) shown() backport.Chunk {
	r := p.file.Merge.Regions[p.chunk.Region]
	return backport.Chunk{
		Line: r.Ours.Start + 1, Lines: r.Ours.Len(),
		Base: string(p.chunk.Base), Ours: string(p.chunk.Ours), Theirs: string(p.chunk.Theirs),
	}
}

// answers are the best options of a chunk.
func (p *part) answers() []backport.Answer {
	var out []backport.Answer
	for _, o := range p.options[:min(len(p.options), maxAnswers)] {
		a := backport.Answer{Text: string(o.text), Odds: o.odds, Why: o.answers[0].Why}
		for _, e := range o.answers {
			a.Rungs = append(a.Rungs, e.Rung)
		}
		out = append(out, a)
	}
	return out
}

// markers reports whether a text has conflict markers that no side has.
func markers(text []byte, sides ...[]byte) bool {
	known := map[string]bool{}
	for _, side := range sides {
		for _, line := range textdiff.Lines(side) {
			if marker(line) {
				known[string(bytes.TrimRight(line, "\r\n"))] = true
			}
		}
	}
	for _, line := range textdiff.Lines(text) {
		if marker(line) && !known[string(bytes.TrimRight(line, "\r\n"))] {
			return true
		}
	}
	return false
}

func marker(line []byte) bool {
	return len(line) >= 7 && bytes.IndexByte([]byte("<|=>"), line[0]) >= 0 && bytes.Equal(line[:7], bytes.Repeat(line[:1], 7))
}
