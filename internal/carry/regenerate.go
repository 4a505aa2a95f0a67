package carry

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/config"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/pick"
	"backstay.dev/backstay/internal/platform"
)

// Regenerator has programs of the project make its generated files anew, from
// the result of a pick, in a copy that is thrown away. A rule names the files
// (config.Regenerate); nothing else that a program changes is taken.
type Regenerator struct {
	Store *git.Store
	// Rules are those of the user's own checkout or of the target, never of
	// the fix.
	Rules []config.Regenerate
	// Allowed is the user's leave to run them. A configuration cannot give it.
	Allowed bool
	// Scratch is the folder for copies, Path and Lang the environment that the
	// programs get beside a home of their own.
	Scratch, Path, Lang string
	// Hidden are places that the programs are not to see, where that can be.
	Hidden []string
	// Timeout ends each program.
	Timeout time.Duration
}

// Due are the rules for some of these paths, in their order.
func (r *Regenerator) Due(paths []string) []config.Regenerate {
	var due []config.Regenerate
	for _, rule := range r.Rules {
		if slices.ContainsFunc(paths, rule.Matches) {
			due = append(due, rule)
		}
	}
	return due
}

// Maker is the program that the rules name for a path, with its arguments; "" for
// none.
func (r *Regenerator) Maker(path string) string {
	if due := r.Due([]string{path}); len(due) > 0 {
		return strings.Join(due[0].Run, " ")
	}
	return ""
}

// Regenerate runs the rules for some of these paths on a tree and returns the
// tree with what they made, and the files that are other than before. The
// generated files of the tree should be the target's; conflict markers in them
// are for the programs to choke on. Without leave, or where no rule is for the
// paths, the tree stays as it is.
//
// The rules run one after the other in the same copy. Where one fails nothing
// is taken, and the error is a *platform.FailedError or says why it could not
// run.
func (r *Regenerator) Regenerate(ctx context.Context, tree string, paths []string) (string, []backport.File, error) {
	due := r.Due(paths)
	if !r.Allowed || len(due) == 0 {
		return tree, nil, nil
	}
	result, files, err := r.regenerate(ctx, tree, due)
	if err != nil {
		return tree, nil, fmt.Errorf("regenerate: %w", err)
	}
	return result, files, nil
}

// Picks makes the generated files of adapted picks anew. What git merged stays
// git's; where a rule is for a file that a rung answered and there is no leave,
// or the program fails, a finding says so.
func (r *Regenerator) Picks(ctx context.Context, picks []backport.Pick) error {
	for i := range picks {
		p := &picks[i]
		if p.Outcome != backport.Resolved && p.Outcome != backport.Proposed {
			continue
		}
		var paths []string
		for _, f := range p.Files {
			if f.Rung != "" && f.Rung != "git" {
				paths = append(paths, f.Path)
			}
		}
		due := r.Due(paths)
		if len(due) == 0 {
			continue
		}
		note := backport.Finding{Check: "regenerate", Severity: backport.Info, Path: paths[slices.IndexFunc(paths, due[0].Matches)], Text: "generated files are merged as text; --regenerate runs: " + strings.Join(due[0].Run, " ")}
		if r.Allowed {
			tree, files, err := r.Regenerate(ctx, p.Tree, paths)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err == nil {
				take(p, tree, files)
				continue
			}
			note.Severity, note.Text = backport.Warning, err.Error()+lastWords(err)
		}
		p.Findings = append(p.Findings, note)
	}
	return nil
}

// maxLastWords bounds, in bytes, what is told of a program's output.
const maxLastWords = 200

// lastWords is the last line that a program which failed printed, behind a
// colon.
func lastWords(err error) string {
	var failed *platform.FailedError
	if !errors.As(err, &failed) {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(failed.Output), "\n")
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return ": " + last[:min(len(last), maxLastWords)]
	}
	return ""
}

// made is the rung of what a program made.
const made = "regenerate"

// take puts what programs made into the last step of a pick. Where no answer of
// a rung is left, how sure those were says nothing any more.
func take(p *backport.Pick, tree string, files []backport.File) {
	for i := range files {
		files[i].Outcome = p.Outcome
	}
	for i := range p.Causes {
		c := &p.Causes[i]
		k := slices.IndexFunc(files, func(f backport.File) bool { return f.Path == c.Path })
		if k >= 0 && c.Kind == backport.CauseGenerated {
			c.Text = c.Path + " was " + files[k].Detail
		}
	}
	p.Tree = tree
	p.StepTrees[len(p.StepTrees)-1] = tree
	p.Files = pick.JoinFiles(p.Files, files)
	if n := len(p.StepFiles); n > 0 {
		p.StepFiles[n-1] = pick.JoinFiles(p.StepFiles[n-1], files)
	}
	if !slices.ContainsFunc(p.Files, func(f backport.File) bool { return f.Rung != "" && f.Rung != "git" && f.Rung != made }) {
		p.Measured = nil
	}
}

func (r *Regenerator) regenerate(ctx context.Context, tree string, due []config.Regenerate) (result string, files []backport.File, err error) {
	dir, err := os.MkdirTemp(r.Scratch, "regenerate-")
	if err != nil {
		return "", nil, err
	}
	defer func() { err = errors.Join(err, platform.RemoveAll(dir)) }()
	top, home := filepath.Join(dir, "tree"), filepath.Join(dir, "home")
	for _, d := range []string{top, home} {
		if err := os.Mkdir(d, 0o700); err != nil {
			return "", nil, err
		}
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		return "", nil, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	c := &treeCopy{store: r.Store, root: root}
	if err := c.fill(ctx, tree); err != nil {
		return "", nil, fmt.Errorf("check out: %w", err)
	}
	for _, rule := range due {
		if _, err := platform.Run(ctx, platform.Recipe{Run: rule.Run, Dir: top, Scratch: home, Path: r.Path, Lang: r.Lang, Hidden: r.Hidden, Timeout: r.Timeout}); err != nil {
			return "", nil, err
		}
	}
	c.wanted = func(path string) bool {
		return slices.ContainsFunc(due, func(rule config.Regenerate) bool { return rule.Matches(path) })
	}
	result, err = c.collect(ctx, tree, "")
	if err != nil {
		return "", nil, fmt.Errorf("take what was made: %w", err)
	}
	if result == "" {
		return "", nil, errors.New("take what was made: no file is left")
	}
	for _, path := range c.changed {
		i := slices.IndexFunc(due, func(rule config.Regenerate) bool { return rule.Matches(path) })
		files = append(files, backport.File{
			Path: path, Outcome: backport.Resolved, Rung: made, Detail: "made by: " + strings.Join(due[i].Run, " "),
		})
	}
	slices.SortFunc(files, func(a, b backport.File) int { return strings.Compare(a.Path, b.Path) })
	return result, files, nil
}
