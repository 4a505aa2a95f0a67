package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"

	"backstay.dev/backstay/internal/git"
)

// Streams are what a command talks through, and the environment it runs in.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	// Env is the environment, as os.Environ gives it.
	Env []string
	// OutWidth and ErrWidth are the columns of the terminals that Out and Err
	// are, 0 where they are none.
	OutWidth, ErrWidth int
	// Interactive says that a person sits at a terminal, and Terminal are the
	// streams of programs that she talks to.
	Interactive bool
	Terminal    git.Terminal
	// Program is how a shell calls this program again.
	Program string

	buffered *bufio.Writer
	// patient is set while a person is at work in another program: a Ctrl-C is
	// then for that one.
	patient *atomic.Bool
}

// System returns the streams of this process.
func System() *Streams {
	s := &Streams{
		In: os.Stdin, Err: os.Stderr, Env: os.Environ(), Program: programName(),
		OutWidth: terminalWidth(os.Stdout), ErrWidth: terminalWidth(os.Stderr),
		buffered: bufio.NewWriterSize(os.Stdout, 64<<10),
	}
	s.Out, s.patient = s.buffered, new(atomic.Bool)
	s.Interactive = terminalWidth(os.Stdin) > 0 && s.ErrWidth > 0
	s.Terminal = git.Terminal{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	if s.OutWidth == 0 {
		s.Terminal.Out = os.Stderr // results go elsewhere
	}
	return s
}

// interruptible is a context that ends with Ctrl-C or SIGTERM. A second one
// ends the process.
func (s *Streams) interruptible() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	got := make(chan os.Signal, 1)
	signal.Notify(got, os.Interrupt, syscall.SIGTERM)
	go func() {
		for sig := range got {
			if sig != os.Interrupt || !s.patient.Load() {
				signal.Stop(got)
				cancel()
				return
			}
		}
	}()
	return ctx, cancel
}

// attended runs a program that a person talks to.
func (s *Streams) attended(ctx context.Context, run func(git.Terminal) error) error {
	if err := errors.Join(ctx.Err(), s.flush()); err != nil {
		return err
	}
	if s.patient != nil {
		s.patient.Store(true)
		defer s.patient.Store(false)
	}
	return run(s.Terminal)
}

// flush writes what was said so far; a command that answers piece by piece
// calls it after each.
func (s *Streams) flush() error {
	if s.buffered == nil {
		return nil
	}
	if err := s.buffered.Flush(); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// patientReader ends a wait for input when ctx ends; a terminal may never give
// any.
type patientReader struct {
	ctx  context.Context
	from io.Reader
	left []byte
}

func (r *patientReader) Read(p []byte) (int, error) {
	if len(r.left) > 0 {
		n := copy(p, r.left)
		r.left = r.left[n:]
		return n, nil
	}
	type piece struct {
		text []byte
		err  error
	}
	got := make(chan piece, 1)
	go func() {
		text := make([]byte, 64<<10)
		n, err := r.from.Read(text)
		got <- piece{text[:n], err}
	}()
	select {
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	case g := <-got:
		n := copy(p, g.text)
		if r.left = g.text[n:]; len(r.left) > 0 {
			return n, nil // an error comes again with the next read
		}
		return n, g.err
	}
}

// getenv reads one variable of the environment; the last one counts.
func (s *Streams) getenv(name string) string {
	for i := len(s.Env) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(s.Env[i], name+"="); ok {
			return value
		}
	}
	return ""
}
