package platform

import (
	"context"
	"crypto/rand"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"backstay.dev/backstay/internal/backport"
)

// first is the script of a container's first process. It stays, so that a command
// is not deaf for its own signals, as a first process is, and ends everything
// when its input ends: when this process is gone, however it went. What the
// command prints is in order on the output; the error output is for what is said
// of it, in lines that begin with the token, $0.
const first = `exec 3<&0 </dev/null 9>&2 2>&1
{ while read -r x; do :; done; kill -9 -1; } <&3 >/dev/null 9>&1 &
exec 3<&-
command -v -- "$1" >/dev/null 2>&1 || { echo "$0 absent" >&9; exit 127; }
"$@" 9>&-
r=$?
[ $r = 0 ] || for f in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
	[ -r $f ] && while read -r k n; do [ "$k" = oom_kill ] && [ "$n" != 0 ] && echo "$0 memory" >&9; done <$f
done
exit $r`

// create are the arguments that make a container for a command.
func (p *containerPlace) create(name, token string, c Command, env []string) []string {
	args := []string{
		"create", "--name", name, "--label", "backstay=place", "--interactive", "--pull", "never",
		"--cap-drop", "all", "--security-opt", "no-new-privileges", "--security-opt", "label=disable",
		"--log-driver", "none", "--user", p.engine.user, "--workdir", containerTree, "--entrypoint", "/bin/sh",
		"--mount", mountWords("type=bind", "source="+p.dir, "target="+containerTree),
		"--mount", mountWords("type=bind", "source="+p.home, "target="+containerHome),
	}
	for _, folder := range p.borrowed {
		args = append(args, "--mount", mountWords("type=bind", "source="+folder, "target="+folder, "readonly=true"))
	}
	if !c.Network {
		args = append(args, "--network", "none")
	}
	if p.engine.podman {
		args = append(args, "--http-proxy=false")
	}
	if p.engine.timeout && c.Time > 0 {
		// A command can end what would end it with this process, but not the engine.
		args = append(args, "--timeout", strconv.Itoa(int((c.Time + parting).Seconds())))
	}
	if p.engine.processes {
		args = append(args, "--pids-limit", strconv.Itoa(c.Processes))
	}
	if p.engine.memory && c.Memory > 0 {
		// Swap counts too: what is over the limit is over it.
		memory := strconv.FormatInt(c.Memory, 10)
		args = append(args, "--memory", memory, "--memory-swap", memory)
	}
	for _, e := range env {
		args = append(args, "--env", e)
	}
	args = append(args, p.o.Args...)
	return slices.Concat(args, []string{p.image, "-c", first, token}, c.Run)
}

// mountWords are the words of a mount, which engines read as a line of CSV.
func mountWords(words ...string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(words) // to memory
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}

// Run runs a command in a container of its own.
func (p *containerPlace) Run(ctx context.Context, c Command) (Result, error) {
	if why := unfit(c); why != "" {
		return failed(why), nil
	}
	// Engines write them down as JSON, which would make others of them.
	if slices.ContainsFunc(slices.Concat(c.Run, c.Env), func(word string) bool { return !utf8.ValidString(word) }) {
		return failed("an argument or a variable is no UTF-8, and no engine can pass it on"), nil
	}
	// The path is the image's.
	env, err := environment(containerHome, "/tmp", "", "C.UTF-8", c.Env)
	if err != nil {
		return failed(err.Error()), nil
	}
	env = slices.DeleteFunc(env, func(e string) bool { return e == "PATH=" })
	if c.Processes <= 0 {
		c.Processes = DefaultProcesses
	}
	ctx, leave, err := p.life.join(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("run a command: %w", err)
	}
	defer leave()
	r, err := p.run(ctx, c, env)
	if err != nil {
		return r, fmt.Errorf("run %s in a container of %s: %w", c.Run[0], p.o.Image, err)
	}
	return r, nil
}

func (p *containerPlace) run(ctx context.Context, c Command, env []string) (r Result, err error) {
	name, token := "backstay-"+strings.ToLower(rand.Text()), rand.Text()
	done := func() {}
	if p.o.Yard != nil {
		if done, err = p.o.Yard.Note(ContainerKind, p.engine.program, name); err != nil {
			return r, err
		}
	}
	defer func() {
		if removed := p.engine.remove(context.WithoutCancel(ctx), name); removed != nil {
			err = errors.Join(err, removed)
			return
		}
		done()
	}()
	making, cancel := context.WithTimeout(ctx, 10*engineTime)
	defer cancel()
	if _, err := p.engine.do(making, p.create(name, token, c, env)...); err != nil {
		return r, err
	}
	out := newOutput(c.Log, c.Output)
	said := &lines{}
	var absent, memory bool
	said.hear = func(line string) bool {
		words, ours := strings.CutPrefix(line, token+" ")
		absent = absent || ours && words == "absent"
		memory = memory || ours && words == "memory"
		return ours
	}
	begin := time.Now()
	cause := p.attach(ctx, name, c.Time, out, said)
	r.Seconds = time.Since(begin).Seconds()
	tail, logErr := out.close()
	state, err := p.engine.state(context.WithoutCancel(ctx), name)
	switch {
	case ctx.Err() != nil:
		return r, context.Cause(ctx)
	case err != nil:
		return r, err
	case !state.ran():
		return r, fmt.Errorf("start it: %w", errors.Join(said.last(), state.complaint()))
	case logErr != nil:
		return r, fmt.Errorf("write the log: %w", logErr)
	}
	seconds := r.Seconds
	switch memory = memory || state.OOMKilled; {
	case cause != nil:
		r = Result{State: backport.RunLimit, Exit: -1, Detail: "went over the limit of " + cause.Error()}
	case absent:
		r = failed(fmt.Sprintf("start %s: the image has no such program", c.Run[0]))
	case state.ExitCode == 0:
		r = Result{State: backport.RunPassed}
	case memory:
		r = Result{State: backport.RunLimit, Exit: -1, Detail: "went over the limit of " + limitMemory}
	default:
		r = Result{State: backport.RunFailed, Exit: state.ExitCode}
	}
	r.Seconds, r.Tail = seconds, tail
	return r, nil
}

// attach starts a container and takes what it prints to its end, or ends it for
// the limit that it returns.
func (p *containerPlace) attach(ctx context.Context, name string, limit time.Duration, out *output, said *lines) (cause error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	cmd := exec.CommandContext(ctx, p.engine.program, "start", "--attach", "--interactive", name)
	// Podman's monitor leaves a file "oom" where it was started.
	cmd.Dir = filepath.Dir(p.home)
	cmd.Stdout, cmd.Stderr = out, said
	cmd.WaitDelay = parting
	cmd.Cancel = func() error {
		killing, stop := context.WithTimeout(context.WithoutCancel(ctx), parting)
		defer stop()
		_, err := p.engine.do(killing, "kill", name)
		return err
	}
	apart(cmd)
	// The input stays open: its end is the container's.
	if _, err := cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		var late <-chan time.Time
		if limit > 0 {
			late = time.After(limit)
		}
		select {
		case <-late:
			cancel(errTime)
		case <-out.full:
			cancel(errOutput)
		case <-ended:
		case <-ctx.Done():
		}
	}()
	_ = cmd.Wait() // the engine is asked how it ended
	close(ended)
	<-watched
	return context.Cause(ctx)
}

// containerState is how a container ended, as engines tell.
type containerState struct {
	Status    string
	ExitCode  int
	OOMKilled bool
	Error     string
}

func (e *engine) state(ctx context.Context, name string) (containerState, error) {
	ctx, cancel := context.WithTimeout(ctx, engineTime)
	defer cancel()
	var s containerState
	text, err := e.do(ctx, "inspect", "--type", "container", "--format", "{{json .State}}", name)
	if err == nil {
		err = json.Unmarshal([]byte(text), &s)
	}
	if err != nil {
		return s, fmt.Errorf("ask how it ended: %w", err)
	}
	return s, nil
}

// ran says whether there was a first process at all: an exit code of 125 to 127
// may be the engine's own.
func (s containerState) ran() bool {
	return s.Error == "" && (s.Status == "exited" || s.Status == "stopped")
}

func (s containerState) complaint() error {
	if s.Error == "" {
		return fmt.Errorf("it is %s", s.Status)
	}
	return errors.New(oneLine(s.Error))
}
