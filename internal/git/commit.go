package git

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Commit is one commit object, its headers taken apart and its message as the
// bytes stored.
type Commit struct {
	ID, Tree string
	Parents  []string
	// Author and Committer are the raw header values:
	// "Name <mail> seconds zone".
	Author, Committer string
	// Encoding is the message's, "" for UTF-8.
	Encoding string
	Message  []byte
}

// ParseCommit takes a commit object apart, as git does: tree, parents, author
// and committer count in this order at the top only. What looks like them
// further down belongs to other headers.
func ParseCommit(id string, content []byte) (Commit, error) {
	c := Commit{ID: id}
	head, message, found := bytes.Cut(content, []byte("\n\n"))
	if !found {
		head = bytes.TrimSuffix(content, []byte("\n"))
	}
	c.Message = message
	lines := strings.Split(string(head), "\n")
	header := func(key string) (value string, ok bool) {
		if len(lines) > 0 {
			value, ok = strings.CutPrefix(lines[0], key+" ")
		}
		if ok {
			lines = lines[1:]
		}
		return value, ok
	}
	c.Tree, _ = header("tree")
	if !IsID(c.Tree) {
		return c, fmt.Errorf("read commit %s: it names no tree", id)
	}
	for p, ok := header("parent"); ok; p, ok = header("parent") {
		if len(p) != len(c.Tree) || !IsID(p) {
			return c, fmt.Errorf("read commit %s: its parent is %.100q", id, p)
		}
		c.Parents = append(c.Parents, p)
	}
	c.Author, _ = header("author")
	c.Committer, _ = header("committer")
	for _, line := range lines {
		if value, ok := strings.CutPrefix(line, "encoding "); ok {
			c.Encoding = value
			break
		}
	}
	return c, nil
}

// When is the date of an author or committer line in seconds since 1970, 0 if
// it cannot be read.
func When(ident string) int64 {
	f := strings.Fields(ident[strings.LastIndexByte(ident, '>')+1:])
	if len(f) == 0 {
		return 0
	}
	n, err := strconv.ParseInt(f[0], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Subject is the first paragraph of a message on one line, as git shows it but
// with every run of blanks as one.
func (c Commit) Subject() string {
	rest := strings.TrimLeft(strings.ToValidUTF8(string(c.Message), "\uFFFD"), "\n\r\t ")
	var words []string
	for line := ""; rest != ""; {
		line, rest, _ = strings.Cut(rest, "\n")
		f := strings.Fields(line)
		if len(f) == 0 {
			break
		}
		words = append(words, f...)
	}
	return strings.Join(words, " ")
}

// maxCommit bounds a commit object; a larger one is no commit somebody wrote.
const maxCommit = 16 << 20

// Commit reads one commit, with its parents as the installed git sees them:
// a graft or the shallow boundary changes them. A partial clone has all its
// commits: nothing is fetched.
func (s *Store) Commit(ctx context.Context, id string) (Commit, error) {
	o, err := s.read(ctx, id, maxCommit)
	if err != nil {
		return Commit{}, fmt.Errorf("read commit: %w", err)
	}
	if o.Kind != "commit" {
		return Commit{}, fmt.Errorf("read commit %s: it is a %s", id, o.Kind)
	}
	c, err := ParseCommit(id, o.Content)
	if err != nil {
		return Commit{}, err
	}
	if parents, ok := s.grafts[id]; ok {
		c.Parents = parents
	}
	return c, nil
}

// Boundary reports whether the shallow boundary cut this commit's parents off.
func (s *Store) Boundary(id string) bool { return s.shallow[id] }

// readGrafts takes over what changes the parents of commits: info/grafts has
// "<commit> <parent>…" lines, shallow has one commit a line.
func (s *Store) readGrafts(grafts, shallow string) {
	s.grafts, s.shallow = map[string][]string{}, map[string]bool{}
	for _, line := range strings.Split(grafts, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || slices.ContainsFunc(f, func(id string) bool { return !IsID(id) }) {
			continue // a remark, or a line that git ignores too
		}
		if _, again := s.grafts[f[0]]; !again { // git keeps the first
			s.grafts[f[0]] = f[1:]
		}
	}
	for _, line := range strings.Fields(shallow) {
		s.shallow[line] = true
		s.grafts[line] = nil
	}
}
