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
	"syscall"
)

// Merge asks git for one three-way merge of whole trees. All three are commit
// ids that the store can read; Base is an ancestor of both others, which Trial
// makes true for any two trees.
type Merge struct{ Ours, Theirs string }

// Merged is git's answer.
type Merged struct {
	Clean bool
	// Tree is the result; with conflict markers where Clean is false.
	Tree string
	// Stages are the sides of the conflicted paths.
	Stages []Stage
	// Notes are git's remarks, conflicts among them.
	Notes []Note
	// Err is set where git could not answer this one: an object is missing.
	Err error
}

// Stage is one side of a conflicted path: 1 base, 2 ours, 3 theirs.
type Stage struct {
	Mode Mode
	ID   string
	N    int
	Path string
}

// Note is git's remark about one or more paths. Kind is the stable word that
// git promises not to translate, Text the sentence for people.
type Note struct {
	Paths      []string
	Kind, Text string
}

// Conflict returns the note's kind without its wrapping, "contents" or
// "modify/delete", and whether it is about a conflict at all.
func (n Note) Conflict() (kind string, ok bool) {
	rest, ok := strings.CutPrefix(n.Kind, "CONFLICT")
	return strings.Trim(rest, " ()"), ok
}

// MergeTrees answers every request with git's own merge (ort), in order, as if
// these attributes were checked out.
//
// `merge-tree --stdin` of git 2.39 answers only when its input ends, and a
// request it cannot answer ends the batch: an object is missing, or git itself
// fails (2.39 has merges that end in a failed assertion of its rename code).
// The request after the last answer is then the culprit, gets its error, and
// the rest is asked again.
//
// A root tree that is missing, or is no tree, does not even end the batch: git
// complains and merges as if the tree were empty. Answers of a batch with such a complaint
// are asked for again, half by half, until the request is found.
func (s *Store) MergeTrees(ctx context.Context, a Attributes, requests []Merge) ([]Merged, error) {
	for _, r := range requests {
		if !IsID(r.Ours) || !IsID(r.Theirs) {
			return nil, fmt.Errorf("merge trees: %.100q and %.100q are no commit ids", r.Ours, r.Theirs)
		}
	}
	out, err := s.mergeAll(ctx, a, requests)
	for n := 0; err == nil && n < maxMended && s.mendMerges(ctx, requests, out, n); n++ {
		err = s.mergeOver(ctx, a, requests, out)
	}
	if err != nil {
		return nil, fmt.Errorf("merge trees: %w", err)
	}
	for _, m := range out {
		s.miss(ctx, m.Err)
	}
	return out, nil
}

func (s *Store) mergeAll(ctx context.Context, a Attributes, requests []Merge) ([]Merged, error) {
	out := make([]Merged, 0, len(requests))
	for len(out) < len(requests) {
		rest := requests[len(out):]
		got, doubt, err := s.mergeBatch(ctx, a, rest)
		if doubt != nil && len(got) > 0 {
			var againErr error
			if got, againErr = s.mergeAgain(ctx, a, rest, len(got), doubt); againErr != nil {
				return nil, againErr
			}
		}
		out = append(out, got...)
		var missing *MissingError
		var failed *commandError
		switch {
		case err == nil && len(got) < len(rest):
			return nil, fmt.Errorf("git answered %d of %d requests", len(out), len(requests))
		case err == nil:
		case len(rest)-len(got) > 1 && crashed(err):
			// What git had answered and not yet written is lost with it: the
			// culprit is any of those without an answer.
			left := rest[len(got):]
			more, againErr := s.mergeAgain(ctx, a, left, len(left), err)
			if againErr != nil {
				return nil, againErr
			}
			out = append(out, more...)
		case len(got) < len(rest) && (errors.As(err, &missing) || errors.As(err, &failed) && !errors.Is(err, syscall.ENOSPC)):
			out = append(out, Merged{Err: fmt.Errorf("merge trees: %w", err)})
		default:
			return nil, err
		}
	}
	return out, nil
}

// crashed reports whether a signal ended git, as where an assertion fails.
func crashed(err error) bool {
	var failed *commandError
	return errors.As(err, &failed) && failed.status == -1
}

// mergeAgain asks for the first n of requests in smaller batches than the one
// that raised the doubt.
func (s *Store) mergeAgain(ctx context.Context, a Attributes, requests []Merge, n int, doubt error) ([]Merged, error) {
	if len(requests) == 1 {
		return []Merged{{Err: fmt.Errorf("merge trees: %w", doubt)}}, nil
	}
	half := (n + 1) / 2
	out, err := s.mergeAll(ctx, a, requests[:half])
	if err != nil || half == n {
		return out, err
	}
	more, err := s.mergeAll(ctx, a, requests[half:n])
	return append(out, more...), err
}

// mergeBatch runs git once. doubt is set where git complained about an object
// that it could not read: got may hold answers that are wrong.
func (s *Store) mergeBatch(ctx context.Context, a Attributes, requests []Merge) (got []Merged, doubt, err error) {
	var in bytes.Buffer
	for _, r := range requests {
		fmt.Fprintf(&in, "%s %s\n", r.Ours, r.Theirs)
	}
	args := []string{"merge-tree", "-z", "--stdin"}
	cmd := s.run.command(ctx, args...)
	a.apply(cmd)
	var errOut bytes.Buffer
	cmd.Stdin, cmd.Stderr = &in, &limitedWriter{w: &errOut, left: 64 << 10}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, explain(ctx, err, args, "")
	}
	got, parseErr := ParseMerged(bufio.NewReaderSize(stdout, 256<<10))
	_, _ = io.Copy(io.Discard, stdout) // so that git is not left writing
	err = cmd.Wait()
	if id := unreadable(errOut.String()); id != "" {
		doubt = &MissingError{IDs: []string{id}}
	}
	if err != nil {
		return got, doubt, explain(ctx, err, args, errOut.String())
	}
	return got, doubt, parseErr
}

// ParseMerged reads the answers of `merge-tree -z --stdin`
// (git-merge-tree(1), OUTPUT). Whole answers before an error are returned with
// it.
func ParseMerged(r *bufio.Reader) ([]Merged, error) {
	var all []Merged
	for {
		m, err := parseOne(r)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, fmt.Errorf("read merge-tree: %w", err)
		}
		all = append(all, m)
	}
}

// tokens reads NUL-ended fields and remembers the first failure.
type tokens struct {
	r   *bufio.Reader
	err error
}

func (t *tokens) next() string {
	if t.err != nil {
		return ""
	}
	s, err := readUntil(t.r, 0, maxToken)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		t.err = err
		return ""
	}
	return string(s)
}

// maxToken bounds one field of an answer in bytes: a path or a sentence with a
// few paths in it.
const maxToken = 16 << 20

// submoduleAdvice begins a text for people that git 2.39 prints into the
// answer after the last note of a merge with a submodule conflict, before the
// NUL that ends the answer.
const submoduleAdvice = "Recursive merging with submodules"

func parseOne(r *bufio.Reader) (Merged, error) {
	if _, err := r.Peek(1); err != nil {
		return Merged{}, err
	}
	t := &tokens{r: r}
	status := t.next()
	m := Merged{Clean: status == "1", Tree: t.next()}
	if t.err != nil {
		return m, t.err
	}
	if status != "0" && status != "1" || !IsID(m.Tree) {
		return m, fmt.Errorf("unexpected answer %.100q", status)
	}
	for s := t.next(); s != ""; s = t.next() {
		stage, err := parseStage(s)
		if err != nil {
			return m, err
		}
		m.Stages = append(m.Stages, stage)
	}
	for !m.Clean && t.err == nil { // a clean answer has no second section
		s := t.next()
		if s == "" || strings.HasPrefix(s, submoduleAdvice) {
			break
		}
		if t.err != nil {
			break
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 || n > 1<<20 {
			return m, fmt.Errorf("path count %.100q", s)
		}
		var note Note
		for range n {
			note.Paths = append(note.Paths, t.next())
			if t.err != nil {
				return m, t.err
			}
		}
		note.Kind, note.Text = t.next(), strings.TrimSuffix(t.next(), "\n")
		m.Notes = append(m.Notes, note)
	}
	return m, t.err
}

func parseStage(s string) (Stage, error) {
	meta, path, ok := strings.Cut(s, "\t")
	f := strings.Fields(meta)
	if !ok || len(f) != 3 || !IsID(f[1]) {
		return Stage{}, fmt.Errorf("stage %.100q", s)
	}
	mode, err := strconv.ParseUint(f[0], 8, 32)
	if err != nil {
		return Stage{}, fmt.Errorf("stage %.100q", s)
	}
	n, err := strconv.Atoi(f[2])
	if err != nil || n < 1 || n > 3 {
		return Stage{}, fmt.Errorf("stage %.100q", s)
	}
	return Stage{Mode: Mode(mode), ID: f[1], N: n, Path: path}, nil
}
