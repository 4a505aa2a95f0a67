package git

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"syscall"
)

// Driver is how git merges two versions of a file (gitattributes(5), "merge").
type Driver byte

// The drivers that are built into git. A driver of the user's own would be a
// program to run and is not among them.
const (
	DriverText   Driver = 't'
	DriverUnion  Driver = 'u'
	DriverBinary Driver = 'b'
)

// Triple is one three-way merge of file contents by blob id.
type Triple struct {
	Base, Ours, Theirs string
	Driver             Driver
}

// MergedBlob is git's answer to a Triple.
type MergedBlob struct {
	Clean bool
	// ID is the merged content; empty where Clean is false.
	ID string
	// Kind is git's word for the conflict, "contents" or "binary".
	Kind string
	// Err is set where a blob is missing.
	Err error
}

// MergeBlobs merges the contents of many files in one run of git. The triples
// are laid out as three flat trees with the same names on every side, which
// leaves rename detection nothing to look for: each file is merged by content
// alone, as ort does inside a merge of real trees.
func (s *Store) MergeBlobs(ctx context.Context, triples []Triple) ([]MergedBlob, error) {
	out := make([]MergedBlob, len(triples))
	open := make([]int, len(triples)) // indexes into triples that have no answer yet
	for i, t := range triples {
		if err := t.check(s.Format); err != nil {
			return out, fmt.Errorf("merge files: %w", err)
		}
		open[i] = i
	}
	if s.Fetches() {
		var ids []string
		for _, t := range triples {
			if t.Base != t.Ours && t.Base != t.Theirs && t.Ours != t.Theirs {
				ids = append(ids, t.Base, t.Ours, t.Theirs)
			}
		}
		if err := s.Bring(ctx, ids); err != nil {
			return out, fmt.Errorf("merge files: %w", err)
		}
	}
	var gone map[string]bool
	for range maxCulprits {
		err := s.mergeFlat(ctx, triples, open, out)
		culprit := culpritOf(err)
		if culprit == "" {
			return out, err
		}
		if gone == nil {
			// Git names one blob that it missed. Which others are missing is asked
			// in one go, not found out by one merge each.
			ids := make([]string, 0, 3*len(triples))
			for _, t := range triples {
				ids = append(ids, t.Base, t.Ours, t.Theirs)
			}
			var goneErr error
			if gone, goneErr = s.absent(ctx, ids); goneErr != nil {
				return out, fmt.Errorf("merge files: %w", goneErr)
			}
		}
		gone[culprit] = true // or it is there and damaged
		left := make([]int, 0, len(open))
		for _, i := range open {
			if id := triples[i].lacks(gone); id != "" {
				out[i].Err = &MissingError{IDs: []string{id}}
				s.miss(ctx, out[i].Err)
			} else {
				left = append(left, i)
			}
		}
		switch len(left) {
		case 0:
			return out, nil
		case len(open):
			return out, fmt.Errorf("merge files: %w", err)
		}
		open = left
	}
	return out, fmt.Errorf("merge files: more than %d of them are damaged", maxCulprits)
}

// culpritOf is the object that git could not read, missing or damaged; "" where
// an error is about something else.
func culpritOf(err error) string {
	var missing *MissingError
	var failed *commandError
	switch {
	case errors.As(err, &missing):
		return missing.IDs[0]
	case errors.As(err, &failed) && !errors.Is(err, syscall.ENOSPC):
		return damaged(failed.stderr)
	}
	return ""
}

// check refuses what would make the flat trees something else than asked for.
func (t Triple) check(f Format) error {
	for _, id := range []string{t.Base, t.Ours, t.Theirs} {
		if !IsID(id) || len(id) != 2*f.RawLen() {
			return fmt.Errorf("%.100q is no object id of this repository", id)
		}
	}
	if t.Driver != DriverText && t.Driver != DriverUnion && t.Driver != DriverBinary {
		return fmt.Errorf("driver %q is not built into git", t.Driver)
	}
	return nil
}

// lacks returns the blob that keeps git from merging: none where a side equals
// another, since then nothing is opened.
func (t Triple) lacks(gone map[string]bool) string {
	if t.Base == t.Ours || t.Base == t.Theirs || t.Ours == t.Theirs {
		return ""
	}
	for _, id := range []string{t.Base, t.Ours, t.Theirs} {
		if gone[id] {
			return id
		}
	}
	return ""
}

// mergeFlat asks for all triples that open lists at once.
func (s *Store) mergeFlat(ctx context.Context, triples []Triple, open []int, out []MergedBlob) error {
	drivers, err := s.attributeFolder("flat", map[string]string{".gitattributes": flatAttributes})
	if err != nil {
		return err
	}
	byName := make(map[string]int, len(open))
	folders := map[Driver][]int{}
	for n, i := range open {
		byName[flatName(triples[i].Driver, n)] = i
		folders[triples[i].Driver] = append(folders[triples[i].Driver], n)
	}
	side := func(pick func(Triple) string) (string, error) {
		var root Tree
		for _, d := range []Driver{DriverBinary, DriverText, DriverUnion} { // tree order
			if len(folders[d]) == 0 {
				continue
			}
			var flat Tree
			for _, n := range folders[d] {
				raw, err := hex.DecodeString(pick(triples[open[n]]))
				if err != nil {
					return "", fmt.Errorf("merge files: %w", err)
				}
				name := []byte(flatName(d, n)[2:])
				flat = flat.add(Entry{Mode: ModeFile, Name: name, Raw: raw})
			}
			id, err := s.Write("tree", flat)
			if err != nil {
				return "", err
			}
			raw, err := hex.DecodeString(id)
			if err != nil {
				return "", err
			}
			root = root.add(Entry{Mode: ModeTree, Name: []byte{byte(d)}, Raw: raw})
		}
		return s.Write("tree", root)
	}
	var commits [3]string
	for n, f := range []func(Triple) string{
		func(t Triple) string { return t.Base },
		func(t Triple) string { return t.Ours },
		func(t Triple) string { return t.Theirs },
	} {
		tree, err := side(f)
		if err != nil {
			return err
		}
		if commits[n], err = s.Trial(tree, commits[0]); err != nil {
			return err
		}
	}
	merged, err := s.MergeTrees(ctx, drivers, []Merge{{Ours: commits[1], Theirs: commits[2]}})
	if err != nil {
		return err
	}
	if merged[0].Err != nil {
		return merged[0].Err
	}
	return s.readFlat(ctx, merged[0], byName, out)
}

// flatAttributes ties the folders of a flat tree to git's built-in drivers.
const flatAttributes = "/u/* merge=union\n/b/* merge=binary\n/t/* merge=text\n"

func flatName(d Driver, n int) string { return fmt.Sprintf("%c/%08d", d, n) }

// readFlat takes the answers out of the merged flat trees.
func (s *Store) readFlat(ctx context.Context, m Merged, byName map[string]int, out []MergedBlob) error {
	failed := map[string]bool{}
	for _, st := range m.Stages {
		failed[st.Path] = true
	}
	for _, note := range m.Notes {
		kind, ok := note.Conflict()
		for _, path := range note.Paths {
			// A binary conflict is followed by a note about contents.
			if i, known := byName[path]; ok && known && out[i].Kind == "" {
				out[i].Kind = kind
			}
		}
	}
	root, err := s.Read(ctx, m.Tree, 0)
	if err != nil {
		return err
	}
	for rest := Tree(root.Content); len(rest) > 0; {
		folder, next, ok := rest.Next(s.Format.RawLen())
		if !ok {
			return fmt.Errorf("merge files: git's tree %s is damaged", m.Tree)
		}
		rest = next
		o, err := s.Read(ctx, folder.ID(), 0)
		if err != nil {
			return err
		}
		for files := Tree(o.Content); len(files) > 0; {
			e, next, ok := files.Next(s.Format.RawLen())
			if !ok {
				return fmt.Errorf("merge files: git's tree %s is damaged", folder.ID())
			}
			files = next
			name := string(folder.Name) + "/" + string(e.Name)
			if i, known := byName[name]; known && !failed[name] {
				out[i].Clean, out[i].ID = true, e.ID()
			}
		}
	}
	return nil
}
