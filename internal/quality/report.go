package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"sort"
	"strings"

	"backstay.dev/backstay/internal/adapt"
	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/history"
	"backstay.dev/backstay/internal/replay"
)

// figures are what one repository, or a part of its time, shows.
type figures struct {
	name string
	// conflicts are the cases that git did not merge.
	conflicts, resolved, resolvedRight, proposed, proposedRight int
	// strayed are clean results whose code is not what people committed, flagged
	// those of them that a check warns of; fine are exact clean results, alarmed
	// those of them with a warning.
	strayed, flagged, fine, alarmed int
	gates                           []float64
}

func (f *figures) add(r replay.Result) {
	if r.Exact == nil {
		return
	}
	warned := slices.ContainsFunc(r.Findings, func(f backport.Finding) bool { return f.Severity != backport.Info })
	switch r.Outcome {
	case backport.Clean:
		f.gates = append(f.gates, r.GateMS)
		switch {
		case *r.Exact:
			f.fine++
			f.alarmed += count(warned)
		case r.CodeExact != nil && !*r.CodeExact:
			f.strayed++
			f.flagged += count(warned)
		}
	case backport.Resolved:
		f.conflicts++
		f.resolved++
		f.resolvedRight += count(r.Right)
	case backport.Proposed:
		f.conflicts++
		f.proposed++
		f.proposedRight += count(r.Right)
	case backport.Conflict, backport.Blocked:
		f.conflicts++
	}
}

func (f *figures) plus(g figures) {
	f.conflicts += g.conflicts
	f.resolved += g.resolved
	f.resolvedRight += g.resolvedRight
	f.proposed += g.proposed
	f.proposedRight += g.proposedRight
	f.strayed += g.strayed
	f.flagged += g.flagged
	f.fine += g.fine
	f.alarmed += g.alarmed
	f.gates = append(f.gates, g.gates...)
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// row is a line of the table.
func (f *figures) row() string {
	median, high := "–", "–"
	if n := len(f.gates); n > 0 {
		slices.Sort(f.gates)
		median, high = fmt.Sprintf("%.1f ms", f.gates[n/2]), fmt.Sprintf("%.0f ms", f.gates[n*95/100])
	}
	return fmt.Sprintf("| %s | %d | %s | %s | %s | %s | %s | %s | %s |", f.name, f.conflicts,
		percent(f.resolvedRight, f.conflicts), percent(f.resolvedRight, f.resolved),
		percent(f.resolvedRight+f.proposedRight, f.conflicts),
		percent(f.flagged, f.strayed), percent(f.alarmed, f.fine), median, high)
}

func percent(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %% (%d/%d)", 100*float64(n)/float64(of), n, of)
}

// ladder is a line of a table about conflicts alone.
func (f *figures) ladder() string {
	return fmt.Sprintf("| %s | %d | %s | %s | %s |", f.name, f.conflicts,
		percent(f.resolvedRight, f.conflicts), percent(f.resolvedRight, f.resolved), percent(f.resolvedRight+f.proposedRight, f.conflicts))
}

func crossedRow(name string, o adapt.Outcome) string {
	return fmt.Sprintf("| %s | %d | %s | %s | %s |\n", name, o.Cases,
		percent(o.ResolvedRight, o.Cases), percent(o.ResolvedRight, o.Resolved), percent(o.FirstRight, o.Cases))
}

const ladderHead = "| | conflicts | resolved as people did | precision of resolved | first answer right |\n|---|---|---|---|---|\n"

const head = "| | conflicts | resolved as people did | precision of resolved | first answer right | clean but different, flagged | false alarms | gates, median | p95 |\n|---|---|---|---|---|---|---|---|---|\n"

// report judges every repository and writes the tables.
func report(ctx context.Context, o options, all []*repository, log io.Writer) error {
	var out strings.Builder
	out.WriteString(preface)
	sum, known := figures{name: "**all**"}, figures{name: "**all**"}
	var whole, halves, own []string
	var chunks adapt.Outcome
	var corpora []*adapt.Corpus
	for _, r := range all {
		corpora = append(corpora, r.corpus)
	}
	crossed, _ := adapt.CrossValidate(corpora)
	shipped := adapt.Fit(corpora)
	for _, r := range all {
		var others []*adapt.Corpus
		for _, other := range all {
			if other != r {
				others = append(others, other.corpus)
			}
		}
		m := adapt.Fit(others)
		results, err := r.judge(ctx, o, m, nil, log)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		middle := median(results)
		f, older, newer := figures{name: r.name}, figures{name: r.name + ", older half"}, figures{name: r.name + ", newer half"}
		for _, one := range results {
			f.add(one.result)
			if one.at < middle {
				older.add(one.result)
			} else {
				newer.add(one.result)
			}
		}
		sum.plus(f)
		whole = append(whole, f.row())
		halves = append(halves, older.row(), newer.row())
		chunks = chunks.Plus(m.Measure(r.corpus, 0, 1<<62))
		fmt.Fprintln(log, f.row())
		again, err := r.judge(ctx, o, shipped, conflicts(results), log)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		g := figures{name: r.name}
		for _, one := range again {
			g.add(one.result)
		}
		known.plus(g)
		own = append(own, g.ladder())
	}
	fmt.Fprintf(&out, "%s%s\n%s\n", head, strings.Join(whole, "\n"), sum.row())
	fmt.Fprintf(&out, "\nOf %d conflicting regions the first answer is right in %s, one of at most three in %s.\n",
		chunks.Chunks, percent(chunks.ChunksFirst, chunks.Chunks), percent(chunks.ChunksThree, chunks.Chunks))
	fmt.Fprintf(&out, "\n## Older and newer half of each repository's cases\n\n%s%s\n", head, strings.Join(halves, "\n"))
	fmt.Fprintf(&out, crossedText, ladderHead)
	var total adapt.Outcome
	for i, c := range crossed {
		total = total.Plus(c)
		out.WriteString(crossedRow(all[i].name, c))
	}
	out.WriteString(crossedRow("**all**", total))
	fmt.Fprintf(&out, shippedText, ladderHead, strings.Join(append(own, known.ladder()), "\n"))
	out.WriteString(rungs(all))
	return os.WriteFile(o.report, []byte(out.String()), 0o644)
}

// judged is a result and when people committed theirs.
type judged struct {
	at     int64
	result replay.Result
}

func median(results []judged) int64 {
	var at []int64
	for _, r := range results {
		at = append(at, r.at)
	}
	slices.Sort(at)
	if len(at) == 0 {
		return 0
	}
	return at[len(at)/2]
}

// conflicts are the cases that git did not merge.
func conflicts(results []judged) []replay.Case {
	var out []replay.Case
	for _, one := range results {
		switch r := one.result; r.Outcome {
		case backport.Resolved, backport.Proposed, backport.Conflict:
			out = append(out, replay.Case{Fix: r.Fix, Onto: r.Onto, Expected: r.Expected})
		}
	}
	return out
}

// judge replays cases of a repository, nil for all, with a model.
func (r *repository) judge(ctx context.Context, o options, m *adapt.Model, cases []replay.Case, log io.Writer) ([]judged, error) {
	var out []judged
	err := r.open(ctx, o, func(repo *git.Repo, store *git.Store, index *history.Index) error {
		if cases == nil {
			cases = r.cases
		}
		tips, err := replay.Tips(ctx, repo)
		if err != nil {
			return err
		}
		j := replay.New(store, index, replay.Options{
			Tips: tips, Jobs: runtime.NumCPU(), Model: m, Experience: r.corpus.Experience(), Gates: true,
			CustomDriver: func(name string) bool { return repo.Config(ctx, "merge."+name+".driver") != "" },
		})
		_, err = j.Run(ctx, cases, func(one replay.Result) error {
			one.Files, one.Causes = nil, nil
			out = append(out, judged{index.Date(one.Expected), one})
			fmt.Fprintf(log, "\r%s: judged %d of %d ", r.name, len(out), len(cases))
			return nil
		})
		fmt.Fprintln(log)
		return err
	})
	return out, err
}

// rungs is the record of every rung on the fixes themselves.
func rungs(all []*repository) string {
	var corpora []*adapt.Corpus
	for _, r := range all {
		corpora = append(corpora, r.corpus)
	}
	records := adapt.Records(corpora)
	var names []string
	for name := range records {
		if !strings.Contains(name, " ") && name != "case" && name != "git" {
			names = append(names, name)
		}
	}
	sort.Slice(names, func(i, j int) bool {
		return records[names[i]].Asked > records[names[j]].Asked || records[names[i]].Asked == records[names[j]].Asked && names[i] < names[j]
	})
	var out strings.Builder
	out.WriteString(rungPreface)
	for _, name := range names {
		rec := records[name]
		fmt.Fprintf(&out, "| %s | %d | %s |\n", name, rec.Asked, percent(rec.Right, rec.Asked))
	}
	return out.String()
}
