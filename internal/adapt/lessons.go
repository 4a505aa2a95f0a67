package adapt

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

const (
	// maxLesson bounds one lesson in bytes, maxLessons their number.
	maxLesson  = 1 << 20
	maxLessons = 4_000_000
)

// WriteLessons writes lessons as JSON, a line each.
func WriteLessons(w io.Writer, lessons []Lesson) error {
	b := bufio.NewWriter(w)
	e := json.NewEncoder(b)
	for _, l := range lessons {
		if err := e.Encode(l); err != nil {
			return fmt.Errorf("write lessons: %w", err)
		}
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write lessons: %w", err)
	}
	return nil
}

// ReadLessons reads what WriteLessons has written into an experience.
func ReadLessons(r io.Reader) (*Experience, error) {
	x := &Experience{}
	in := bufio.NewScanner(r)
	in.Buffer(nil, maxLesson)
	for n := 0; in.Scan(); n++ {
		var l Lesson
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("read lesson %d: %w", n+1, err)
		}
		if n == maxLessons {
			return nil, errors.New("read lessons: there are too many")
		}
		if l.Own != nil && !l.Own.sound() {
			return nil, fmt.Errorf("read lesson %d: its trees cannot be asked", n+1)
		}
		x.Learn(l)
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("read lessons: %w", err)
	}
	x.Settle()
	return x, nil
}
