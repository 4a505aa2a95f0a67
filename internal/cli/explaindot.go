package cli

import (
	"fmt"
	"io"
	"strings"

	report "backstay.dev/backstay/internal/explain"

	"backstay.dev/backstay/internal/say"
)

// writeDot draws the commits behind conflicts as a graph in the DOT language
// (graphviz.org): an arrow leads from a fix to what it needs, a dashed one to
// what it conflicts with on the target.
func writeDot(w io.Writer, all []explained) {
	g := &graph{w: w, nodes: map[string]bool{}, edges: map[string]bool{}}
	fmt.Fprintln(w, "digraph backstay {")
	fmt.Fprintln(w, "  rankdir=RL;")
	fmt.Fprintln(w, `  node [shape=box, fontname="sans-serif"];`)
	fmt.Fprintln(w, `  edge [fontname="sans-serif", fontsize=10];`)
	for _, e := range all {
		if e.Report != nil {
			g.pick(e)
		}
	}
	fmt.Fprintln(w, "}")
}

// graph is a graph on its way out; every node and edge is written once.
type graph struct {
	w            io.Writer
	nodes, edges map[string]bool
}

func (g *graph) node(id, label, attributes string) {
	if !g.nodes[id] {
		g.nodes[id] = true
		fmt.Fprintf(g.w, "  %s [label=%s%s];\n", dotString(id), dotString(label), attributes)
	}
}

func (g *graph) edge(from, to, label, attributes string) {
	line := fmt.Sprintf("  %s -> %s [label=%s%s];\n", dotString(from), dotString(to), dotString(label), attributes)
	if !g.edges[line] {
		g.edges[line] = true
		fmt.Fprint(g.w, line)
	}
}

// pick draws one pick: the fix, the commits behind its conflicts, its smallest
// plan.
func (g *graph) pick(e explained) {
	fix := e.Fix.Steps[e.FailedStep].Commit
	g.node(fix, short(fix)+" "+e.Fix.Subject, ", style=bold, color=darkgreen")
	name := func(id string) string {
		c, ok := e.Report.Commits[id]
		if !ok {
			return short(id)
		}
		return short(id) + " " + c.Date + "\n" + c.Subject
	}
	for _, f := range e.Report.Files {
		for _, c := range f.Chunks {
			place := f.Path
			if c.BaseLine > 0 {
				place += fmt.Sprintf(":%d", c.BaseLine)
			}
			for _, id := range c.Prerequisites {
				g.node(id, name(id), ", color=blue")
				g.edge(fix, id, place, "")
			}
			for _, t := range c.Target {
				g.node(t.Commit, e.Target.Name+" "+name(t.Commit), ", color=red")
				g.edge(fix, t.Commit, ontoPlace(f, c), ", style=dashed, color=red")
			}
			for _, p := range c.Altered {
				g.node(p.Original, name(p.Original), ", color=blue")
				g.node(p.Backport, e.Target.Name+" "+name(p.Backport), ", color=red")
				g.edge(p.Backport, p.Original, "backport of", ", style=dotted")
			}
		}
	}
	if len(e.Plans) == 0 {
		return
	}
	after := fix
	for i := len(e.Plans[0].Steps) - 1; i >= 0; i-- {
		s := e.Plans[0].Steps[i]
		g.node(s.Commit, short(s.Commit)+"\n"+s.Subject, ", color=blue")
		g.edge(after, s.Commit, "plan for "+e.Target.Name, ", style=bold, color=blue")
		after = s.Commit
	}
}

// ontoPlace is where a region stands on the target.
func ontoPlace(f report.FileReport, c report.ChunkReport) string {
	if c.Chunk.Line == 0 {
		return f.Path
	}
	return fmt.Sprintf("%s:%d", f.Path, c.Chunk.Line)
}

// dotString writes a text as a quoted ID of the DOT language, one line for each
// of its lines. Within quotes only the quote needs an escape, but in a label a
// backslash is one too (\N, \G, \l); so it is doubled.
func dotString(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		l = strings.ReplaceAll(say.Visible(l), `\`, `\\`)
		lines[i] = strings.ReplaceAll(l, `"`, `\"`)
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}
