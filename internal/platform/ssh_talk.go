package platform

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

const (
	// parting is how long a host may take to end a command that was called off.
	parting = 15 * time.Second
	// maxAnswer bounds, in bytes, what a host may answer to one of our own
	// scripts.
	maxAnswer = 32 << 20
	// shell is what the user's shell over there is told to start.
	shell = "/bin/sh -s"
)

var (
	// errUnreached is a conversation that never began.
	errUnreached = errors.New("the host was not reached")
	// errConnection is one that ended before it was over.
	errConnection = errors.New("the connection ended")
)

// arguments are those of the ssh program for one command line.
func (m *sshMachine) arguments(line string) []string {
	args := []string{
		"-T", "-a", "-x", "-o", "BatchMode=yes", "-o", "ConnectTimeout=20",
		"-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4",
		"-o", "ClearAllForwardings=yes", "-o", "PermitLocalCommand=no",
		"-o", "RemoteCommand=none", "-o", "ControlMaster=no",
	}
	args = append(args, m.o.Args...)
	return append(args, "--", m.o.Host, line)
}

// talk runs a command line on the host to its end. When ctx is over its input
// is closed, which ends what runs there, and a little later the ssh program. hear
// is given the lines of the error output and says which of them are not for a
// person. The status is ssh's: 255 may mean the connection, or be the line's own.
func (m *sshMachine) talk(ctx context.Context, line string, input func(io.WriteCloser) error, out io.Writer, hear func(line string) bool) (status int, err error) {
	cmd := exec.CommandContext(ctx, m.o.Program, m.arguments(line)...)
	apart(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return -1, err
	}
	cmd.Cancel = stdin.Close
	cmd.WaitDelay = parting
	errs := &lines{hear: hear}
	cmd.Stdout, cmd.Stderr = out, errs
	if err := cmd.Start(); err != nil {
		return -1, err
	}
	// A host that stops reading holds the writer up until the program ends.
	wrote := make(chan error, 1)
	go func() { wrote <- input(stdin) }()
	err = cmd.Wait()
	endAll(cmd)
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		return exit.ExitCode(), errs.last()
	}
	if err != nil {
		return -1, errors.Join(err, errs.last())
	}
	return 0, <-wrote
}

// script runs a script of ours on the host and gives what it prints.
func (m *sshMachine) script(ctx context.Context, script string) (string, error) {
	token := rand.Text()
	var out bounded
	answer := &after{mark: token + "\n", w: &out}
	_, err := m.talk(ctx, shell, func(w io.WriteCloser) error {
		_, err := io.WriteString(w, "{ echo "+token+"\n(\n"+script+"\n) && echo "+token+"\nexit\n}\n")
		return errors.Join(err, w.Close())
	}, answer, nil)
	said, ended := strings.CutSuffix(out.String(), token+"\n")
	switch {
	case !answer.found && ctx.Err() != nil:
		return "", fmt.Errorf("%w: %w", errUnreached, context.Cause(ctx))
	case !answer.found:
		return "", fmt.Errorf("%w: %w", errUnreached, cmp.Or(err, errConnection))
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case out.over:
		return "", errors.New("the host says too much")
	case !ended && err == nil:
		return "", errConnection
	case !ended:
		return "", err
	}
	return said, nil
}

// send brings the files below dir to a folder of the host.
func (m *sshMachine) send(ctx context.Context, dir, folder string) error {
	status, err := m.talk(ctx, "tar -x -o -f - -C "+folder, func(w io.WriteCloser) error {
		return errors.Join(pack(ctx, w, dir), w.Close())
	}, io.Discard, nil)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return fmt.Errorf("bring the checkout: %w", err)
	case status != 0:
		return fmt.Errorf("bring the checkout: tar ended with status %d", status)
	}
	return nil
}

// after passes on what comes behind a mark: a login shell may greet.
type after struct {
	mark string
	w    io.Writer
	// begin, if there is one, is called when the mark comes.
	begin func()
	seen  []byte
	found bool
}

func (a *after) Write(b []byte) (int, error) {
	n := len(b)
	if !a.found {
		a.seen = append(a.seen, b...)
		i := bytes.Index(a.seen, []byte(a.mark))
		if i < 0 {
			a.seen = a.seen[max(0, len(a.seen)-len(a.mark)):]
			return n, nil
		}
		a.found = true
		b, a.seen = a.seen[i+len(a.mark):], nil
		if a.begin != nil {
			a.begin()
		}
	}
	if len(b) > 0 {
		if _, err := a.w.Write(b); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// bounded keeps at most maxAnswer bytes and says whether there were more. It
// takes all, so that nobody waits for a reader.
type bounded struct {
	bytes.Buffer
	over bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxAnswer {
		b.over = true
		return len(p), nil
	}
	return b.Buffer.Write(p)
}

// lines hands on whole lines of at most MaxTail bytes, and keeps the end of
// those that nobody wanted.
type lines struct {
	hear func(line string) bool
	part []byte
	kept tail
}

func (l *lines) Write(b []byte) (int, error) {
	l.part = append(l.part, b...)
	rest := l.part
	for {
		line, more, ok := bytes.Cut(rest, []byte("\n"))
		if !ok {
			break
		}
		rest = more
		line = bytes.TrimSuffix(line, []byte("\r"))
		if l.hear == nil || !l.hear(string(line)) {
			l.kept.add(append(line, '\n'))
		}
	}
	l.part = append(l.part[:0], rest[max(0, len(rest)-MaxTail):]...)
	return len(b), nil
}

// last is the last line that was kept, as an error: what ssh says at the end is
// why it failed.
func (l *lines) last() error {
	all := strings.TrimSpace(l.kept.String() + string(l.part))
	if all == "" {
		return nil
	}
	return errors.New(all[strings.LastIndexByte(all, '\n')+1:])
}
