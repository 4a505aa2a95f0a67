package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Attributes is a folder with nothing in it but .gitattributes files, which
// git takes for the checkout. The zero value means no attributes at all.
//
// A merge of trees looks for attributes in the checkout, never in the trees,
// and in a bare repository nowhere; git-merge-tree(1) has no option for it in
// 2.39. With such a folder a merge sees what `git cherry-pick` would see with
// the target checked out.
type Attributes string

// AttributeFile is one .gitattributes file of a tree.
type AttributeFile struct{ Path, ID string }

// maxAttributes bounds one .gitattributes file in bytes; git itself stops at
// 100 MiB, people's files have a few hundred bytes.
const maxAttributes = 1 << 20

// Attributes lays out .gitattributes files of a tree, once for each set.
func (s *Store) Attributes(ctx context.Context, files []AttributeFile) (Attributes, error) {
	var key strings.Builder
	texts := map[string]string{}
	for _, f := range files {
		if !filepath.IsLocal(filepath.FromSlash(f.Path)) || filepath.Base(f.Path) != ".gitattributes" {
			return "", fmt.Errorf("read attributes: %q is no place for them", f.Path)
		}
		fmt.Fprintf(&key, "%s\x00%s\x00", f.Path, f.ID)
		o, err := s.Read(ctx, f.ID, maxAttributes)
		if err != nil {
			return "", fmt.Errorf("read attributes: %w", err)
		}
		if o.Kind != "blob" {
			return "", fmt.Errorf("read attributes: %q is a %s", f.Path, o.Kind)
		}
		texts[f.Path] = string(o.Content)
	}
	return s.attributeFolder(s.Format.Hash("blob", []byte(key.String())), texts)
}

// attributeFolder writes the files below a folder of this name, if it is not
// there yet. The name appears only when all of it is written.
func (s *Store) attributeFolder(name string, texts map[string]string) (Attributes, error) {
	dir := filepath.Join(s.Dir, "attributes", name)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := os.Stat(dir); err == nil {
		return Attributes(dir), nil
	}
	for path, text := range texts {
		full := filepath.Join(dir+".new", filepath.FromSlash(path))
		err := os.MkdirAll(filepath.Dir(full), 0o700)
		if err == nil {
			err = os.WriteFile(full, []byte(text), 0o600)
		}
		if err != nil {
			return "", fmt.Errorf("write attributes: %w", err)
		}
	}
	if err := os.Rename(dir+".new", dir); err != nil {
		return "", fmt.Errorf("write attributes: %w", err)
	}
	return Attributes(dir), nil
}

// apply makes a git process see the folder as its checkout.
func (a Attributes) apply(cmd *exec.Cmd) {
	if a != "" {
		cmd.Dir = string(a)
		cmd.Env = append(cmd.Env, "GIT_WORK_TREE="+string(a))
	}
}

// MergeDrivers asks git for the merge attribute of paths: "unspecified",
// "set", "unset" or a driver's name (git-check-attr(1)).
func (s *Store) MergeDrivers(ctx context.Context, a Attributes, paths []string) ([]string, error) {
	if a == "" {
		return nil, errors.New("ask for merge attributes: no attributes were laid out")
	}
	if len(paths) == 0 {
		return nil, nil
	}
	args := []string{"check-attr", "-z", "--stdin", "merge"}
	cmd := s.run.command(ctx, args...)
	a.apply(cmd)
	out, err := finish(ctx, cmd, strings.NewReader(strings.Join(paths, "\x00")+"\x00"), args)
	if err != nil {
		return nil, fmt.Errorf("ask for merge attributes: %w", err)
	}
	f := strings.Split(string(out), "\x00")
	if len(f) != 3*len(paths)+1 {
		return nil, fmt.Errorf("ask for merge attributes: git answered %d fields for %d paths", len(f), len(paths))
	}
	values := make([]string, len(paths))
	for i := range paths {
		values[i] = f[3*i+2]
	}
	return values, nil
}
