package platform

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"backstay.dev/backstay/internal/backport"
)

// LocalOptions say how commands run on this machine.
type LocalOptions struct {
	// Scratch is the folder below which each Place has its home and temporary
	// files; they are removed by Close.
	Scratch string
	// Path and Lang are the commands' $PATH and $LANG, Env further variables of
	// the machine, NAME=value: where caches are.
	Path, Lang string
	Env        []string
	// Writable are folders that commands may write to besides the checkout and
	// their home, such as caches. Whatever runs later and uses them trusts all
	// that ran before.
	Writable []string
	// Readable are files and folders that are there although they are below one
	// that is not: /tmp, /run, or what is hidden. Path's folders are, and those
	// that the checkout's .git borrows objects from.
	Readable []string
	// Hidden are files and folders that are empty for commands: see Secrets.
	// Those that are not there need not be.
	Hidden []string
	// Disk bounds, in bytes, what is in the checkout, its home and temporary files
	// and what a command adds to the writable folders, together; 0 for no limit. It
	// is looked at once in a while, and only when a file system loses as much.
	Disk int64
	// Unconfined does without namespaces where they could be had: for commands
	// that need the machine as it is.
	Unconfined bool
}

// Secrets are the usual places below a home, and of a user with this id, where
// credentials are kept and where agents listen that use them.
func Secrets(home string) []string {
	var places []string
	for _, name := range []string{
		".ssh", ".gnupg", ".netrc", "_netrc", ".git-credentials", ".config/git/credentials", ".gitconfig", ".config/git/config",
		".config/gh", ".config/glab-cli", ".config/hub", ".config/tea", ".aws", ".azure", ".config/gcloud", ".kube", ".docker",
		".config/containers", ".npmrc", ".yarnrc.yml", ".pypirc", ".config/pip", ".gem/credentials", ".cargo/credentials",
		".cargo/credentials.toml", ".m2/settings.xml", ".m2/settings-security.xml", ".gradle/gradle.properties", ".password-store",
		".config/sops", ".config/age", ".vault-token", ".terraform.d", ".local/share/keyrings", ".config/google-chrome",
		".config/chromium", ".mozilla", ".thunderbird", ".bash_history", ".zsh_history",
	} {
		places = append(places, filepath.Join(home, name))
	}
	return places
}

// grace is how long processes have to end after they were asked to, and how long
// their output may stay open after that.
const grace = 2 * time.Second

// local is this machine.
type local struct {
	options LocalOptions

	mu   sync.Mutex
	mode *mode
}

// NewLocal gives this machine. What it can keep out is found by trying, when the
// first place is opened.
func NewLocal(o LocalOptions) Machine { return &local{options: o} }

func (l *local) Open(ctx context.Context, dir string) (Place, error) {
	p, err := l.open(ctx, dir)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	return p, nil
}

func (l *local) open(ctx context.Context, dir string) (_ *localPlace, err error) {
	// What is mounted has no links in its path.
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	if !filepath.IsAbs(dir) || filepath.Dir(dir) == dir {
		return nil, errors.New("it cannot be a checkout")
	}
	scratch, err := filepath.EvalSymlinks(l.options.Scratch)
	if err != nil {
		return nil, err
	}
	if scratch, err = filepath.Abs(scratch); err != nil {
		return nil, err
	}
	p := &localPlace{options: l.options, dir: dir}
	if p.own, err = os.MkdirTemp(scratch, "home-"); err != nil {
		return nil, err
	}
	p.home, p.temp = filepath.Join(p.own, "home"), filepath.Join(p.own, "tmp")
	for folder, perm := range map[string]os.FileMode{p.home: 0o700, p.temp: 0o777 | os.ModeSticky} {
		// The umask is this process's.
		err = errors.Join(err, os.Mkdir(folder, 0o700), os.Chmod(folder, perm))
	}
	p.sees = p.room()
	if err == nil {
		p.mode, err = l.choose(ctx, p)
	}
	if err != nil {
		return nil, errors.Join(err, RemoveAll(p.own))
	}
	p.ctx, p.end = context.WithCancelCause(context.WithoutCancel(ctx))
	return p, nil
}

// choose finds the best mode that works here.
func (l *local) choose(ctx context.Context, p *localPlace) (*mode, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mode != nil {
		return l.mode, nil
	}
	var why error
	for _, m := range modes(l.options.Unconfined) {
		err := m.try(ctx, p.sees)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err == nil {
			l.mode = &m
			return l.mode, nil
		}
		why = errors.Join(why, err)
	}
	return nil, fmt.Errorf("start a process: %w", why)
}

// errClosed ends what runs in a place that is closed.
var errClosed = errors.New("the place is closed")

// localPlace is a checkout on this machine.
type localPlace struct {
	options         LocalOptions
	dir             string
	own, home, temp string
	mode            *mode
	// sees is what was found when the place was opened: a command may put links
	// where it may write.
	sees    room
	ctx     context.Context
	end     context.CancelCauseFunc
	running sync.WaitGroup
	// mu guards that nothing starts to run after the end.
	mu sync.Mutex
}

func (p *localPlace) Kept() []string { return p.mode.kept() }

func (p *localPlace) Top() string {
	top, _, _ := p.within()
	return top
}

// within are the checkout, the home and the folder for temporary files as
// commands find them.
func (p *localPlace) within() (top, home, temp string) {
	top, home, temp = p.dir, p.home, p.temp
	if p.mode.confined {
		temp = "/tmp" // the same folder; a socket's path may have 107 bytes
		if p.sees.Tree != "" {
			top, home = roomTree, roomHome
		}
	}
	return top, home, temp
}

// room is what commands see. What is not there now is not there for any.
func (p *localPlace) room() room {
	readable := append(borrowed(p.dir), p.options.Readable...)
	for _, folder := range filepath.SplitList(p.options.Path) {
		if filepath.IsAbs(folder) {
			readable = append(readable, folder)
		}
	}
	r := room{Temp: p.temp}
	r.Hidden = real(p.options.Hidden)
	// The others are there anyway, and could have something hidden in them.
	r.Readable = slices.DeleteFunc(real(readable), func(path string) bool {
		return !slices.ContainsFunc(append(emptied(), r.Hidden...), func(above string) bool { return strings.HasPrefix(path, above+"/") })
	})
	r.Writable = real(p.options.Writable)
	// Not every system has a folder there.
	if info, err := os.Lstat(roomAbove); err == nil && info.IsDir() {
		r.Tree, r.Home = p.dir, p.home
	} else {
		r.Writable = append(r.Writable, p.dir, p.home)
	}
	return r
}

// emptied are the folders that a confined command has its own of.
func emptied() []string { return []string{"/tmp", "/var/tmp", "/run", "/dev"} }

// real are the paths that are there, without links.
func real(paths []string) []string {
	var found []string
	for _, path := range paths {
		if path, err := filepath.EvalSymlinks(path); err == nil && filepath.IsAbs(path) && filepath.Dir(path) != path {
			found = append(found, path)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// Close ends what runs and removes the place's home; the checkout is the
// caller's.
func (p *localPlace) Close() error {
	p.mu.Lock()
	p.end(errClosed)
	p.mu.Unlock()
	p.running.Wait()
	if err := RemoveAll(p.own); err != nil {
		return fmt.Errorf("close %s: %w", p.dir, err)
	}
	return nil
}

// enter joins a context with the place's life.
func (p *localPlace) enter(ctx context.Context) (_ context.Context, leave func(), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx.Err() != nil {
		return nil, nil, context.Cause(p.ctx)
	}
	p.running.Add(1)
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(p.ctx, func() { cancel(context.Cause(p.ctx)) })
	return ctx, func() { stop(); cancel(nil); p.running.Done() }, nil
}

func (p *localPlace) Run(ctx context.Context, c Command) (Result, error) {
	ctx, leave, err := p.enter(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("run a command: %w", err)
	}
	defer leave()
	if len(c.Run) == 0 {
		return failed("the command is empty"), nil
	}
	r, err := p.run(ctx, c)
	if err != nil {
		return r, fmt.Errorf("run %s: %w", c.Run[0], err)
	}
	return r, nil
}

// failed is a command that could not be started.
func failed(why string) Result {
	return Result{State: backport.RunError, Exit: -1, Detail: why}
}

func (p *localPlace) run(ctx context.Context, c Command) (Result, error) {
	top, home, temp := p.within()
	// Without a shell in between nobody else would say where it is, and makefiles
	// have $(PWD) in them.
	env, err := environment(home, temp, p.options.Path, p.options.Lang, slices.Concat([]string{"PWD=" + top}, p.options.Env, c.Env))
	if err != nil {
		return failed(err.Error()), nil
	}
	program, err := find(c.Run[0], top, env)
	if err != nil {
		return failed(fmt.Sprintf("start %s: %v", c.Run[0], err)), nil
	}
	if slices.ContainsFunc(c.Run, func(arg string) bool { return strings.ContainsRune(arg, 0) }) {
		return failed("an argument has a NUL byte"), nil
	}
	limit := c.Processes
	if limit <= 0 {
		limit = DefaultProcesses
	}
	out := newOutput(c.Log, c.Output)
	begin := time.Now()
	process, err := p.mode.start(order{
		Program: program, Run: c.Run, Env: env, Dir: top, Offline: !c.Network, Room: p.sees, MaxProcesses: limit, Memory: max(c.Memory, 0),
	}, out)
	if err != nil {
		return Result{}, err
	}
	stopped := p.attend(ctx, process, c.Time, out)
	r := result(process.ending, stopped)
	r.Seconds = time.Since(begin).Seconds()
	r.Tail, err = out.close()
	switch {
	case ctx.Err() != nil && stopped == limitCaller:
		return r, context.Cause(ctx)
	case err != nil:
		return r, fmt.Errorf("write the log: %w", err)
	case stopped != "":
		return r, nil // its first process may have had no time for a word
	}
	return r, process.err
}

// limitCaller is not a command's limit: its caller's context is over.
const limitCaller = "caller"

// attention is how often limits are looked at that nothing wakes for.
const attention = 100 * time.Millisecond

// attend waits for a process to end, sees to it that it does, and returns the
// limit that it was ended for.
func (p *localPlace) attend(ctx context.Context, process *process, limit time.Duration, out *output) (stopped string) {
	stop := func(why string) {
		if stopped == "" {
			stopped = why
		}
		process.kill()
	}
	var late, later <-chan time.Time
	if limit > 0 {
		t := time.NewTimer(limit)
		defer t.Stop()
		late = t.C
	}
	tick := time.NewTicker(attention)
	defer tick.Stop()
	disk := newDisk(p.options.Disk, []string{p.dir, p.own}, real(p.options.Writable))
	over, full := ctx.Done(), out.full
	for {
		select {
		case <-process.done:
			if stopped == "" {
				stopped = process.over()
			}
			return stopped
		case <-over:
			over = nil
			stop(limitCaller)
		case <-full:
			full = nil
			stop(limitOutput)
		case <-late:
			if stopped == "" {
				stopped = limitTime
			}
			process.terminate()
			later = time.After(grace)
		case <-later:
			stop(limitTime)
		case <-tick.C:
			if why := process.over(); why != "" {
				stop(why)
			}
			if disk.over() {
				stop(limitDisk)
			}
		}
	}
}

// overLimit begins the detail of a command that a limit ended.
const overLimit = "went over the limit of "

// result is what came of a command by how it ended, and the limit that it was
// ended for.
func result(e ending, stopped string) Result {
	if stopped == "" {
		stopped = e.Limit
	}
	r := Result{State: backport.RunPassed, Exit: e.Exit}
	switch {
	case stopped != "":
		return Result{State: backport.RunLimit, Exit: -1, Detail: overLimit + stopped}
	case e.Unfit != "":
		// It could when the place was opened: a command has changed something.
		return failed("make room for the command: " + e.Unfit)
	case e.Error != "":
		return failed(e.Error)
	case e.Signal >= 0:
		return Result{State: backport.RunFailed, Exit: -1, Detail: fmt.Sprintf("ended by signal %d (%v)", e.Signal, syscall.Signal(e.Signal))}
	case e.Exit != 0:
		r.State = backport.RunFailed
	}
	return r
}
