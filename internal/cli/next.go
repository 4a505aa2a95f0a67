package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/say"
)

// A step is something to type next, and what for. The command can be pasted
// into a shell.
type step struct{ what, command string }

func printSteps(w io.Writer, steps []step) {
	for _, s := range steps {
		fmt.Fprintf(w, "%s:\n  %s\n", s.what, s.command)
	}
}

// next says what can be done with the answer. remotes are the names of the
// user's remotes.
func (o *pickOptions) next(got answer, remotes []string) []step {
	var steps []step
	var written, look []string
	clean := false
	var conflict, proposed *backport.Pick
	for i, p := range got.Picks {
		switch {
		case p.Branch != nil && (p.Branch.State == "created" || p.Branch.State == "moved"):
			name := strings.TrimPrefix(p.Branch.Name, "refs/heads/")
			if len(written) == 0 {
				look = []string{shorten(p.Target.Ref) + ".." + name}
			}
			written = append(written, name)
		case p.Outcome == backport.Clean && p.Branch == nil && p.Target.Ref != "", p.Branch != nil && p.Branch.State == "planned":
			clean = true
		case p.Outcome == backport.Conflict && conflict == nil:
			conflict = &got.Picks[i]
		case p.Outcome == backport.Proposed && proposed == nil:
			proposed = &got.Picks[i]
		}
	}
	if clean && !slices.Contains(o.fixes, "-") {
		targets := o.where()
		if len(targets) == 0 {
			targets = []string{"--all-releases"}
		}
		if o.force {
			targets = append(targets, "--force")
		}
		steps = append(steps, step{"write the clean ones", o.again(o.fixes, targets...)})
	}
	if len(written) > 0 {
		steps = append(steps, step{"look at the first", o.app.git(append([]string{"log", "-p"}, look...)...)})
		if len(remotes) > 0 {
			remote := remotes[0]
			if slices.Contains(remotes, "origin") {
				remote = "origin"
			}
			steps = append(steps, step{"push them", o.app.git(append([]string{"push", remote}, written...)...)})
		}
	}
	if proposed != nil && proposed.Branch == nil && proposed.Target.Ref != "" && proposed.Fix.Name != "-" {
		fix := []string{proposed.Fix.Name}
		if conflict == nil && slices.ContainsFunc(proposed.Causes, needsCommits) {
			steps = append(steps, step{"see what could be carried first instead", o.question("explain", fix[0], proposed.Target.Name)})
		}
		steps = append(steps,
			step{"look through what is proposed, and write it", o.again(fix, "--to", proposed.Target.Name, "--edit")},
			step{"write it as it is, marked in the message", o.again(fix, "--to", proposed.Target.Name, "--accept", "proposed")})
	}
	if conflict == nil {
		return steps
	}
	fix := conflict.Fix
	if fix.Name != "-" {
		steps = append(steps, step{"find out why, and what to carry first", o.question("explain", fix.Name, conflict.Target.Name)})
	}
	if !o.patch && fix.Name != "-" {
		steps = append(steps, step{"see what conflicts", o.again([]string{fix.Name}, "--to", conflict.Target.Name, "--dry-run", "--patch")})
	}
	driver := slices.ContainsFunc(conflict.Files, func(f backport.File) bool { return f.Kind == backport.KindDriver })
	if fix.Name != "-" && conflict.Target.Ref != "" && !driver {
		steps = append(steps, step{"resolve it in git's merge tool or editor", o.again([]string{fix.Name}, "--to", conflict.Target.Name, "--edit")})
	}
	return steps
}

// needsCommits reports whether commits are behind a conflict that the target
// lacks.
func needsCommits(c backport.Cause) bool {
	return c.Kind == backport.CausePrerequisite || c.Kind == backport.CauseBoth || c.Kind == backport.CauseAbsent
}

// question is a command that asks about one pick.
func (o *pickOptions) question(command, fix, target string) string {
	args := []string{command, short(fix)}
	if o.mainline > 0 {
		args = append(args, "-m", fmt.Sprint(o.mainline))
	}
	return o.app.self(append(args, "--to", target)...)
}

// again is the command with other targets.
func (o *pickOptions) again(fixes []string, more ...string) string {
	args := []string{"pick"}
	for _, f := range fixes {
		args = append(args, short(f))
	}
	if o.mainline > 0 {
		args = append(args, "-m", fmt.Sprint(o.mainline))
	}
	for _, spec := range o.after {
		args = append(args, "--after", short(spec))
	}
	if o.gitOnly {
		args = append(args, "--git-only")
	}
	if o.regenerate && !slices.Contains(more, "--edit") {
		args = append(args, "--regenerate")
	}
	if o.squash {
		args = append(args, "--squash")
	}
	if o.signOff {
		args = append(args, "--signoff")
	}
	if o.style != "" {
		args = append(args, "--style", o.style)
	}
	return o.app.self(append(args, more...)...)
}

// where are the options that say where to.
func (o *pickOptions) where() []string {
	var out []string
	for _, t := range o.to {
		out = append(out, "--to", t)
	}
	if o.all {
		out = append(out, "--all-releases")
	}
	return out
}

// shorten is a full ref as people type it; git takes all of these.
func shorten(ref string) string {
	for _, p := range []string{"refs/heads/", "refs/remotes/"} {
		if s, ok := strings.CutPrefix(ref, p); ok {
			return s
		}
	}
	return ref
}

// hint prints what can be done next, on standard error.
func (w *workspace) hint(ctx context.Context, o *pickOptions, got answer) {
	if o.json {
		return
	}
	remotes, err := w.repo.Remotes(ctx)
	if err != nil {
		return // it is only a hint
	}
	if steps := o.next(got, remotes); len(steps) > 0 {
		fmt.Fprintln(w.app.Err)
		printSteps(w.app.Err, steps)
	}
}

// self is a command line of this program, in the same folder.
func (a *app) self(args ...string) string { return a.line(a.Program, args) }

// git is a command line of git, in the same folder.
func (a *app) git(args ...string) string { return a.line("git", args) }

func (a *app) line(program string, args []string) string {
	if dir := a.dir.path(); dir != "." {
		args = append([]string{"-C", dir}, args...)
	}
	out := program
	for _, arg := range args {
		out += " " + shellWord(arg)
	}
	return out
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+:,./=~^-]+$`)

// shellWord quotes a word for a POSIX shell. A control character is shown and
// not typed: such a line cannot be pasted, and must not be able to do harm.
func shellWord(s string) string {
	s = say.Visible(s)
	if plainWord.MatchString(s) && s[0] != '~' {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

var goRunFolder = regexp.MustCompile(`go-build|[/\\][0-9a-f]{64}-d[/\\][^/\\]+$`)

// programName is how this program is called again: by its name if that finds
// it, else as it was called, or with the go command that built it on the fly.
func programName() string {
	exe, err := os.Executable()
	if err != nil {
		return "backstay"
	}
	if goRunFolder.MatchString(exe) {
		if _, err := os.Stat(filepath.FromSlash("cmd/backstay/main.go")); err == nil {
			return "go run ./cmd/backstay"
		}
		return "go run backstay.dev/backstay/cmd/backstay"
	}
	if found, err := exec.LookPath("backstay"); err == nil && sameFile(found, exe) {
		return "backstay"
	}
	return shellWord(os.Args[0])
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
