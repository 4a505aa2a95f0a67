package git

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// Update sets one ref to New, provided that it is Old while git holds its
// lock. An empty Old says that the ref must not exist. A symbolic ref is never
// followed.
type Update struct{ Name, Old, New string }

// Transaction is a set of refs that change together or not at all.
type Transaction struct {
	Updates []Update
	// Reason is the line that the reflogs get; not empty.
	Reason string
}

// Why git did not set a ref.
var (
	// ErrRefClash: a ref whose name is a folder of this one's, or the other
	// way round, is in the way.
	ErrRefClash = errors.New("another ref's name is in the way")
	// ErrRefLocked: its lock is held, by another git or by one that was killed.
	ErrRefLocked = errors.New("its lock is held")
	// ErrRefChanged: it is not what it was when the caller looked.
	ErrRefChanged = errors.New("it was changed in the meantime")
)

// Publish copies from the store to the user's repository every object that the
// transactions' new values need and that the commits in have do not reach, and
// then makes the transactions. Transactions do not depend on each other: the
// first result has one error for each, nil where its refs are set. The second
// is set where nothing could be written at all, or ctx ended before all was.
//
// It may be killed at any moment. There are three steps:
//
//  1. `git pack-objects` packs the objects into a file of the store. It only
//     reads the user's repository.
//  2. `git unpack-objects` (`git index-pack` from 100 objects on, as
//     fetch.unpackLimit has it) writes them to the user's repository.
//  3. `git update-ref --stdin` sets the refs, one process for all transactions
//     with the same Reason; where that fails nothing is set, and each
//     transaction gets a process of its own.
//
// The processes of step 2 and 3 have everything that they need before they
// start: their streams are files of the store, they form a process group of
// their own, and no context ends them. So what is killed with this process is
// never a writer; the one that runs at that moment goes on to its end, a matter
// of milliseconds, and the next one does not start. What can remain after step
// 2 are objects that nothing refers to, which git's own gc removes.
//
// A SIGKILL that reaches the writing git itself (the kernel out of memory, a
// container torn down) leaves what it leaves of any git command: in step 2 one
// tmp_obj_* or tmp_pack_* file, and loose objects of which some may miss their
// parts, all of it unreachable and removed by gc; in step 3 *.lock files beside
// the refs of the running transaction (ErrRefLocked next time), and of several
// refs the first ones set. No ref ever points at something incomplete, since
// step 3 begins when step 2 has ended well.
func (r *Repo) Publish(ctx context.Context, s *Store, have []string, ts []Transaction) ([]error, error) {
	errs := make([]error, len(ts))
	ready, err := r.copyObjects(ctx, s, have, ts, errs)
	if err != nil {
		for i := range errs {
			errs[i] = err
		}
		return errs, fmt.Errorf("publish: %w", err)
	}
	for _, group := range byReason(ts, ready) {
		err := r.setRefs(ctx, s, ts, group)
		for _, i := range group {
			if err != nil && len(group) > 1 {
				errs[i] = r.setRefs(ctx, s, ts, []int{i})
			} else {
				errs[i] = err
			}
		}
	}
	return errs, ctx.Err()
}

// byReason groups the indexes by their transaction's Reason, in order.
func byReason(ts []Transaction, indexes []int) [][]int {
	var groups [][]int
	place := map[string]int{}
	for _, i := range indexes {
		g, ok := place[ts[i].Reason]
		if !ok {
			g = len(groups)
			place[ts[i].Reason] = g
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// copyObjects does steps 1 and 2. It returns the transactions whose objects
// have arrived; the others have their error in errs.
func (r *Repo) copyObjects(ctx context.Context, s *Store, have []string, ts []Transaction, errs []error) ([]int, error) {
	all := make([]int, len(ts))
	for i := range ts {
		all[i] = i
	}
	packErr, err := r.copyPack(ctx, s, have, ts)
	if err != nil {
		return nil, err
	}
	if packErr == nil {
		return all, nil
	}
	if len(ts) == 1 {
		errs[0] = packErr
		return nil, nil
	}
	var ready []int
	for i := range ts {
		if errs[i], err = r.copyPack(ctx, s, have, ts[i:i+1]); err != nil {
			return nil, err
		}
		if errs[i] == nil {
			ready = append(ready, i)
		}
	}
	return ready, nil
}

// copyPack carries the objects of ts over in one pack. packErr says that they
// could not be packed, which is about these objects; err is about everything.
func (r *Repo) copyPack(ctx context.Context, s *Store, have []string, ts []Transaction) (packErr, err error) {
	pack, err := s.temp()
	if err != nil {
		return nil, err
	}
	defer discard(pack)
	var wanted strings.Builder
	for _, t := range ts {
		for _, u := range t.Updates {
			wanted.WriteString(u.New + "\n")
		}
	}
	for _, id := range have {
		wanted.WriteString("^" + id + "\n")
	}
	err = s.pack(ctx, pack, wanted.String())
	var missing *MissingError
	if errors.As(err, &missing) && r.partial(ctx) {
		// What the store borrows the promisor remote has; what it wrote
		// itself it has.
		err = s.pack(ctx, pack, wanted.String(), "--missing=allow-any")
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("pack new objects: %w", err), nil
	}
	count, err := packCount(pack)
	if err != nil {
		return nil, err
	}
	const unpackLimit = 100
	switch {
	case count == 0:
		return nil, nil
	case count < unpackLimit:
		err = r.write(ctx, s, pack, "unpack-objects", "-q")
	default:
		err = r.write(ctx, s, pack, "index-pack", "--stdin")
	}
	if err != nil {
		return nil, fmt.Errorf("write objects: %w", err)
	}
	return nil, ctx.Err()
}

// pack fills f from its start. Deltas are not looked for: what arrives becomes
// loose objects again. The bitmaps of the user's repository would be loaded to
// skip a walk that the sparse algorithm keeps short anyway.
func (s *Store) pack(ctx context.Context, f *os.File, wanted string, more ...string) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	args := append([]string{
		"pack-objects", "--revs", "--sparse", "--stdout", "-q",
		"--window=0", "--threads=1", "--compression=1", "--no-use-bitmap-index",
	}, more...)
	cmd := s.run.command(ctx, args...)
	var errOut bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(wanted), f, &limitedWriter{w: &errOut, left: 64 << 10}
	if err := cmd.Run(); err != nil {
		return explain(ctx, err, args, errOut.String())
	}
	return nil
}

// packCount reads how many objects a pack has (gitformat-pack(5)) and leaves
// the file at its start.
func packCount(f *os.File) (uint32, error) {
	var head [12]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return 0, fmt.Errorf("read pack: %w", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return 0, fmt.Errorf("read pack: %w", err)
	}
	if string(head[:4]) != "PACK" {
		return 0, fmt.Errorf("read pack: it begins with %q", head[:4])
	}
	return binary.BigEndian.Uint32(head[8:]), nil
}

// partial reports whether some remote has promised the objects that lack.
func (r *Repo) partial(ctx context.Context) bool {
	out, err := r.user.output(ctx, nil, "config", "--get-regexp", `^remote\..*\.promisor$|^extensions\.partialclone$`)
	return err == nil && len(out) > 0
}

// setRefs makes the transactions named by group as one.
func (r *Repo) setRefs(ctx context.Context, s *Store, ts []Transaction, group []int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var script strings.Builder
	absent := strings.Repeat("0", 2*s.Format.RawLen())
	for _, i := range group {
		for _, u := range ts[i].Updates {
			old := u.Old
			if old == "" {
				old = absent
			}
			fmt.Fprintf(&script, "option no-deref\x00update %s\x00%s\x00%s\x00", u.Name, u.New, old)
		}
	}
	f, err := s.temp()
	if err != nil {
		return err
	}
	defer discard(f)
	if _, err := f.WriteString(script.String()); err != nil {
		return fmt.Errorf("set refs: %w", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("set refs: %w", err)
	}
	return refError(r.write(ctx, s, f, "update-ref", "-m", ts[group[0]].Reason, "-z", "--stdin"))
}

// refError finds out what a failed update-ref complained about, by the words of
// git's refs.c and refs/files-backend.c. What it does not know stays as it is.
func refError(err error) error {
	var failed *commandError
	if !errors.As(err, &failed) {
		return err
	}
	said := lastLine(failed.stderr)
	for _, k := range []struct {
		text string
		err  error
	}{
		{"; cannot create '", ErrRefClash},
		{"at the same time", ErrRefClash},
		{"there is a non-empty directory", ErrRefClash},
		{".lock': File exists", ErrRefLocked},
		{"but expected", ErrRefChanged},
		{"already exists", ErrRefChanged},
		{"unable to resolve reference", ErrRefChanged},
	} {
		if strings.Contains(said, k.text) {
			return fmt.Errorf("%w: %s", k.err, said)
		}
	}
	return err
}

// write runs a child that writes to the user's repository, to its end whatever
// becomes of ctx or of this process. Its streams are files, since a pipe would
// end with this process and take the child along.
func (r *Repo) write(ctx context.Context, s *Store, stdin *os.File, args ...string) error {
	said, err := s.temp()
	if err != nil {
		return err
	}
	defer discard(said)
	cmd := exec.Command(r.user.binary, append(append([]string{}, r.user.lead...), args...)...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = r.user.env, stdin, said, said
	outlive(cmd)
	if err := cmd.Run(); err != nil {
		text := make([]byte, 64<<10)
		n, readErr := said.ReadAt(text, 0)
		if readErr != nil && !errors.Is(readErr, io.EOF) {
			return errors.Join(err, readErr)
		}
		return explain(context.WithoutCancel(ctx), err, args, string(text[:n]))
	}
	return nil
}

// temp makes a file in the store, to be given up with discard.
func (s *Store) temp() (*os.File, error) {
	f, err := os.CreateTemp(s.Dir, "publish-")
	if err != nil {
		return nil, fmt.Errorf("make file in store: %w", err)
	}
	return f, nil
}

// discard gives up a temporary file; one that stays goes away with the store.
func discard(f *os.File) {
	_ = f.Close()
	_ = os.Remove(f.Name())
}
