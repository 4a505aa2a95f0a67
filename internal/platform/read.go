package platform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

const (
	// maxEntries bounds how many names one Read looks at, maxRead how many bytes
	// it gives.
	maxEntries = 2_000_000
	maxRead    = 256 << 20
	// maxName bounds the length of a path in bytes, as systems do.
	maxName = 4096
)

func (p *localPlace) Read(ctx context.Context, pattern string, max int64) (map[string][]byte, error) {
	ctx, leave, err := p.enter(ctx)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", pattern, err)
	}
	defer leave()
	root, err := os.OpenRoot(p.dir)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", pattern, err)
	}
	defer func() { _ = root.Close() }() // it was only read from
	r := &reader{root: root, segments: strings.Split(pattern, "/"), max: max, files: map[string][]byte{}}
	if err := r.walk(ctx); err != nil {
		return nil, fmt.Errorf("read %s: %w", pattern, err)
	}
	return r.files, nil
}

// Matches reports whether a slash-separated path matches a pattern, segment by
// segment as path.Match; "**" is any number of segments. The error is
// path.ErrBadPattern.
func Matches(pattern, name string) (bool, error) {
	segments := strings.Split(pattern, "/")
	if err := check(segments); err != nil {
		return false, err
	}
	return reaches(segments, strings.Split(name, "/"))[len(segments)], nil
}

func check(segments []string) error {
	for _, s := range segments {
		if _, err := path.Match(s, ""); err != nil {
			return err
		}
	}
	return nil
}

// reaches says for each number of segments of a pattern whether they match the
// whole name. Its time is that of the one times the other.
func reaches(pattern, name []string) []bool {
	at := make([]bool, len(pattern)+1)
	at[0] = true
	for i, s := range pattern {
		at[i+1] = at[i] && s == "**"
	}
	for _, element := range name {
		for i := len(pattern); i > 0; i-- {
			// at still has what matched the name without its last element.
			ok, _ := path.Match(pattern[i-1], element) // checked
			at[i] = at[i-1] && ok && pattern[i-1] != "**" || at[i] && pattern[i-1] == "**"
		}
		at[0] = false
		for i, s := range pattern {
			at[i+1] = at[i+1] || at[i] && s == "**"
		}
	}
	return at
}

// reader collects files.
type reader struct {
	root     *os.Root
	segments []string
	max      int64
	files    map[string][]byte
	names    int
	bytes    int64
}

func (r *reader) walk(ctx context.Context) error {
	if err := check(r.segments); err != nil {
		return err
	}
	for folders := []string{"."}; len(folders) > 0; {
		folder := folders[len(folders)-1]
		folders = folders[:len(folders)-1]
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		entries, err := r.entries(folder)
		if err != nil {
			return err
		}
		for _, e := range entries {
			name := path.Join(folder, e.Name())
			if len(name) > maxName {
				continue
			}
			at := reaches(r.segments, strings.Split(name, "/"))
			switch {
			case e.IsDir():
				// Only where a file below can match.
				for i := range r.segments {
					if at[i] {
						folders = append(folders, name)
						break
					}
				}
			case e.Type().IsRegular() && at[len(r.segments)]:
				if err := r.take(name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// entries are those of a folder; none of one that cannot be read or is a folder
// no longer.
func (r *reader) entries(folder string) ([]os.DirEntry, error) {
	f, err := r.root.OpenFile(folder, openRead, 0)
	if err != nil {
		return nil, nil
	}
	defer f.Close()
	var all []os.DirEntry
	for {
		some, err := f.ReadDir(batch)
		all = append(all, some...)
		if r.names += len(some); r.names > maxEntries {
			return nil, fmt.Errorf("there are more than %d files and folders", maxEntries)
		}
		if err != nil {
			return all, nil
		}
	}
}

// take reads one file; none where it is a regular file no longer.
func (r *reader) take(name string) error {
	f, err := r.root.OpenFile(name, openRead, 0)
	if err != nil {
		return gone(err)
	}
	defer f.Close()
	now, err := f.Stat()
	if err != nil {
		return err
	}
	// A command that still runs may put a link in the file's place.
	if was, err := r.root.Lstat(name); err != nil || !was.Mode().IsRegular() || !os.SameFile(was, now) {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(f, r.max))
	if err != nil && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	if len(r.files) >= MaxFiles {
		return fmt.Errorf("more than %d files match", MaxFiles)
	}
	if r.bytes += int64(len(text)); r.bytes > maxRead {
		return fmt.Errorf("the files that match have more than %d bytes", maxRead)
	}
	r.files[name] = text
	return nil
}
