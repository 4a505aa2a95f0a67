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
func (s *Store) MergeTrees(ctx context.Context, a Attributes, requests []Merge) ([]Merged, error) {
	out := make([]Merged, 0, len(requests))
	for len(out) < len(requests) {
		got, err := s.mergeBatch(ctx, a, requests[len(out):])
		out = append(out, got...)
		if err == nil {
			if len(out) < len(requests) {
				return nil, fmt.Errorf("merge trees: git answered %d of %d requests", len(out), len(requests))
			}
			return out, nil
		}
		var missing *MissingError
		var failed *commandError
		if !errors.As(err, &missing) && !errors.As(err, &failed) || len(out) >= len(requests) {
			return nil, fmt.Errorf("merge trees: %w", err)
		}
		out = append(out, Merged{Err: fmt.Errorf("merge trees: %w", err)})
	}
	return out, nil
}

func (s *Store) mergeBatch(ctx context.Context, a Attributes, requests []Merge) ([]Merged, error) {
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
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, explain(ctx, err, args, "")
	}
	got, parseErr := ParseMerged(bufio.NewReaderSize(stdout, 256<<10))
	_, _ = io.Copy(io.Discard, stdout) // so that git is not left writing
	if err := cmd.Wait(); err != nil {
		return got, explain(ctx, err, args, errOut.String())
	}
	return got, parseErr
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
	s, err := t.r.ReadString(0)
	if err != nil {
		t.err = io.ErrUnexpectedEOF
		return ""
	}
	return s[:len(s)-1]
}

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
	if t.err == nil && (status != "0" && status != "1" || !IsID(m.Tree)) {
		return m, fmt.Errorf("unexpected answer %q", status)
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
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 || n > 1<<20 {
			return m, fmt.Errorf("path count %q", s)
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
	if !ok || len(f) != 3 {
		return Stage{}, fmt.Errorf("stage %q", s)
	}
	mode, err := strconv.ParseUint(f[0], 8, 32)
	if err != nil {
		return Stage{}, fmt.Errorf("stage %q", s)
	}
	n, err := strconv.Atoi(f[2])
	if err != nil || n < 1 || n > 3 {
		return Stage{}, fmt.Errorf("stage %q", s)
	}
	return Stage{Mode: Mode(mode), ID: f[1], N: n, Path: path}, nil
}
