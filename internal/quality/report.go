package main

import (
	"context"
	"encoding/gob"
	"fmt"
	"io"
	"os"
	"path/filepath"
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

func (f *figures) add(r judged) {
	if !r.Compared {
		return
	}
	switch r.Outcome {
	case backport.Clean:
		f.gates = append(f.gates, r.GateMS)
		switch {
		case r.Exact:
			f.fine++
			f.alarmed += count(r.Warned)
		case r.Strayed:
			f.strayed++
			f.flagged += count(r.Warned)
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
	var shipped *adapt.Model
	for _, r := range all {
		if o.only != "" && o.only != r.name {
			continue
		}
		var others []*adapt.Corpus
		for _, other := range all {
			if other != r {
				others = append(others, other.corpus)
			}
		}
		m, err := o.fitted("but-"+r.name, others)
		if err != nil {
			return err
		}
		promised := m.Measure(r.corpus, 0, 1<<62)
		fmt.Fprintf(log, "%s, before the gates: %s\n", r.name, promised)
		results, err := r.judge(ctx, o, "but-"+r.name, m, nil, log)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		middle := median(results)
		f, older, newer := figures{name: r.name}, figures{name: r.name + ", older half"}, figures{name: r.name + ", newer half"}
		for _, one := range results {
			f.add(one)
			if one.At < middle {
				older.add(one)
			} else {
				newer.add(one)
			}
		}
		sum.plus(f)
		whole = append(whole, f.row())
		halves = append(halves, older.row(), newer.row())
		chunks = chunks.Plus(promised)
		fmt.Fprintln(log, f.row())
		if shipped == nil {
			if shipped, err = o.fitted("all", corpora); err != nil {
				return err
			}
		}
		again, err := r.judge(ctx, o, "all-"+r.name, shipped, conflicts(results), log)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		g := figures{name: r.name}
		for _, one := range again {
			g.add(one)
		}
		known.plus(g)
		own = append(own, g.ladder())
	}
	if o.only != "" {
		return nil
	}
	crossed, _ := adapt.CrossValidate(corpora)
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

// judged is what the report needs of a result.
type judged struct {
	replay.Case
	// At is when people committed theirs.
	At      int64
	Outcome backport.Outcome
	// Compared says that people's tree is known, Exact and Right that it is the
	// result, in Right's case but for documentation; Strayed that its code is not.
	Compared, Exact, Right, Strayed bool
	// Warned says that a check warns.
	Warned bool
	GateMS float64
}

func judgedOf(r replay.Result, at int64) judged {
	return judged{
		Case: replay.Case{Fix: r.Fix, Onto: r.Onto, Expected: r.Expected}, At: at, Outcome: r.Outcome, GateMS: r.GateMS,
		Compared: r.Exact != nil, Exact: r.Exact != nil && *r.Exact, Right: r.Right, Strayed: r.CodeExact != nil && !*r.CodeExact,
		Warned: len(backport.Warnings(r.Findings)) > 0,
	}
}

func median(results []judged) int64 {
	var at []int64
	for _, r := range results {
		at = append(at, r.At)
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
		switch one.Outcome {
		case backport.Resolved, backport.Proposed, backport.Conflict:
			out = append(out, one.Case)
		}
	}
	return out
}

// judge replays cases of a repository, nil for all, with a model, or reads what
// came of it before.
func (r *repository) judge(ctx context.Context, o options, name string, m *adapt.Model, cases []replay.Case, log io.Writer) ([]judged, error) {
	var out []judged
	kept := ""
	if o.cache != "" {
		kept = filepath.Join(o.cache, name+".judged")
		if f, err := os.Open(kept); err == nil {
			defer f.Close()
			err = gob.NewDecoder(f).Decode(&out)
			return out, err
		}
	}
	err := r.open(ctx, o, func(repo *git.Repo, store *git.Store, index *history.Index) error {
		if cases == nil {
			cases = r.cases
		}
		tips, err := replay.Tips(ctx, repo)
		if err != nil {
			return err
		}
		j := replay.New(store, index, replay.Options{
			Tips: tips, Jobs: runtime.NumCPU(), Model: m, Experience: m.Experience(r.corpus), Gates: true,
			CustomDriver: func(name string) bool { return repo.Config(ctx, "merge."+name+".driver") != "" },
		})
		_, err = j.Run(ctx, cases, func(one replay.Result) error {
			out = append(out, judgedOf(one, index.Date(one.Expected)))
			fmt.Fprintf(log, "\r%s: judged %d of %d ", r.name, len(out), len(cases))
			return nil
		})
		fmt.Fprintln(log)
		return err
	})
	if err != nil || kept == "" {
		return out, err
	}
	return out, write(kept, func(w io.Writer) error { return gob.NewEncoder(w).Encode(out) })
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
