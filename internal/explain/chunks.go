package explain

import (
	"context"
	"slices"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/textdiff"
)

// maxRegions bounds the regions of one file that are explained.
const maxRegions = 200

// region is one conflicting region and where base and target differ in it.
type region struct {
	finding
	base, ours textdiff.Span
	fix        []textdiff.Hunk // what the fix changes, lines of the base
	hunks      []textdiff.Hunk // base to ours, lines of the files
}

// text explains a file that all three sides have, region by region.
func (a *analysis) text(ctx context.Context, f backport.File, s sides, out *fileFinding) error {
	var texts [3][]byte
	for i, id := range []string{s.Base, s.Ours, s.Theirs} {
		t, err := a.o.text(ctx, id)
		if err != nil {
			return err
		}
		texts[i] = t
	}
	regions := a.regions(texts[0], texts[1], texts[2])
	for _, r := range regions {
		r.path = f.Path
	}
	err := a.attribute(ctx, s, texts[0], texts[1], regions)
	for _, r := range regions {
		switch {
		case r.source == nil:
		case a.source.span == nil:
			out.Note = "the fix is no commit of this repository: only the target's side is explained"
		case r.source.cut || r.target.cut:
			out.Note = "the history is not here as far back as the two sides parted"
		}
		out.chunks = append(out.chunks, &r.finding)
	}
	return err
}

// regions cuts a file into its conflicting regions, as package pick shows them.
func (a *analysis) regions(base, ours, theirs []byte) []*region {
	m := textdiff.Merge3Histogram(base, ours, theirs)
	bl, ol := textdiff.Lines(base), textdiff.Lines(ours)
	var out []*region
	for _, c := range m.Conflicts() {
		if len(out) == maxRegions {
			break
		}
		b, o, t := m.Sides(c)
		r := &region{base: c.Base, ours: c.Ours}
		r.Chunk = backport.Chunk{
			Line: c.Ours.Start + 1, Lines: c.Ours.Len(),
			Base: string(b), Ours: string(o), Theirs: string(t),
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		r := &region{base: textdiff.Span{End: len(bl)}, ours: textdiff.Span{End: len(ol)}}
		r.Chunk = backport.Chunk{Line: 1, Lines: len(ol), Base: string(base), Ours: string(ours), Theirs: string(theirs)}
		out = append(out, r)
	}
	for _, r := range out {
		r.BaseLine, r.BaseLines = r.base.Start+1, r.base.Len()
		for _, h := range textdiff.Diff([]byte(r.Chunk.Base), []byte(r.Chunk.Theirs)) {
			h.OldStart += r.base.Start
			r.fix = append(r.fix, h)
		}
		if len(r.fix) > 0 {
			last := r.fix[len(r.fix)-1]
			r.fixLine = r.fix[0].OldStart + 1
			r.fixLines = last.OldStart + last.OldCount - r.fix[0].OldStart
		}
	}
	return out
}

// The lines that are followed are chosen in rounds; a region takes part in the
// next one if no commit was found for it. First come the lines in which base and
// target differ and which the fix changes or has next to its change. Then all
// in which they differ inside of the region, and then around it: a region can
// be equal on both sides and stand where the texts cannot be laid side by side.
const rounds = 5

// around is how many lines around the region each round looks at.
var around = [rounds]int{0, 0, 2, 10, 40}

// compare chooses the lines of a round. It reports whether there are any.
func (r *region) compare(round int, base, ours wording) bool {
	b := textdiff.Span{Start: max(r.base.Start-around[round], 0), End: min(r.base.End+around[round], len(base.lines))}
	o := textdiff.Span{Start: max(r.ours.Start-around[round], 0), End: min(r.ours.End+around[round], len(ours.lines))}
	r.hunks = textdiff.Diff(joined(base.lines[b.Start:b.End]), joined(ours.lines[o.Start:o.End]))
	for i := range r.hunks {
		r.hunks[i].OldStart += b.Start
		r.hunks[i].NewStart += o.Start
	}
	if round > 1 {
		r.nearest()
	}
	if round == 0 {
		r.hunks = slices.DeleteFunc(r.hunks, func(h textdiff.Hunk) bool { return !r.meets(h.OldStart, h.OldStart+h.OldCount, 0) })
	}
	r.finding.base, r.finding.ours = map[int][]byte{}, map[int][]byte{}
	for _, h := range r.hunks {
		at := textdiff.Span{Start: h.OldStart, End: h.OldStart + h.OldCount}
		var lines []int
		if round == 0 {
			lines = r.near(at, base)
		} else {
			lines = base.speaking(at)
		}
		for _, line := range lines {
			r.finding.base[line+1] = base.lines[line]
		}
		opposite := ours.speaking(textdiff.Span{Start: h.NewStart, End: h.NewStart + h.NewCount})
		if round == 0 && h.OldCount > 0 {
			opposite = facing(h, lines, base, ours)
		}
		for _, line := range opposite {
			r.finding.ours[line+1] = ours.lines[line]
		}
	}
	r.Adjacent = len(r.fix) > 0 && !slices.ContainsFunc(r.hunks, func(h textdiff.Hunk) bool {
		return r.meets(h.OldStart, h.OldStart+h.OldCount, -1) || h.OldCount == 0 && r.meets(h.OldStart, h.OldStart, 0)
	})
	return len(r.finding.base)+len(r.finding.ours) > 0
}

// nearest keeps the hunks that are nearest to the region, on either side.
func (r *region) nearest() {
	far := func(h textdiff.Hunk) int {
		return max(r.base.Start-h.OldStart-h.OldCount, h.OldStart-r.base.End, 0)
	}
	best := -1
	for _, h := range r.hunks {
		if d := far(h); best < 0 || d < best {
			best = d
		}
	}
	r.hunks = slices.DeleteFunc(r.hunks, func(h textdiff.Hunk) bool { return far(h) > best })
}

// maxBetween bounds the lines between two places of the same lines.
const maxBetween = 60

// reordered chooses, where the target has the lines of a region further up or
// down, the lines between the two places: it is their order that differs.
func (r *region) reordered(base, ours wording) bool {
	from, to := r.ours.End, r.Elsewhere.Line-1
	if to < from {
		from, to = min(to+len(r.finding.base), r.ours.Start), r.ours.Start
	}
	if to-from > maxBetween || from < 0 || to > len(ours.lines) {
		return false
	}
	words := map[string]bool{}
	r.finding.base, r.finding.ours = map[int][]byte{}, map[int][]byte{}
	for line := from; line < to; line++ {
		if ours.speaks(line) {
			r.finding.ours[line+1] = ours.lines[line]
			words[normal(ours.lines[line])] = true
		}
	}
	for line := range base.lines {
		if words[normal(base.lines[line])] && base.speaks(line) {
			r.finding.base[line+1] = base.lines[line]
		}
	}
	return len(r.finding.ours) > 0
}

// maxReach is how far from the fix's change the line next to it is looked for.
const maxReach = 5

// near are the lines of a span of the base that the fix changes, and the first
// on each side of its change that says something.
func (r *region) near(at textdiff.Span, base wording) []int {
	var out []int
	for _, c := range r.fix {
		for line := max(c.OldStart, at.Start); line < min(c.OldStart+c.OldCount, at.End); line++ {
			if telling(base.lines[line]) {
				out = append(out, line)
			}
		}
		for reach, line := 0, c.OldStart-1; reach < maxReach && line >= at.Start && line < at.End; reach, line = reach+1, line-1 {
			if base.speaks(line) {
				out = append(out, line)
				break
			}
		}
		for reach, line := 0, c.OldStart+c.OldCount; reach < maxReach && line >= at.Start && line < at.End; reach, line = reach+1, line+1 {
			if base.speaks(line) {
				out = append(out, line)
				break
			}
		}
	}
	if len(out) == 0 {
		return base.speaking(at)
	}
	return out
}

// meets reports whether the fix changes lines of the base from start to end, or
// next to them; by -1 only in them.
func (r *region) meets(start, end, by int) bool {
	if len(r.fix) == 0 {
		return true
	}
	return slices.ContainsFunc(r.fix, func(c textdiff.Hunk) bool {
		if by < 0 {
			return start < c.OldStart+c.OldCount && c.OldStart < end
		}
		return start <= c.OldStart+c.OldCount && c.OldStart <= end
	})
}

func joined(lines [][]byte) []byte {
	var out []byte
	for _, l := range lines {
		out = append(out, l...)
	}
	return out
}

// lines are the items of one side of all regions, each line once.
func items(regions []*region, side func(*finding) map[int][]byte) []item {
	seen := map[int]bool{}
	var out []item
	for _, r := range regions {
		for line := range side(&r.finding) {
			if !seen[line] {
				seen[line] = true
				out = append(out, item{id: line, line: line - 1})
			}
		}
	}
	slices.SortFunc(out, func(a, b item) int { return a.line - b.line })
	return out
}

func baseLines(f *finding) map[int][]byte { return f.base }
func oursLines(f *finding) map[int][]byte { return f.ours }

// attribute finds who wrote and who removed the lines in which base and target
// differ, and gives them to the regions. What was found before an error stays.
func (a *analysis) attribute(ctx context.Context, s sides, base, ours []byte, regions []*region) error {
	source, err := a.source.chain(ctx, a.source.tip, s.basePath, s.Base, nil)
	if err != nil {
		return err
	}
	target, err := a.target.chain(ctx, a.target.tip, s.oursPath, s.Ours, nil)
	if err != nil {
		return err
	}
	for _, r := range regions {
		r.source, r.target = source, target
	}
	bl, ol := newWording(base), newWording(ours)
	open := regions
	for round := range rounds {
		var now []*region
		for _, r := range open {
			if round == 2 && r.Elsewhere != nil && r.reordered(bl, ol) || r.compare(round, bl, ol) {
				now = append(now, r)
			}
		}
		if err := a.follow(ctx, source, target, s, now); err != nil {
			return err
		}
		open = slices.DeleteFunc(slices.Clone(open), func(r *region) bool { return len(r.Source)+len(r.Target) > 0 })
	}
	return nil
}

// follow follows the chosen lines of regions on both sides.
func (a *analysis) follow(ctx context.Context, source, target *chain, s sides, regions []*region) error {
	if len(regions) == 0 {
		return nil
	}
	wroteBase, err := source.made(ctx, items(regions, baseLines))
	give(regions, wroteBase, baseLines, false, true)
	if err != nil {
		return err
	}
	wroteOurs, err := target.made(ctx, items(regions, oursLines))
	give(regions, wroteOurs, oursLines, true, true)
	if err != nil {
		return err
	}
	dropped, err := across(ctx, source, target, wroteBase.rest)
	if dropped != nil {
		give(regions, dropped, baseLines, true, false)
		stay(regions, dropped.rest, s.oursPath)
	}
	if err != nil {
		return err
	}
	dropped, err = across(ctx, target, source, wroteOurs.rest)
	if dropped != nil {
		give(regions, dropped, oursLines, false, false)
	}
	return err
}

// across finds who removed, on another side, lines that were there before the
// two sides parted. The lines are those of from's last version.
func across(ctx context.Context, from, to *chain, lines []item) (*trace, error) {
	lines = slices.DeleteFunc(slices.Clone(lines), func(it item) bool { return it.line < 0 })
	if len(lines) == 0 || from.cut || to.cut {
		return nil, nil
	}
	slices.SortFunc(lines, func(a, b item) int { return a.line - b.line })
	here, err := from.blob(ctx, from.last())
	if err != nil {
		return nil, err
	}
	there, err := to.blob(ctx, to.last())
	if err != nil {
		return nil, err
	}
	f := &follower{c: to}
	hunks, err := f.hunks(ctx, here, there)
	if err != nil {
		return nil, err
	}
	same, _ := carry(lines, hunks)
	return to.removed(ctx, same)
}

// give adds what a trace found to the regions.
func give(regions []*region, t *trace, side func(*finding) map[int][]byte, target, wrote bool) {
	if t == nil {
		return
	}
	for _, r := range regions {
		lines := side(&r.finding)
		for line := range lines {
			s, ok := t.by[line]
			if !ok || s.commit == "" {
				continue
			}
			r.add(s, target, wrote, line)
		}
		r.tidy()
	}
}

// add notes a commit's part in one line.
func (f *finding) add(s step, target, wrote bool, line int) {
	list := &f.Source
	if target {
		list = &f.Target
	}
	at := slices.IndexFunc(*list, func(c LineChange) bool { return c.Commit == s.commit })
	if at < 0 {
		*list = append(*list, LineChange{Commit: s.commit, Path: s.path})
		at = len(*list) - 1
	}
	if f.steps == nil {
		f.steps = map[string]step{}
	}
	f.steps[s.commit] = s
	switch c := &(*list)[at]; {
	case line == 0:
	case wrote:
		c.Wrote = append(c.Wrote, line)
	default:
		c.Removed = append(c.Removed, line)
	}
}

// tidy sorts the lines of every change.
func (f *finding) tidy() {
	for _, list := range [][]LineChange{f.Source, f.Target} {
		for i := range list {
			slices.Sort(list[i].Wrote)
			slices.Sort(list[i].Removed)
		}
	}
}

// stay notes lines of the base that the target has, elsewhere in the file.
func stay(regions []*region, rest []item, path string) {
	at := map[int]int{}
	for _, it := range rest {
		at[it.id] = it.line + 1
	}
	for _, r := range regions {
		moved, first := 0, 0
		for line := range r.finding.base {
			if to, ok := at[line]; ok && (to <= r.ours.Start || to > r.ours.End) {
				moved++
				if first == 0 || to < first {
					first = to
				}
			}
		}
		if moved >= 3 && 2*moved > len(r.finding.base) {
			r.Elsewhere = &Place{Path: path, Line: first}
		}
	}
}
