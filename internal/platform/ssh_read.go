package platform

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// atOnce is how many files are read in one conversation, and how many bytes
// their names may have: they are arguments of a program over there.
const (
	atOnce      = 500
	namesAtOnce = 64 << 10
)

// Read brings files from the host.
func (p *sshPlace) Read(ctx context.Context, pattern string, limit int64) (map[string][]byte, error) {
	files, err := p.read(ctx, pattern, limit)
	if err != nil {
		return nil, fmt.Errorf("read %s on %s: %w", pattern, p.m.o.Host, err)
	}
	return files, nil
}

func (p *sshPlace) read(ctx context.Context, pattern string, limit int64) (map[string][]byte, error) {
	small, big, err := p.list(ctx, pattern, limit)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for len(small) > 0 {
		n, size := 0, 0
		for n < len(small) && n < atOnce && (n == 0 || size+len(small[n]) < namesAtOnce) {
			size += len(small[n])
			n++
		}
		if err := p.fetch(ctx, small[:n], limit, files); err != nil {
			return nil, err
		}
		small = small[n:]
	}
	for _, name := range big {
		said, err := p.m.script(ctx, fmt.Sprintf("cd %s && head -c %d < %s", quote(p.folder+"/tree"), min(limit, maxAnswer/2), quote(name)))
		if err != nil {
			return nil, err
		}
		files[name] = []byte(said)
	}
	return files, nil
}

// list gives the names of the files that match, those apart that have more than
// limit bytes.
func (p *sshPlace) list(ctx context.Context, pattern string, limit int64) (small, big []string, err error) {
	top, depth := below(pattern)
	if strings.HasPrefix(pattern, "/") || slices.Contains(strings.Split(pattern, "/"), "..") || strings.ContainsRune(pattern, 0) {
		return nil, nil, errors.New("the pattern leaves the checkout")
	}
	// A folder on the way that is a link would lead elsewhere.
	said, err := p.m.script(ctx, fmt.Sprintf(`cd -P %[1]s 2>/dev/null && [ "$(pwd -P)" = %[1]s ] || exit 0
find . %[2]s -type f ! -size +%[3]dc -print0
printf '\0'
find . %[2]s -type f -size +%[3]dc -print0`, quote(path.Join(p.folder, "tree", top)), depth, limit))
	if err != nil {
		return nil, nil, err
	}
	into := &small
	for name := range strings.SplitSeq(said, "\x00") {
		if name == "" {
			into = &big
			continue
		}
		name = path.Join(top, strings.TrimPrefix(name, "./"))
		if len(name) > maxName {
			continue
		}
		matches, err := Matches(pattern, name)
		if err != nil {
			return nil, nil, err
		}
		if matches {
			*into = append(*into, name)
		}
	}
	if len(small)+len(big) > MaxFiles {
		return nil, nil, fmt.Errorf("more than %d files match", MaxFiles)
	}
	return small, big, nil
}

// below is the folder that all that match a pattern are in, and how deep find has
// to go there, as its words.
func below(pattern string) (top, depth string) {
	segments := strings.Split(pattern, "/")
	n := 0
	for n < len(segments)-1 && !strings.ContainsAny(segments[n], `*?[\`) {
		n++
	}
	if !slices.Contains(segments, "**") {
		depth = "-maxdepth " + strconv.Itoa(len(segments)-n)
	}
	return strings.Join(segments[:n], "/"), depth
}

// fetch brings files as a tar stream.
func (p *sshPlace) fetch(ctx context.Context, names []string, limit int64, files map[string][]byte) error {
	token := rand.Text()
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := unpack(r, limit, files, func(name string) (string, bool) {
			name = strings.TrimPrefix(name, "./")
			_, sorted := slices.BinarySearch(names, name)
			return name, sorted
		})
		// Behind the end of a tar stream comes padding.
		_, _ = io.Copy(io.Discard, r)
		done <- err
	}()
	slices.Sort(names)
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = "./" + name
	}
	status, err := p.m.talk(ctx, shell, func(w io.WriteCloser) error {
		_, err := fmt.Fprintf(w, "{ echo %s\ncd %s && tar -c -f - %s\nexit\n}\n", token, quote(p.folder+"/tree"), quoteAll(words))
		return errors.Join(err, w.Close())
	}, &after{mark: token + "\n", w: w}, nil)
	_ = w.Close()
	unpacked := <-done
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	// A status of 1 is a file that changed or went away meanwhile.
	if unpacked != nil || status != 0 && status != 1 {
		return cmp.Or(errors.Join(unpacked, err), errConnection)
	}
	return nil
}
