package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
)

// Object is one object as stored.
type Object struct {
	ID, Kind string
	Content  []byte
}

// ErrTooLarge says that an object is larger than the caller can use.
var ErrTooLarge = errors.New("object too large to read")

// maxObject bounds in bytes what is read where the caller gives no bound, so
// that a sparse blob of a terabyte is an error and not the end of the process.
const maxObject = 1 << 30

// minName is how many digits of an id git wants to see at least.
const minName = 4

// objectName refuses what is no id or beginning of one. A name with a line
// break would be two requests, and the answers out of step from there on.
func objectName(name string) error {
	if len(name) < minName || len(name) > 2*SHA256.RawLen() || strings.Trim(name, "0123456789abcdef") != "" {
		return fmt.Errorf("read object: %.100q is no object id", name)
	}
	return nil
}

// Read returns one object; id may be abbreviated. limit bounds its size in
// bytes (0: 1 GiB); a larger one is ErrTooLarge and costs nothing but its
// header. What a partial clone lacks is fetched where Options.Fetch allows it.
func (s *Store) Read(ctx context.Context, id string, limit int64) (Object, error) {
	o, err := s.read(ctx, id, limit)
	if s.mended(ctx, err) {
		o, err = s.read(ctx, id, limit)
	}
	if err != nil && ctx.Err() != nil {
		return o, ctx.Err()
	}
	s.miss(ctx, err)
	return o, err
}

func (s *Store) read(ctx context.Context, id string, limit int64) (Object, error) {
	if err := objectName(id); err != nil {
		return Object{}, err
	}
	var o Object
	err := s.pool.with(ctx, func(c *catFile) error {
		if limit > 0 {
			if _, size, err := c.info(id); err != nil {
				return err
			} else if size > limit {
				return tooLarge(id, size)
			}
		}
		var size int64
		var err error
		if o, size, err = c.ask("contents", id); err != nil {
			return err
		}
		if limit <= 0 && size > maxObject {
			return tooLarge(id, size)
		}
		return c.body(&o, size)
	})
	if err != nil {
		return Object{}, err
	}
	return o, nil
}

func tooLarge(id string, size int64) error {
	return fmt.Errorf("%s has %d bytes: %w", id, size, ErrTooLarge)
}

// Info returns an object's kind and its size in bytes; id may be abbreviated.
// Nothing is fetched for it.
func (s *Store) Info(ctx context.Context, id string) (kind string, size int64, err error) {
	if err := objectName(id); err != nil {
		return "", 0, err
	}
	err = s.pool.with(ctx, func(c *catFile) error {
		o, n, err := c.info(id)
		kind, size = o.Kind, n
		return err
	})
	return kind, size, err
}

// ReadAll reads many objects by their full ids in one go and hands them over
// in the order of ids. A missing one, which is first fetched where Options.Fetch
// allows it, is handed over with an empty Kind. The content is f's to keep. f has one of the store's readers in use and must not
// read from the store itself; its error ends the call and is returned.
func (s *Store) ReadAll(ctx context.Context, ids []string, f func(int, Object) error) error {
	for _, id := range ids {
		if !IsID(id) {
			return fmt.Errorf("read objects: %.100q is no object id", id)
		}
	}
	if err := s.Bring(ctx, ids); err != nil {
		return err
	}
	return s.pool.with(ctx, func(c *catFile) error {
		c.owed = len(ids)
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			w := bufio.NewWriterSize(c.in, 64<<10)
			for _, id := range ids {
				if _, err := w.WriteString("contents " + id + "\n"); err != nil {
					return // the reader finds out why
				}
			}
			_ = w.Flush() // the reader finds out why
		}()
		defer func() {
			if c.owed > 0 {
				c.end() // or the sender would stay
			}
			<-sent
		}()
		return c.readAll(ids, func(i int, o Object) error {
			if o.Kind == "" {
				s.miss(ctx, &MissingError{IDs: ids[i : i+1]})
			}
			return f(i, o)
		})
	})
}

func (c *catFile) readAll(ids []string, f func(int, Object) error) error {
	for i, id := range ids {
		o, size, err := c.header(id)
		var missing *MissingError
		switch {
		case errors.As(err, &missing):
			o = Object{ID: id}
		case err != nil:
			return err
		case size > maxObject:
			return tooLarge(id, size)
		default:
			if err := c.body(&o, size); err != nil {
				return err
			}
		}
		if err := f(i, o); err != nil {
			return err
		}
	}
	return nil
}

// absent returns those of these full ids that the store cannot read, each once.
func (s *Store) absent(ctx context.Context, ids []string) (map[string]bool, error) {
	if len(ids) == 0 {
		return map[string]bool{}, nil
	}
	in := strings.NewReader(strings.Join(ids, "\n") + "\n")
	out, err := s.run.output(ctx, in, "cat-file", "--batch-check=%(objectname)", "--buffer")
	if err != nil {
		return nil, fmt.Errorf("look for objects: %w", err)
	}
	gone := map[string]bool{}
	for _, line := range strings.Split(string(out), "\n") {
		if id, ok := strings.CutSuffix(line, " missing"); ok {
			gone[id] = true
		}
	}
	return gone, nil
}
