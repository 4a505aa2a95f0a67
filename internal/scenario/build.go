package scenario

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Options say what kind of repository is built.
type Options struct {
	Bare         bool   // no working tree
	ObjectFormat string // "sha1", "sha256"; empty: "sha1"
}

// A Repo is a repository that [Build] made.
type Repo struct {
	Dir string            // as given to Build: working tree, or the bare repository
	IDs map[string]string // full commit id by label, branch and tag
}

// Build makes the repository of a scenario in dir, which is created and must be
// empty or absent. Unless bare, the files of HEAD are checked out. The errors
// of the text name its line; a failing git is quoted.
func Build(ctx context.Context, dir string, opts Options, text []byte) (Repo, error) {
	sections := parse(text)
	if len(sections) == 0 || sections[0].verb != "commit" {
		return Repo{}, errors.New("build scenario: it does not begin with a commit")
	}
	first, err := readHeading(sections[0])
	if err != nil {
		return Repo{}, fmt.Errorf("build scenario: %w", sections[0].wrap(err))
	}
	repo := Repo{Dir: dir}
	if err := repo.create(ctx, opts, first.branch); err != nil {
		return Repo{}, fmt.Errorf("build scenario: %w", err)
	}
	if repo.IDs, err = repo.load(ctx, sections); err != nil {
		return Repo{}, fmt.Errorf("build scenario: %w", err)
	}
	if !opts.Bare {
		if err := repo.git(ctx, "reset", "--quiet", "--hard"); err != nil {
			return Repo{}, fmt.Errorf("build scenario: %w", err)
		}
	}
	return repo, nil
}

// create makes the empty repository.
func (r Repo) create(ctx context.Context, opts Options, branch string) error {
	if err := os.MkdirAll(r.Dir, 0o755); err != nil {
		return err
	}
	if left, err := os.ReadDir(r.Dir); err != nil || len(left) > 0 {
		return errors.Join(err, fmt.Errorf("%s is not empty", r.Dir))
	}
	format := opts.ObjectFormat
	if format == "" {
		format = "sha1"
	}
	args := []string{"init", "--quiet", "--template=", "--object-format=" + format, "--initial-branch=" + branch}
	if opts.Bare {
		args = append(args, "--bare")
	}
	return r.git(ctx, args...)
}

// load runs fast-import and returns the ids of all names.
func (r Repo) load(ctx context.Context, sections []section) (map[string]string, error) {
	cmd, stderr := r.command(ctx, "fast-import", "--quiet", "--done", "--date-format=raw")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start git fast-import: %w", err)
	}
	p := newPlayer(newStream(stdin, stdout))
	ids, err := p.tell(sections)
	stdin.Close() // Wait reports what git made of it
	failed := cmd.Wait()
	if err != nil && !errors.Is(err, errStream) {
		return nil, err // the text is wrong; git only says that it ended early
	}
	if failed != nil {
		return nil, fmt.Errorf("git fast-import: %w: %s", failed, strings.TrimSpace(stderr.String()))
	}
	return ids, err
}

// tell plays the sections and asks for the ids of all names.
func (p *player) tell(sections []section) (map[string]string, error) {
	if err := p.play(sections); err != nil {
		return nil, err
	}
	ids := make(map[string]string, len(p.names))
	for name, c := range p.names {
		id, err := p.out.id(c.mark)
		if err != nil {
			return nil, err
		}
		ids[name] = id
	}
	return ids, p.out.end()
}

// git runs one git command in the repository.
func (r Repo) git(ctx context.Context, args ...string) error {
	cmd, stderr := r.command(ctx, args...)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return nil
}

func (r Repo) command(ctx context.Context, args ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = r.Dir
	cmd.Env = Env()
	cmd.WaitDelay = time.Second
	stderr := &bytes.Buffer{}
	cmd.Stderr = stderr
	return cmd, stderr
}

// Env is the process's environment for a git that answers the same to
// everybody: no configuration of the user or the system, no variable that git
// listens to, no prompt, English, UTC.
func Env() []string {
	var env []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		switch name = strings.ToUpper(name); {
		case strings.HasPrefix(name, "GIT_"), strings.HasPrefix(name, "LC_"), strings.HasPrefix(name, "XDG_"):
		case name == "HOME", name == "LANG", name == "LANGUAGE", name == "EMAIL", name == "TZ":
		case name == "EDITOR", name == "VISUAL", name == "PAGER":
		default:
			env = append(env, v)
		}
	}
	return append(env,
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_ATTR_NOSYSTEM=1",
		"GIT_TERMINAL_PROMPT=0", "LC_ALL=C", "TZ=UTC")
}
