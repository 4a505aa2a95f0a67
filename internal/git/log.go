package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
)

// LogEntry is one commit as `git log` shows it: with the parents that replace
// refs, grafts and the shallow boundary leave it.
type LogEntry struct {
	ID      string
	Parents []string
	// Date is the committer's, in seconds since 1970; 0 where it cannot be read
	// or no clock shows it.
	Date int64
	// Author is the author as the commit has it, "Name <address> date" with the date
	// in seconds since 1970, no time zone; no date where it cannot be read.
	Author string
	// Message is the message in UTF-8, up to its first NUL; nil if it is longer
	// than a commit can be. Valid until the callback returns.
	Message []byte
}

const (
	// maxMessage bounds a message; a longer one was not written by a person.
	maxMessage = 1 << 20
	// maxLogHeader bounds "<id> <parent>…", and other single lines.
	maxLogHeader = 1 << 20
	// maxDate bounds a date, so that adding to one never overflows.
	maxDate = 1 << 53
)

// Log hands over the commits that tips reach and known do not, in no promised
// order, each once. Tips and known are full commit ids; those of known that the
// repository no longer has are passed over, and so are such tips, which the
// caller will miss.
func (s *Store) Log(ctx context.Context, tips, known []string, f func(LogEntry) error) error {
	if len(tips) == 0 {
		return nil
	}
	var in strings.Builder
	for _, id := range tips {
		in.WriteString(id + "\n")
	}
	for _, id := range known {
		in.WriteString("^" + id + "\n")
	}
	args := []string{
		"log", "--ignore-missing", "--stdin", "-z", "--no-color", "--encoding=UTF-8",
		// The date is empty where git cannot read it.
		"--format=tformat:%H %P%n%ct%n%an <%ae> %at%n%B",
	}
	err := s.stream(ctx, in.String(), args, func(r *bufio.Reader) error { return readLog(r, f) })
	if err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	return nil
}

func readLog(r *bufio.Reader, f func(LogEntry) error) error {
	for {
		if _, err := r.Peek(1); errors.Is(err, io.EOF) {
			return nil
		}
		err := readLogEntry(r, f)
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
	}
}

func readLogEntry(r *bufio.Reader, f func(LogEntry) error) error {
	head, err := readUntil(r, '\n', maxLogHeader)
	if err != nil {
		return err
	}
	fields := strings.Fields(string(head))
	if len(fields) == 0 || !IsID(fields[0]) {
		return fmt.Errorf("git answered %.80q", head)
	}
	e := LogEntry{ID: fields[0], Parents: fields[1:]}
	date, err := readUntil(r, '\n', maxLogHeader)
	if err != nil {
		return err
	}
	if n, err := strconv.ParseInt(string(date), 10, 64); err == nil && n > 0 && n < maxDate {
		e.Date = n
	}
	author, err := readUntil(r, '\n', maxLogHeader)
	if err != nil {
		return err
	}
	e.Author = string(author)
	e.Message, err = readUntil(r, 0, maxMessage)
	if err != nil && !errors.Is(err, errLong) {
		return err
	}
	return f(e)
}

// errLong says that a field was longer than the caller can use; it was read to
// its end.
var errLong = errors.New("field too long")

// readUntil reads up to and without delim. The bytes are valid until the next
// read.
func readUntil(r *bufio.Reader, delim byte, limit int) ([]byte, error) {
	b, err := r.ReadSlice(delim)
	if err == nil {
		return b[:len(b)-1], nil
	}
	var whole []byte
	long := false
	for errors.Is(err, bufio.ErrBufferFull) {
		if long = long || len(whole)+len(b) > limit; !long {
			whole = append(whole, b...)
		}
		b, err = r.ReadSlice(delim)
	}
	if err != nil {
		if errors.Is(err, io.EOF) && len(whole)+len(b) > 0 {
			err = io.ErrUnexpectedEOF
		}
		return append(whole, b...), err
	}
	if long || len(whole)+len(b) > limit {
		return nil, errLong
	}
	return append(whole, b[:len(b)-1]...), nil
}

// stream runs git on an input and reads what it writes while it writes. An
// error of read ends the child; one of the child counts more than what its
// unfinished output made read say.
func (s *Store) stream(ctx context.Context, in string, args []string, read func(*bufio.Reader) error) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := s.run.command(inner, args...)
	var errOut bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(in), &limitedWriter{w: &errOut, left: 64 << 10}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return explain(ctx, err, args, "")
	}
	readErr := read(bufio.NewReaderSize(out, 256<<10))
	if readErr != nil && !errors.Is(readErr, io.ErrUnexpectedEOF) {
		cancel()
		_ = cmd.Wait() // it was killed; why is known
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return readErr
	}
	if err := cmd.Wait(); err != nil {
		return explain(ctx, err, args, errOut.String())
	}
	return readErr
}

// Shape is all that makes history look other than the objects say: replace
// refs, grafts and the shallow boundary, as the store took them over. What was
// learnt from history holds as long as the shape is the same.
func (s *Store) Shape() string {
	var b strings.Builder
	for _, name := range []string{"packed-refs", "info/grafts", "shallow"} {
		text := readSmall(filepath.Join(s.Dir, filepath.FromSlash(name)))
		fmt.Fprintf(&b, "%s %d\n%s", name, len(text), text)
	}
	return b.String()
}
