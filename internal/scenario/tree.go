package scenario

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// File modes as git writes them.
const (
	modeFile       = "100644"
	modeExecutable = "100755"
	modeSymlink    = "120000"
	modeGitlink    = "160000"
)

const maxFiles = 100_000

// An entry is one path of a tree.
type entry struct {
	mode    string
	content string // of a gitlink: the commit id
}

// A tree is the files of one commit by path. No path is also a directory of
// another.
type tree map[string]entry

// put adds or replaces a file.
func (t tree) put(path string, e entry) error {
	if path == "" || strings.Contains(path, "\x00") || slices.Contains(strings.Split(path, "/"), "") {
		return fmt.Errorf("%q is not a path of a file", path)
	}
	if _, ok := t[path]; !ok {
		for i, c := range path {
			if c != '/' {
				continue
			}
			if _, ok := t[path[:i]]; ok {
				return fmt.Errorf("%q is a file: delete it first", path[:i])
			}
		}
		if len(t.under(path)) > 0 {
			return fmt.Errorf("%q is a directory: delete it first", path)
		}
		if len(t) >= maxFiles {
			return fmt.Errorf("more than %d files", maxFiles)
		}
	}
	t[path] = e
	return nil
}

// under lists, sorted, the path itself if it is a file, or all files below it;
// "." is the whole tree.
func (t tree) under(path string) []string {
	if _, ok := t[path]; ok {
		return []string{path}
	}
	var found []string
	for p := range t {
		if path == "." || strings.HasPrefix(p, path+"/") {
			found = append(found, p)
		}
	}
	slices.Sort(found)
	return found
}

// remove deletes a file or directory and returns what was there.
func (t tree) remove(path string) (tree, error) {
	paths := t.under(path)
	if len(paths) == 0 {
		return nil, fmt.Errorf("no file or directory %q", path)
	}
	removed := tree{}
	for _, p := range paths {
		removed[p] = t[p]
		delete(t, p)
	}
	return removed, nil
}

// graft puts the files that stand at old in another tree to new in this one.
func (t tree) graft(files tree, old, new string) error {
	for p, e := range files {
		if err := t.put(new+strings.TrimPrefix(p, old), e); err != nil {
			return err
		}
	}
	return nil
}

// take makes the path as it is in another tree.
func (t tree) take(from tree, path string) error {
	for _, p := range t.under(path) {
		delete(t, p)
	}
	paths := from.under(path)
	if len(paths) == 0 {
		return fmt.Errorf("no file or directory %q there", path)
	}
	for _, p := range paths {
		if err := t.put(p, from[p]); err != nil {
			return err
		}
	}
	return nil
}

// change applies one file section that needs no other commit.
func (t tree) change(s section) error {
	switch s.verb {
	case "file":
		return t.file(s)
	case "edit":
		return t.edit(s, false)
	case "mode":
		return t.chmod(s)
	case "symlink":
		path, target, err := s.pair("->")
		if err != nil {
			return err
		}
		return t.put(path, entry{modeSymlink, target})
	case "gitlink":
		words, err := s.words()
		if err != nil {
			return err
		}
		if len(words) != 2 {
			return errors.New("want: gitlink PATH COMMIT-ID")
		}
		return t.put(words[0], entry{modeGitlink, words[1]})
	case "delete":
		path, err := s.single()
		if err != nil {
			return err
		}
		_, err = t.remove(path)
		return err
	case "rename", "copy":
		old, new, err := s.pair("->")
		if err != nil {
			return err
		}
		files, err := t.remove(old)
		if err != nil {
			return err
		}
		if s.verb == "copy" {
			if err := t.graft(files, old, old); err != nil {
				return err
			}
		}
		return t.graft(files, old, new)
	}
	return errors.New("unknown section")
}

// file reads a file section.
func (t tree) file(s section) error {
	words, err := s.words()
	if err != nil {
		return err
	}
	if len(words) == 0 {
		return errors.New("want: file PATH [OPTION…]")
	}
	e := entry{modeFile, s.text}
	for _, option := range words[1:] {
		switch option {
		case "755":
			e.mode = modeExecutable
		case "crlf":
			e.content = strings.ReplaceAll(e.content, "\n", "\r\n")
		case "no-newline":
			e.content = strings.TrimSuffix(strings.TrimSuffix(e.content, "\n"), "\r")
		case "escapes":
			e.content, err = unescape(e.content)
		case "base64":
			var raw []byte
			raw, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(e.content), ""))
			e.content = string(raw)
		default:
			err = fmt.Errorf("unknown option %q", option)
		}
		if err != nil {
			return err
		}
	}
	return t.put(words[0], e)
}

// chmod reads a mode section.
func (t tree) chmod(s section) error {
	words, err := s.words()
	if err != nil {
		return err
	}
	if len(words) != 2 || words[1] != "755" && words[1] != "644" {
		return errors.New("want: mode PATH 755, or 644")
	}
	e, ok := t[words[0]]
	if !ok || e.mode != modeFile && e.mode != modeExecutable {
		return fmt.Errorf("no plain file %q", words[0])
	}
	e.mode = "100" + words[1]
	t[words[0]] = e
	return nil
}
