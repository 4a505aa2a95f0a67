package verify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/platform"
)

const (
	// maxLibrary bounds a library in bytes, maxLibraries how many one tree has.
	maxLibrary   = 64 << 20
	maxLibraries = 50
	// abiLevel is backport.APIChange.Level of libraries.
	abiLevel = "abi"
)

// elf begins every library that can be compared; a linker script is none.
var elf = []byte("\x7fELF")

// A library is a built one, as it was when the build ended.
type library struct {
	file string
	sum  [sha256.Size]byte
}

// libraries compares what the build makes of the backport with what it makes of
// the target. What could not be compared is said, and tried again the next
// time.
func (l *lane) libraries(ctx context.Context, s Subject, e *examined) {
	var err error
	if l.v.ABI == nil {
		err = errors.New("abidiff is not installed")
	} else {
		err = l.compareLibraries(ctx, s, e)
	}
	if err != nil && ctx.Err() == nil {
		l.unsound = true
		e.Run.Uncompared = err.Error()
		why := "libraries not compared: " + err.Error()
		if e.Run.Detail != "" {
			why = e.Run.Detail + "; " + why
		}
		e.Run.Detail = why
	}
}

func (l *lane) compareLibraries(ctx context.Context, s Subject, e *examined) (err error) {
	folder, err := l.v.Folder(l.p.Name + "-libraries")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, platform.RemoveAll(folder)) }()
	after, err := l.built(ctx, l.site(onBackport, s.Backport), e)
	if err != nil {
		return err
	}
	before, err := l.built(ctx, l.site(onTarget, s.Target), e)
	if err != nil {
		return err
	}
	if len(after)+len(before) == 0 {
		return fmt.Errorf("the build makes none that matches %s", strings.Join(l.p.Libraries, ", "))
	}
	names := maps.Clone(before)
	maps.Copy(names, after)
	var errs []error
	for i, name := range slices.Sorted(maps.Keys(names)) {
		changes, err := l.compareLibrary(ctx, filepath.Join(folder, fmt.Sprint(i)), name, before[name], after[name])
		e.Run.API = append(e.Run.API, changes...)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

// compareLibrary compares two libraries in a folder that does not exist; a side
// without one has no file.
func (l *lane) compareLibrary(ctx context.Context, folder, name string, before, after library) ([]backport.APIChange, error) {
	whole := backport.APIChange{Path: name, Symbol: filepath.Base(name), Level: abiLevel}
	switch {
	case before.file == "":
		whole.Kind, whole.Text = "added", "the library is new"
		return []backport.APIChange{whole}, nil
	case after.file == "":
		whole.Kind, whole.Breaks, whole.Text = "removed", true, "the library is gone"
		return []backport.APIChange{whole}, nil
	case before.sum == after.sum:
		return nil, nil
	}
	a, b := filepath.Join(folder, "before"), filepath.Join(folder, "after")
	if err := errors.Join(os.Mkdir(folder, 0o700), os.Rename(before.file, a), os.Rename(after.file, b)); err != nil {
		return nil, err
	}
	changes, err := l.v.ABI(ctx, a, b)
	for i := range changes {
		changes[i].Path = name
	}
	return changes, err
}

// built are the libraries of a site by their paths, which is built if it was
// not: its outcome may be one of the cache.
func (l *lane) built(ctx context.Context, s *site, e *examined) (map[string]library, error) {
	if !s.began {
		l.expect(s, 0)
		s.begin(ctx)
		l.tell(&e.Run.Steps, s, outcome{State: s.state, Steps: s.ready})
	}
	if s.state != backport.RunPassed {
		return nil, fmt.Errorf("the %s could not be built: %s", s.on, reason(outcome{State: s.state, Steps: s.ready, Why: s.why}))
	}
	return s.libraries, s.unread
}

// keep keeps the libraries that the build made, before tests do anything to
// them. They are beside the checkout, out of the place.
func (s *site) keep(ctx context.Context) (map[string]library, error) {
	dir := filepath.Join(s.folder, "libraries")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	kept := map[string]library{}
	for _, pattern := range s.lane.p.Libraries {
		files, err := s.place.Read(ctx, pattern, maxLibrary+1)
		if err != nil {
			return nil, err
		}
		for name, text := range files {
			if kept[name].file != "" || !bytes.HasPrefix(text, elf) {
				continue
			}
			if len(text) > maxLibrary {
				return nil, fmt.Errorf("%s has more than %d MiB", name, maxLibrary>>20)
			}
			if len(kept) == maxLibraries {
				return nil, fmt.Errorf("the %s has more than %d", s.on, maxLibraries)
			}
			file := filepath.Join(dir, fmt.Sprint(len(kept)))
			if err := os.WriteFile(file, text, 0o600); err != nil {
				return nil, err
			}
			kept[name] = library{file: file, sum: sha256.Sum256(text)}
		}
	}
	return kept, nil
}
