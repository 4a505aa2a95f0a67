package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Change is one path that a commit changed, renames taken apart into a deletion
// and an addition.
type Change struct {
	// Status is 'A', 'D', 'M', or 'T' where the type changed.
	Status   byte
	Old, New Mode
	// OldID and NewID are the blobs, all zeros where there is none.
	OldID, NewID string
	Path         string
}

// Subproject begins the one line that a diff shows of a submodule; its commit's id
// follows.
const Subproject = "Subproject commit "

// maxCulprits is how many commits one call will find out by trying to be
// unreadable. Where more are, the rest is unreadable too, as far as we know:
// each costs two processes.
const maxCulprits = 64

// Changes hands over what each commit changed against its first parent, a root
// commit against nothing, in the order of ids. limit bounds the number of paths
// per commit; of a commit with more, the first limit+1 are handed over. For a
// commit whose trees the repository lacks, err is a *MissingError.
// The ids must be those of commits with one parent at most. The slice is valid
// until the callback returns.
func (s *Store) Changes(ctx context.Context, ids []string, limit int, f func(i int, changes []Change, err error)) error {
	return s.ChangesSince(ctx, ids, nil, limit, f)
}

// ChangesSince is Changes against parents that the caller names, one for each
// commit and "" for those whose own first parent it is; so merges can be asked
// for, too. A commit that is no merge needs no parent named, and no parents at
// all is what Changes asks.
func (s *Store) ChangesSince(ctx context.Context, ids, parents []string, limit int, f func(i int, changes []Change, err error)) error {
	args := []string{"diff-tree", "--stdin", "-r", "-z", "--root", "--always", "--raw", "--no-abbrev", "--no-renames"}
	var changes []Change
	err := s.diffTree(ctx, ids, args, diffRead{
		begin: func() { changes = changes[:0] },
		read:  func(r *bufio.Reader) error { return readChanges(r, limit, &changes) },
		end: func(i int, err error) {
			s.listed(len(ids), changes)
			f(i, changes, err)
		},
		delim: 0, parents: parents,
	})
	if err != nil {
		return fmt.Errorf("read changes: %w", err)
	}
	return nil
}

// maxAsked is for how many commits at once their files count as listed to be
// read: more are asked for by who wants to know the paths alone.
const maxAsked = 64

// listed notes the files of one of n commits as such that are read together.
func (s *Store) listed(n int, changes []Change) {
	if !s.Fetches() || n > maxAsked {
		return
	}
	var ids []string
	for _, c := range changes {
		if c.Old != 0 && c.Old != ModeGitlink {
			ids = append(ids, c.OldID)
		}
		if c.New != 0 && c.New != ModeGitlink {
			ids = append(ids, c.NewID)
		}
	}
	s.together(ids)
}

// readChanges reads the entries of one commit: ":<mode> <mode> <id> <id> <status>",
// NUL, path, NUL (git-diff(1), RAW OUTPUT FORMAT).
func readChanges(r *bufio.Reader, limit int, out *[]Change) error {
	for {
		b, err := r.Peek(1)
		if err != nil || b[0] != ':' {
			return err
		}
		meta, err := readUntil(r, 0, maxLogHeader)
		if err != nil {
			return err
		}
		c, err := parseChange(string(meta[1:]))
		if err != nil {
			return err
		}
		path, err := readUntil(r, 0, maxLogHeader)
		if err != nil {
			return err
		}
		if len(*out) <= limit {
			c.Path = string(path)
			*out = append(*out, c)
		}
	}
}

func parseChange(meta string) (Change, error) {
	f := strings.Fields(meta)
	if len(f) != 5 || !IsID(f[2]) || !IsID(f[3]) {
		return Change{}, fmt.Errorf("git answered %q", meta)
	}
	old, err := strconv.ParseUint(f[0], 8, 32)
	if err != nil {
		return Change{}, fmt.Errorf("git answered %q", meta)
	}
	now, err := strconv.ParseUint(f[1], 8, 32)
	if err != nil {
		return Change{}, fmt.Errorf("git answered %q", meta)
	}
	return Change{Status: f[4][0], Old: Mode(old), New: Mode(now), OldID: f[2], NewID: f[3]}, nil
}

// maxPatchBlob is the size in bytes from which on a blob is compared by its id
// and not line by line.
const maxPatchBlob = "64m"

// Patches hands over the patch of each commit against its first parent, line by
// line and in the order of ids, as `git show --full-index` without
// configuration prints it: begin, the lines with their ends, end. A line may
// come in several pieces, of which only the last ends with a line feed. For a
// commit whose trees or blobs the repository lacks, err is a *MissingError, and
// what came since begin is to be thrown away. The ids must be those of commits
// with one parent at most. A line is valid until the callback returns.
func (s *Store) Patches(ctx context.Context, ids []string, begin func(), line func([]byte), end func(i int, err error)) error {
	args := []string{
		"-c", "core.bigFileThreshold=" + maxPatchBlob,
		"diff-tree", "--stdin", "-r", "--root", "--always", "-p", "--full-index",
		"-M", "--no-ext-diff", "--no-textconv", "--no-color",
	}
	err := s.diffTree(ctx, ids, args, diffRead{
		begin: begin,
		read:  func(r *bufio.Reader) error { return readPatch(r, s.Format, line) },
		end:   end,
		delim: '\n',
		blobs: true,
	})
	if err != nil {
		return fmt.Errorf("read patches: %w", err)
	}
	return nil
}

// readPatch reads up to the next commit's line: an id alone, which no line of
// a patch is.
func readPatch(r *bufio.Reader, format Format, line func([]byte)) error {
	start := true
	for {
		if start {
			b, err := r.Peek(1)
			if err != nil {
				return err
			}
			if isHex(b[0]) {
				b, _ = r.Peek(2*format.RawLen() + 1) // a shorter line is no id
				if n := len(b) - 1; n == 2*format.RawLen() && b[n] == '\n' && IsID(string(b[:n])) {
					return nil
				}
			}
		}
		b, err := r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		line(b)
		start = err == nil
	}
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' }

// diffRead is how one kind of diff-tree output is read.
type diffRead struct {
	begin func()
	read  func(*bufio.Reader) error // up to the next commit; io.EOF at the end
	end   func(i int, err error)
	delim byte // ends the line that names a commit
	blobs bool // whether blobs are read, not only trees
	// parents are what the commits are compared with, "" for their own; nil if
	// that holds for all.
	parents []string
}

// diffTree runs diff-tree over ids. One object that it cannot read ends its
// batch. The commit is found by elimination: all before the last one that was
// named are done; the last one is tried alone; if it is well, the one after it
// was read ahead of being named. Where blobs are missing the rest is then asked
// for its blobs first, so that a partial clone does not cost two processes for
// each of its commits.
func (s *Store) diffTree(ctx context.Context, ids, args []string, d diffRead) error {
	t := &diffTask{store: s, ids: ids, args: args, diffRead: d}
	mended := 0
	for culprits := 0; t.next < len(ids); {
		missing, err := t.run(ctx, len(ids))
		if err == nil && missing != nil && mended < maxMended && t.mend(ctx, missing, mended) {
			mended++
			continue
		}
		if err == nil && missing != nil && t.named {
			missing, err = t.run(ctx, t.next+1)
		}
		if err != nil {
			return err
		}
		if missing == nil {
			continue
		}
		if culprits++; culprits == 1 && d.blobs {
			if err := t.findAbsent(ctx); err != nil {
				return err
			}
		}
		s.miss(ctx, missing)
		t.fail(missing)
		for culprits == maxCulprits && t.next < len(ids) {
			t.fail(missing)
		}
	}
	return nil
}

// maxMended bounds how often one call has git fetch what it lacks. Each time
// brings all that is known to be needed, and the first does as a rule.
const maxMended = 50

// mend brings what the remaining commits need and a partial clone lacks: first
// all their trees, then all their files, then what git misses. It reports
// whether it is worth trying again.
func (t *diffTask) mend(ctx context.Context, missing error, n int) bool {
	if !t.store.Fetches() || isLocal(ctx) || t.store.FetchError() != nil {
		return false
	}
	var err error
	switch {
	case n == 0:
		err = t.bringTrees(ctx)
	case n == 1 && t.blobs:
		err = t.bringFiles(ctx)
	default:
		return t.store.mended(ctx, missing)
	}
	return err == nil
}

// bringTrees brings the trees of the remaining commits and of those they are
// compared with. A tree comes with all below it.
func (t *diffTask) bringTrees(ctx context.Context) error {
	var commits, trees []string
	for i := t.next; i < len(t.ids); i++ {
		if commits = append(commits, t.ids[i]); t.parents != nil && t.parents[i] != "" {
			commits = append(commits, t.parents[i])
		}
	}
	for _, also := range []bool{true, false} { // then the parents
		var parents []string
		err := t.store.ReadAll(Local(ctx), commits, func(i int, o Object) error {
			if c, err := ParseCommit(commits[i], o.Content); err == nil && o.Kind == "commit" {
				trees = append(trees, c.Tree)
				if also && len(c.Parents) > 0 {
					parents = append(parents, c.Parents[0])
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		commits = parents
	}
	return t.store.Bring(ctx, trees)
}

// bringFiles brings the files that the remaining commits change.
func (t *diffTask) bringFiles(ctx context.Context) error {
	var files []string
	rest, parents := t.ids[t.next:], t.parents
	if parents != nil {
		parents = parents[t.next:]
	}
	err := t.store.ChangesSince(ctx, rest, parents, maxBrought, func(_ int, changes []Change, _ error) {
		if len(changes) > maxBrought {
			return // trying will tell
		}
		for _, c := range changes {
			if c.Old != ModeGitlink {
				files = append(files, c.OldID)
			}
			if c.New != ModeGitlink {
				files = append(files, c.NewID)
			}
		}
	})
	if err != nil {
		return err
	}
	return t.store.Bring(ctx, files)
}

// maxBrought is the number of paths from which on the files of a commit are not
// fetched ahead.
const maxBrought = 1000

// diffTask is the state of one diffTree call.
type diffTask struct {
	diffRead
	store  *Store
	ids    []string
	args   []string
	next   int           // the first commit that has not ended
	named  bool          // the last run named ids[next] and did not end it
	absent map[int]error // commits known to lack a blob
}

// done ends ids[next].
func (t *diffTask) done(err error) {
	t.named = false
	t.next++
	t.end(t.next-1, err)
}

func (t *diffTask) fail(missing error) {
	t.begin()
	t.done(missing)
}

// run asks for ids[next:to] and ends each that was read whole. missing is set
// where git stopped at an object it could not read.
func (t *diffTask) run(ctx context.Context, to int) (missing, err error) {
	var in strings.Builder
	for i := t.next; i < to; i++ {
		if t.absent[i] == nil {
			in.WriteString(t.ids[i])
			if t.parents != nil && t.parents[i] != "" {
				in.WriteString(" " + t.parents[i])
			}
			in.WriteByte('\n')
		}
	}
	t.named = false
	err = t.store.stream(ctx, in.String(), t.args, func(r *bufio.Reader) error {
		for {
			t.skipAbsent(to)
			name, err := readUntil(r, t.delim, maxLogHeader)
			if errors.Is(err, io.EOF) && len(name) == 0 {
				return nil
			}
			if err != nil {
				return err
			}
			if t.next >= to || string(name) != t.ids[t.next] {
				return fmt.Errorf("git answered %.80q", name)
			}
			t.named = true
			t.begin()
			if err := t.read(r); errors.Is(err, io.EOF) {
				return nil // whether it is whole, the exit status tells
			} else if err != nil {
				return err
			}
			t.done(nil)
		}
	})
	var lacks *MissingError
	var failed *commandError // a damaged object; to the caller the same as none
	switch {
	case err != nil && t.next >= to:
		return nil, err
	case errors.As(err, &lacks):
		return lacks, nil
	case errors.As(err, &failed):
		return fmt.Errorf("%w (%w)", &MissingError{IDs: []string{t.ids[t.next]}}, failed), nil
	case err != nil:
		return nil, err
	}
	if t.named {
		t.done(nil)
	}
	if t.skipAbsent(to); t.next < to {
		return nil, fmt.Errorf("git answered %d of %d requests", t.next, to)
	}
	return nil, nil
}

// skipAbsent ends the commits whose blobs are known to be absent.
func (t *diffTask) skipAbsent(to int) {
	for t.next < to && t.absent[t.next] != nil {
		t.fail(t.absent[t.next])
	}
}

// findAbsent asks which of the remaining commits need a blob that is not there.
func (t *diffTask) findAbsent(ctx context.Context) error {
	t.absent = map[int]error{}
	const block = 4096
	for from := t.next; from < len(t.ids); from += block {
		ids := t.ids[from:min(from+block, len(t.ids))]
		var blobs []string
		var owner []int
		// Blobs beyond this many paths are not asked for: trying will tell.
		err := t.store.Changes(ctx, ids, 1000, func(i int, changes []Change, err error) {
			if err != nil {
				t.absent[from+i] = err
			}
			for _, c := range changes {
				if c.Old != 0 && c.Old != ModeGitlink {
					blobs, owner = append(blobs, c.OldID), append(owner, from+i)
				}
				if c.New != 0 && c.New != ModeGitlink {
					blobs, owner = append(blobs, c.NewID), append(owner, from+i)
				}
			}
		})
		if err != nil {
			return err
		}
		out, err := t.store.run.output(ctx, strings.NewReader(strings.Join(blobs, "\n")+"\n"),
			"cat-file", "--batch-check=%(objectname)", "--buffer")
		if err != nil {
			return fmt.Errorf("look for blobs: %w", err)
		}
		for i := range blobs {
			line, rest, _ := bytes.Cut(out, []byte("\n"))
			if bytes.HasSuffix(line, []byte(" missing")) {
				t.absent[owner[i]] = &MissingError{IDs: []string{blobs[i]}}
			}
			out = rest
		}
	}
	return nil
}
