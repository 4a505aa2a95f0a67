package platform

import (
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
	outer := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := newOutput(c.Log, c.Output)
	begin := time.Now()
	v := &verdict{ended: make(chan struct{})}
	go func() {
		var late <-chan time.Time
		if c.Time > 0 {
			late = time.After(c.Time)
		}
		select {
		case <-late:
			cancel(errTime)
		case <-out.full:
			cancel(errOutput)
		case <-v.ended:
			select {
			case <-time.After(linger):
				cancel(nil)
			case <-ctx.Done():
			}
		case <-ctx.Done():
		}
	}()
	token := rand.Text()
	_, err = p.m.talk(ctx, shell, func(w io.WriteCloser) error {
		// The input stays open: its end is the command's.
		_, err := io.WriteString(w, "{ echo "+token+"\n"+runScript(p, token, c, env)+"\n}\n")
		return err
	}, &after{mark: token + "\n", w: out}, func(line string) bool {
		words, ours := strings.CutPrefix(line, token+" ")
		if ours {
			v.hear(words, ctx.Err() == nil)
		}
		return ours
	})
	r, ok := v.result(context.Cause(ctx))
	r.Seconds = time.Since(begin).Seconds()
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
	gone, absent, natural bool
	exit                  int
	once                  sync.Once
	ended                 chan struct{}
}

func (v *verdict) hear(words string, wanted bool) {
	switch key, value, _ := strings.Cut(words, " "); key {
	case "gone":
		v.gone = true
	case "absent":
		v.absent = true
		return // its exit follows
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
	case v.natural:
		return Result{State: backport.RunFailed, Exit: v.exit}, true
	case errors.Is(cause, errTime), errors.Is(cause, errOutput):
		return Result{State: backport.RunLimit, Exit: -1, Detail: "went over the limit of " + cause.Error()}, true
	}
	return Result{State: backport.RunError, Exit: -1}, false
}
