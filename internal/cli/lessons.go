package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"backstay.dev/backstay/internal/adapt"
)

// lessonsFile is where what replay --learn has learned is kept, beside the
// index; "" to keep nothing.
func (a *app) lessonsFile(index string) string {
	if index == "" {
		return ""
	}
	return filepath.Join(filepath.Dir(index), "lessons.jsonl")
}

// maxLessonsFile bounds the file of lessons in bytes.
const maxLessonsFile = 256 << 20

// experience reads what was learned from this repository; nil if nothing was.
func (w *workspace) experience() (*adapt.Experience, error) {
	path := w.app.lessonsFile(w.app.indexFile(w.repo))
	if path == "" {
		return nil, nil
	}
	text, err := readRegular(path, maxLessonsFile)
	if err != nil || text == nil {
		return nil, err
	}
	x, err := adapt.ReadLessons(bytes.NewReader(text))
	if err != nil {
		w.app.note("what was learned here cannot be read, and is left aside (backstay replay --learn writes it anew): %v", err)
		return nil, nil
	}
	return x, nil
}

// keep writes lessons for the commands to come.
func (w *workspace) keep(lessons []adapt.Lesson) error {
	path := w.app.lessonsFile(w.app.indexFile(w.repo))
	if path == "" {
		return errors.New("keep what was learned: there is no cache folder")
	}
	f, err := os.CreateTemp(filepath.Dir(path), "lessons-*")
	if err != nil {
		return fmt.Errorf("keep what was learned: %w", err)
	}
	err = adapt.WriteLessons(f, lessons)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("keep what was learned: %w", err), os.Remove(f.Name()))
	}
	return nil
}
