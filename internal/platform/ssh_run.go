package platform

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"backstay.dev/backstay/internal/backport"
)

// linger is how long a connection may stay open when its command has ended:
// something that got away may hold its output.
const linger = 3 * time.Second

var (
	errTime   = errors.New(limitTime)
	errOutput = errors.New(limitOutput)
)

// Run runs a command at the top of the checkout. Should the connection be dead
// when its time is over, the host ends it a minute later.
func (p *sshPlace) Run(ctx context.Context, c Command) (Result, error) {
	if why := unfit(c); why != "" {
		return failed(why), nil
	}
	// The path is the host's.
	env, err := environment(p.folder+"/home", p.folder+"/tmp", "", "C.UTF-8", c.Env)
	if err != nil {
		return failed(err.Error()), nil
	}
	env = slices.DeleteFunc(env, func(e string) bool { return e == "PATH=" })
	if c.Processes <= 0 {
		c.Processes = DefaultProcesses
	}
	outer, leave, err := p.life.join(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("run a command: %w", err)
	}
	defer leave()
	ctx, cancel := context.WithCancelCause(outer)
	defer cancel(nil)
	out := newOutput(c.Log, c.Output)
	v := &verdict{begun: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		if why := v.watch(ctx, c.Time, out.full); why != nil {
			cancel(why)
		}
	}()
	token := rand.Text()
	_, err = p.m.talk(ctx, shell, func(w io.WriteCloser) error {
		// The input stays open: its end is the command's.
		_, err := io.WriteString(w, "{ echo "+token+"\n"+runScript(p, token, c, env)+"\n}\n")
		return err
	}, &after{mark: token + "\n", w: out, begin: v.begin}, func(line string) bool {
		words, ours := strings.CutPrefix(line, token+" ")
		if ours {
			v.hear(words, ctx.Err() == nil)
		}
		return ours
	})
	r, ok := v.result(context.Cause(ctx))
	if !v.since.IsZero() {
		r.Seconds = time.Since(v.since).Seconds()
	}
	tail, logErr := out.close()
	r.Tail = tail
	switch {
	case outer.Err() != nil:
		return r, context.Cause(outer)
	case v.gone:
		err = fmt.Errorf("%s is gone", p.folder)
	case v.absent:
		r.Detail = fmt.Sprintf("start %s: the host has no such program", c.Run[0])
		return r, nil
	case ok && logErr == nil:
		return r, nil
	case ok:
		err = fmt.Errorf("write the log: %w", logErr)
	case v.since.IsZero():
		err = fmt.Errorf("%w: %w", errUnreached, cmp.Or(err, errConnection))
	case err == nil:
		err = errConnection
	}
	return r, fmt.Errorf("run %s on %s: %w", c.Run[0], p.m.o.Host, err)
}

// unfit says why a command cannot be one.
func unfit(c Command) string {
	if len(c.Run) == 0 || c.Run[0] == "" {
		return "the command is empty"
	}
	if slices.ContainsFunc(c.Run, func(word string) bool { return strings.ContainsRune(word, 0) }) {
		return "an argument has a NUL byte"
	}
	return ""
}

// verdict is what the host said of a command.
type verdict struct {
	// natural: it ended with the status exit, and before it was called off.
	// memory: the host ended it for that.
	gone, absent, natural, memory bool
	exit                          int
	once                          sync.Once
	// since is when it began.
	since        time.Time
	begun, ended chan struct{}
}

func (v *verdict) begin() {
	v.since = time.Now()
	close(v.begun)
}

// watch says why a command has to be called off; nil where it need not be. Its
// time does not run while the host is being reached.
func (v *verdict) watch(ctx context.Context, limit time.Duration, full <-chan struct{}) error {
	select {
	case <-v.begun:
	case <-time.After(quick):
		return errUnreached
	case <-ctx.Done():
		return nil
	}
	var late <-chan time.Time
	if limit > 0 {
		late = time.After(limit)
	}
	select {
	case <-late:
		return errTime
	case <-full:
		return errOutput
	case <-v.ended:
	case <-ctx.Done():
		return nil
	}
	// Something that got away may hold the output, and with it the connection.
	select {
	case <-time.After(linger):
		return errConnection
	case <-ctx.Done():
		return nil
	}
}

func (v *verdict) hear(words string, wanted bool) {
	switch key, value, _ := strings.Cut(words, " "); key {
	case "gone":
		v.gone = true
	case "absent":
		v.absent = true
		return // its exit follows
	case "memory":
		v.memory = true
		return
	case "exit":
		if n, err := strconv.Atoi(value); err == nil && n >= 0 && n < 256 {
			v.natural, v.exit = wanted, n
		}
	}
	v.once.Do(func() { close(v.ended) })
}

// result is what the host said, or else the limit that it was called off for.
func (v *verdict) result(cause error) (r Result, ok bool) {
	switch {
	case v.gone || v.absent:
		return Result{State: backport.RunError, Exit: -1}, false
	case v.natural && v.exit == 0:
		return Result{State: backport.RunPassed}, true
	case v.natural && v.memory:
		return Result{State: backport.RunLimit, Exit: -1, Detail: overLimit + limitMemory}, true
	case v.natural:
		return Result{State: backport.RunFailed, Exit: v.exit}, true
	case errors.Is(cause, errTime), errors.Is(cause, errOutput):
		return Result{State: backport.RunLimit, Exit: -1, Detail: "went over the limit of " + cause.Error()}, true
	}
	return Result{State: backport.RunError, Exit: -1}, false
}
