package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/platform"
	"backstay.dev/backstay/internal/verify/results"
)

// The names of steps, and of the trees they run on; see backport.RunStep.
const (
	prepareStep = "prepare"
	buildStep   = "build"
	testStep    = "test"

	onBackport = "backport"
	onTarget   = "target"
	onTests    = "tests"
)

// A site is a tree in a checkout of its own on a platform. It is laid out,
// prepared and built when the first test is to run there, once.
type site struct {
	lane *lane
	on   string
	tip  Tip

	began  bool
	folder string
	place  platform.Place
	// ready are the steps up to the build, state what came of them.
	ready []backport.RunStep
	state backport.RunState
	why   string // where state is an error that no step has
	// told says that the steps up to the build are in the run.
	told bool
	// libraries are what the build made, unread why they could not be read.
	libraries map[string]library
	unread    error
}

// dir is the checkout.
func (s *site) dir() string { return filepath.Join(s.folder, "checkout") }

// begin lays the tree out and runs the platform's commands up to the build.
func (s *site) begin(ctx context.Context) {
	if s.began {
		return
	}
	s.began, s.state = true, backport.RunPassed
	if err := s.open(ctx); err != nil {
		s.state, s.why = backport.RunError, err.Error()
		return
	}
	for _, step := range []struct {
		name     string
		commands [][]string
	}{{prepareStep, s.lane.p.Prepare}, {buildStep, s.lane.p.Build}} {
		for _, c := range step.commands {
			done, _ := s.command(ctx, step.name, c)
			s.ready = append(s.ready, done)
			if s.state = done.State; s.state != backport.RunPassed {
				return
			}
		}
	}
	if len(s.lane.p.Libraries) > 0 && s.lane.v.ABI != nil && s.on != onTests {
		s.libraries, s.unread = s.keep(ctx)
	}
}

func (s *site) open(ctx context.Context) (err error) {
	v := s.lane.v
	if s.folder, err = v.Folder(s.lane.p.Name + "-" + s.on); err != nil {
		return err
	}
	if err := v.Checkout(ctx, s.dir(), s.tip.Commit, s.tip.Tree); err != nil {
		return fmt.Errorf("check out %s: %w", git.ShortID(s.tip.Tree), err)
	}
	s.place, err = s.lane.machine.Open(ctx, s.dir())
	return err
}

// close ends what runs on the site and removes it.
func (s *site) close() error {
	var err error
	if s.place != nil {
		err = s.place.Close()
	}
	if s.folder != "" {
		err = errors.Join(err, platform.RemoveAll(s.folder))
	}
	return err
}

// command runs one command, and gives the file with all it printed.
func (s *site) command(ctx context.Context, name string, run []string) (backport.RunStep, string) {
	p := s.lane.p
	s.lane.progress(s.on + ": " + name)
	step := backport.RunStep{Name: name, On: s.on, Command: run, State: backport.RunError, Exit: -1}
	log, err := createLog(s.lane.v.Logs, logName(p.Name, s.tip.Tree, name))
	if err != nil {
		step.Detail = err.Error()
		return step, ""
	}
	defer log.Close()
	step.Log = log.Name()
	r, err := s.place.Run(ctx, platform.Command{
		Run: run, Env: p.Env, Network: p.Network || name == prepareStep,
		Time: cmp.Or(p.Limits.Time, defaultTime), Memory: p.Limits.Memory,
		Processes: p.Limits.Processes, Output: p.Limits.Output, Log: log,
	})
	if err != nil {
		step.Detail = err.Error()
		return step, step.Log
	}
	step.State, step.Exit, step.Seconds, step.Detail = r.State, r.Exit, r.Seconds, r.Detail
	if r.State != backport.RunPassed {
		step.Tail = lastLines(results.GoText(r.Tail))
	}
	return step, step.Log
}

// logName is the beginning of the name of a log's file.
func logName(platformName, tree, step string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return '_'
	}, platformName)
	plain = strings.TrimLeft(plain[:min(len(plain), 80)], ".")
	return plain + "-" + git.ShortID(tree) + "-" + step
}

// createLog makes a file that no other log has: none is written over, and it can
// be read while the command runs.
func createLog(dir, name string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make log: %w", err)
	}
	for n := 1; ; n++ {
		path := filepath.Join(dir, fmt.Sprintf("%s-%d%s", name, n, logSuffix))
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil || !errors.Is(err, os.ErrExist) {
			return f, err
		}
	}
}

// forgetLogs takes out the logs that are not there any more.
func forgetLogs(steps []backport.RunStep) {
	for i := range steps {
		if _, err := os.Lstat(steps[i].Log); err != nil {
			steps[i].Log = ""
		}
	}
}
