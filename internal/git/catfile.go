package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// Object is one object as stored.
type Object struct {
	ID, Kind string
	Content  []byte
}

// ErrTooLarge says that an object is larger than the caller can use.
var ErrTooLarge = errors.New("object too large to read")

// pool lends out cat-file processes. One process answers one question at a
// time; they start when they are first needed.
type pool struct {
	run  runner
	free chan *catFile // nil: a place not started yet

	mu     sync.Mutex
	closed bool
}

func newPool(run runner, n int) *pool {
	p := &pool{run: run, free: make(chan *catFile, n)}
	for range n {
		p.free <- nil
	}
	return p
}

// borrow waits for a process. It is given back with give, or with drop when
// its stream is out of step.
func (p *pool) borrow(ctx context.Context) (*catFile, error) {
	select {
	case c := <-p.free:
		if c != nil {
			return c, nil
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c, err := startCatFile(p.run)
	if err != nil {
		p.free <- nil
		return nil, err
	}
	return c, nil
}

func (p *pool) give(c *catFile) {
	p.mu.Lock()
	closed := p.closed
	p.mu.Unlock()
	if closed {
		c.stop()
		c = nil
	}
	p.free <- c
}

func (p *pool) drop(c *catFile) {
	c.kill()
	p.free <- nil
}

// close ends every idle process; one that is lent out ends when it comes back.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	for {
		select {
		case c := <-p.free:
			if c != nil {
				c.stop()
			}
		default:
			return
		}
	}
}

// catFile is one `git cat-file --batch-command`.
type catFile struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	errOut *bytes.Buffer
}

func startCatFile(run runner) (*catFile, error) {
	cmd := run.command(context.Background(), "cat-file", "--batch-command")
	c := &catFile{cmd: cmd, errOut: &bytes.Buffer{}}
	cmd.Stderr = &limitedWriter{w: c.errOut, left: 16 << 10}
	var err error
	if c.in, err = cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start cat-file: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start cat-file: %w", err)
	}
	c.out = bufio.NewReaderSize(out, 256<<10)
	if err := cmd.Start(); err != nil {
		return nil, explain(context.Background(), err, []string{"cat-file"}, "")
	}
	return c, nil
}

func (c *catFile) stop() {
	_ = c.in.Close() // EOF is how cat-file is told to end
	_ = c.cmd.Wait() // its status says nothing more
}

func (c *catFile) kill() {
	_ = c.cmd.Process.Kill()
	c.stop()
}

// ask sends one request and reads its header: "<id> <type> <size>" or
// "<name> missing".
func (c *catFile) ask(request, name string) (Object, int64, error) {
	if _, err := io.WriteString(c.in, request+" "+name+"\n"); err != nil {
		return Object{}, 0, c.broken(err)
	}
	return c.header(name)
}

func (c *catFile) header(name string) (Object, int64, error) {
	line, err := c.out.ReadString('\n')
	if err != nil {
		return Object{}, 0, c.broken(err)
	}
	f := strings.Fields(line)
	if len(f) == 3 && IsID(f[0]) {
		size, err := strconv.ParseInt(f[2], 10, 64)
		if err == nil {
			return Object{ID: f[0], Kind: f[1]}, size, nil
		}
	}
	if strings.HasSuffix(line, " missing\n") {
		return Object{}, 0, &MissingError{IDs: []string{name}}
	}
	return Object{}, 0, fmt.Errorf("read object %s: git answered %q", name, strings.TrimSpace(line))
}

// broken explains a pipe that ended: the process said why on its stderr.
func (c *catFile) broken(err error) error {
	_ = c.in.Close()
	if waitErr := c.cmd.Wait(); waitErr != nil {
		return explain(context.Background(), waitErr, []string{"cat-file", "--batch-command"}, c.errOut.String())
	}
	return fmt.Errorf("read objects: %w", err)
}

func (c *catFile) body(o *Object, size int64) error {
	o.Content = make([]byte, size)
	if _, err := io.ReadFull(c.out, o.Content); err != nil {
		return c.broken(err)
	}
	if _, err := c.out.Discard(1); err != nil {
		return c.broken(err)
	}
	return nil
}

// Read returns one object. limit bounds its size in bytes (0: no bound); a
// larger one is ErrTooLarge and costs nothing but its header.
func (s *Store) Read(ctx context.Context, id string, limit int64) (Object, error) {
	if limit > 0 {
		_, size, err := s.Info(ctx, id)
		if err != nil {
			return Object{}, err
		}
		if size > limit {
			return Object{}, fmt.Errorf("%s has %d bytes: %w", id, size, ErrTooLarge)
		}
	}
	var o Object
	err := s.with(ctx, func(c *catFile) error {
		var size int64
		var err error
		if o, size, err = c.ask("contents", id); err != nil {
			return err
		}
		return c.body(&o, size)
	})
	return o, err
}

// Info returns an object's kind and its size in bytes.
func (s *Store) Info(ctx context.Context, id string) (kind string, size int64, err error) {
	err = s.with(ctx, func(c *catFile) error {
		o, n, err := c.ask("info", id)
		kind, size = o.Kind, n
		return err
	})
	return kind, size, err
}

// with lends a process to f and takes it back. After an error other than a
// missing object the process is out of step and is replaced.
func (s *Store) with(ctx context.Context, f func(*catFile) error) error {
	c, err := s.pool.borrow(ctx)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.cmd.Process.Kill() })
	err = f(c)
	interrupted := !stop()
	var missing *MissingError
	if interrupted || err != nil && !errors.As(err, &missing) {
		s.pool.drop(c)
	} else {
		s.pool.give(c)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// ReadAll reads many objects in one go and hands them over in the order of
// ids. A missing one is handed over with an empty Kind. f must not keep the
// content's slice unless it copies nothing else: each object has its own.
func (s *Store) ReadAll(ctx context.Context, ids []string, f func(int, Object) error) error {
	return s.with(ctx, func(c *catFile) error {
		sent := make(chan error, 1)
		go func() {
			w := bufio.NewWriterSize(c.in, 64<<10)
			for _, id := range ids {
				if _, err := w.WriteString("contents " + id + "\n"); err != nil {
					sent <- err
					return
				}
			}
			sent <- w.Flush()
		}()
		for i, id := range ids {
			o, size, err := c.header(id)
			var missing *MissingError
			switch {
			case errors.As(err, &missing):
				o = Object{ID: id}
			case err != nil:
				return err
			default:
				if err := c.body(&o, size); err != nil {
					return err
				}
			}
			if err := f(i, o); err != nil {
				return err
			}
		}
		return <-sent
	})
}
