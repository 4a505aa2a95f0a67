package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode"
)

// ErrTooOld says that the installed git lacks a command that Backstay needs.
var ErrTooOld = errors.New("this git is too old: Backstay needs git 2.39 or newer")

// ErrNoGit says that git could not be started at all.
var ErrNoGit = errors.New("git could not be started: is it installed and on the PATH?")

// usageStatus is the exit status with which git refuses an unknown option.
const usageStatus = 129

// commandError is a git command that failed: what was run and the last line
// that git said about it.
type commandError struct {
	args   []string
	status int    // -1: ended by a signal
	how    string // "exit status 128" or "signal: killed"
	stderr string
}

func (e *commandError) Error() string {
	line := lastLine(e.stderr)
	if line == "" {
		line = e.how
	}
	return fmt.Sprintf("git %s: %s", subcommand(e.args), line)
}

// subcommand is the command's name, behind "-c name=value" pairs.
func subcommand(args []string) string {
	for len(args) > 2 && args[0] == "-c" {
		args = args[2:]
	}
	return args[0]
}

// lastLine picks what matters of git's stderr: the first "fatal:" or "error:"
// line without its prefix, else the last line. Control characters, which may
// come from names in the repository, are taken out.
func lastLine(stderr string) string {
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	line := lines[len(lines)-1]
find:
	for _, p := range []string{"fatal: ", "error: "} {
		for _, l := range lines {
			if rest, ok := strings.CutPrefix(l, p); ok {
				line = rest
				break find
			}
		}
	}
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return '?'
		}
		return c
	}, line))
}

// runner starts git with one fixed environment and fixed leading arguments.
type runner struct {
	binary string
	lead   []string
	env    []string
	// apart keeps Ctrl-C at the terminal from the children: the context ends
	// them, and what they die of is not taken for a failure of git. A child
	// that may ask for a passphrase has to stay with the terminal.
	apart bool
}

// command prepares a child that dies with ctx and, where the system can, with
// this process.
func (r runner) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, r.binary, append(append([]string{}, r.lead...), args...)...)
	cmd.Env = slices.Clip(r.env) // what a caller appends is this child's alone
	cmd.WaitDelay = 2 * time.Second
	dieWithParent(cmd)
	if r.apart {
		outlive(cmd)
	}
	return cmd
}

// output runs git to its end and returns what it wrote.
func (r runner) output(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	cmd := r.command(ctx, args...)
	return finish(ctx, cmd, stdin, args)
}

// maxOutput bounds in bytes what is kept of a child's output. A million refs
// stay below it.
const maxOutput = 256 << 20

// finish runs a prepared child to its end and returns what it wrote.
func finish(ctx context.Context, cmd *exec.Cmd, stdin io.Reader, args []string) ([]byte, error) {
	var errOut bytes.Buffer
	out := &boundedBuffer{left: maxOutput}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, out, &limitedWriter{w: &errOut, left: 64 << 10}
	err := cmd.Run()
	switch {
	case out.overflown:
		return nil, fmt.Errorf("run git %s: it answered more than %d MiB", subcommand(args), maxOutput>>20)
	case err != nil:
		return out.Bytes(), explain(ctx, err, args, errOut.String())
	}
	return out.Bytes(), nil
}

// explain turns the failure of a child into the error a caller branches on.
func explain(ctx context.Context, err error, args []string, stderr string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if notStarted(err) {
		return fmt.Errorf("%w (%w)", ErrNoGit, err)
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return fmt.Errorf("run git %s: %w", subcommand(args), err)
	}
	if exit.ExitCode() == usageStatus && strings.Contains(stderr, "usage:") {
		return fmt.Errorf("%w (`git %s` is not known to it)", ErrTooOld, strings.Join(args, " "))
	}
	failed := &commandError{args: args, status: exit.ExitCode(), how: exit.String(), stderr: stderr}
	if full := diskFull(stderr); full != nil {
		return fmt.Errorf("%w: %w", failed, full)
	}
	if id := unreadable(stderr); id != "" {
		return &MissingError{IDs: []string{id}}
	}
	return failed
}

// notStarted says whether the program itself is the trouble. A folder to start
// it in that is gone looks the same to the system but for the program's path.
func notStarted(err error) bool {
	var lookup *exec.Error
	if errors.As(err, &lookup) {
		return true
	}
	var start *os.PathError
	if !errors.As(err, &start) || start.Op != "fork/exec" || !errors.Is(err, os.ErrNotExist) && !errors.Is(err, os.ErrPermission) {
		return false
	}
	st, statErr := os.Stat(start.Path)
	return statErr != nil || st.IsDir() || errors.Is(err, os.ErrPermission)
}

// diskFull recognises what no repeating helps against.
func diskFull(stderr string) error {
	for _, e := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT} {
		if strings.Contains(strings.ToLower(stderr), e.Error()) {
			return syscall.ENOSPC
		}
	}
	return nil
}

// MissingError names objects that the repository refers to and that cannot be
// read as what they should be: it is a partial clone, or damaged.
type MissingError struct{ IDs []string }

func (e *MissingError) Error() string {
	s := strings.Join(e.IDs[:min(len(e.IDs), 3)], ", ")
	if n := len(e.IDs) - 3; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return "this repository lacks the object " + s
}

// complaints are the words with which git 2.39 to 2.55 says that it cannot
// read an object that something refers to; the object's id is in the line.
var complaints = []string{
	"unable to read ",               // <id>, tree <id>, tree (<id>), blob object <id>
	"ould not read ",                // "error: Could not read <id>" of a walk
	"cannot read ",                  // object <id>
	"unable to parse ",              // commit <id>, object: <id>
	"could not parse ",              // commit <id>
	"bad object ",                   // <id>
	"bad tree object ",              // <id>
	"missing object ",               // <id> for refs/…
	"missing blob ",                 // object '<id>'
	"not something we can merge",    // after the id
	"unable to get type of object ", // <id>, of pack-objects
	"unable to get size of ",        // <id>, of pack-objects
	" not a tree",                   // Object <id>, of another type than it should be
	"collect_merge_info failed ",    // for trees <id>, <id>, <id>
}

// unreadable finds the object id in git's complaints about a missing object.
func unreadable(stderr string) string { return named(stderr, complaints) }

// damages are the words with which git says that an object is there and cannot
// be read.
var damages = []string{
	" is corrupt",            // loose object <id> (stored in …), packed object <id> (stored in …)
	"corrupt loose object '", // <id>'
	"hash mismatch ",         // <id>
}

// damaged finds the object id in git's complaints about a damaged object.
func damaged(stderr string) string { return named(stderr, damages) }

// named finds the first object id in a line that has one of the words.
func named(stderr string, words []string) string {
	for _, line := range strings.Split(stderr, "\n") {
		if !slices.ContainsFunc(words, func(c string) bool { return strings.Contains(line, c) }) {
			continue
		}
		for _, word := range strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(" ()':,", c) }) {
			if IsID(word) {
				return word
			}
		}
	}
	return ""
}

// limitedWriter keeps the first bytes of a stream and swallows the rest.
type limitedWriter struct {
	w    io.Writer
	left int
}

func (l *limitedWriter) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	if _, err := l.w.Write(p[:n]); err != nil {
		return 0, err
	}
	return len(p), nil
}

// boundedBuffer fails when it gets more than it may keep, which ends the child
// that writes.
type boundedBuffer struct {
	buf       bytes.Buffer
	left      int
	overflown bool
}

func (b *boundedBuffer) Write(p []byte) (int, error) {
	if len(p) > b.left {
		b.overflown = true
		return 0, io.ErrShortBuffer
	}
	b.left -= len(p)
	return b.buf.Write(p)
}

func (b *boundedBuffer) Bytes() []byte { return b.buf.Bytes() }
