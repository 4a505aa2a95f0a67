package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// pool lends out cat-file processes. One process answers one caller at a time;
// they start when they are first needed.
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

// with lends a process to f and takes it back. One that is dead, or that has
// answers left which f did not read, is replaced: its next borrower would take
// them for the answers to other questions. A process that died while it was
// idle (somebody needed the memory) has answered nothing, so f is tried again.
func (p *pool) with(ctx context.Context, f func(*catFile) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		c, err := p.borrow(ctx)
		if err != nil {
			return err
		}
		used, before := c.answers > 0, c.answers
		stop := context.AfterFunc(ctx, func() { _ = c.cmd.Process.Kill() })
		err = f(c)
		interrupted := !stop()
		diedIdle := used && c.dead && c.answers == before
		p.give(c, c.owed == 0 && !c.dead && !interrupted)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !diedIdle {
			return err
		}
	}
}

// borrow waits for a process. Its place is given back with give.
func (p *pool) borrow(ctx context.Context) (*catFile, error) {
	var c *catFile
	select {
	case c = <-p.free:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if p.isClosed() {
		p.free <- c
		return nil, fmt.Errorf("read objects: store: %w", os.ErrClosed)
	}
	if c != nil {
		return c, nil
	}
	c, err := startCatFile(p.run)
	if err != nil {
		p.free <- nil
		return nil, err
	}
	return c, nil
}

func (p *pool) give(c *catFile, good bool) {
	if !good || p.isClosed() {
		c.end()
		c = nil
	}
	p.free <- c
}

func (p *pool) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// close ends every idle process; one that is lent out ends when it comes back.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	var places int
	for {
		select {
		case c := <-p.free:
			places++
			if c != nil {
				c.end()
			}
			continue
		default:
		}
		break
	}
	for range places { // so that whoever waits learns that it is over
		p.free <- nil
	}
}

// catFile is one `git cat-file --batch-command`.
type catFile struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	errOut *bytes.Buffer

	owed    int // answers that were asked for and not read to their end
	answers int // header lines read in its life
	dead    bool
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

// end kills the process, which only reads and so has nothing to lose, and
// waits for it. It may be called twice.
func (c *catFile) end() {
	if !c.dead {
		_ = c.cmd.Process.Kill()
		_ = c.in.Close()
		_ = c.cmd.Wait() // it was killed; its status says nothing more
		c.dead = true
	}
}

// ask sends one request and reads the header of its answer.
func (c *catFile) ask(request, name string) (Object, int64, error) {
	c.owed++
	if _, err := io.WriteString(c.in, request+" "+name+"\n"); err != nil {
		return Object{}, 0, c.broken(err)
	}
	return c.header(name)
}

// info is ask for an answer that is a header alone.
func (c *catFile) info(name string) (Object, int64, error) {
	o, size, err := c.ask("info", name)
	if err == nil {
		c.owed--
	}
	return o, size, err
}

// header reads "<id> <type> <size>", "<name> missing" or "<name> ambiguous".
// Its id must be the one asked for: an answer to another question would be
// believed otherwise.
func (c *catFile) header(name string) (Object, int64, error) {
	line, err := c.out.ReadString('\n')
	if err != nil {
		return Object{}, 0, c.broken(err)
	}
	c.answers++
	switch line {
	case name + " missing\n":
		c.owed--
		return Object{}, 0, &MissingError{IDs: []string{name}}
	case name + " ambiguous\n":
		c.owed--
		return Object{}, 0, fmt.Errorf("read object %s: %w", name, ErrAmbiguousName)
	}
	f := strings.Fields(line)
	if len(f) == 3 && IsID(f[0]) && strings.HasPrefix(f[0], name) {
		size, err := strconv.ParseInt(f[2], 10, 64)
		if err == nil && size >= 0 {
			return Object{ID: f[0], Kind: f[1]}, size, nil
		}
	}
	return Object{}, 0, fmt.Errorf("read object %s: git answered %.200q", name, strings.TrimSpace(line))
}

// body reads the content that follows a header.
func (c *catFile) body(o *Object, size int64) error {
	o.Content = make([]byte, size)
	if _, err := io.ReadFull(c.out, o.Content); err != nil {
		return c.broken(err)
	}
	if _, err := c.out.Discard(1); err != nil {
		return c.broken(err)
	}
	c.owed--
	return nil
}

// broken explains a pipe that ended: the process said why on its stderr.
func (c *catFile) broken(err error) error {
	if c.dead {
		return fmt.Errorf("read objects: %w", err)
	}
	c.dead = true
	_ = c.in.Close()
	waitErr := c.cmd.Wait()
	var exit *exec.ExitError
	if errors.As(waitErr, &exit) {
		return explain(context.Background(), waitErr, []string{"cat-file"}, c.errOut.String())
	}
	return fmt.Errorf("read objects: %w", err)
}
