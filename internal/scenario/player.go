package scenario

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A commit is one commit of the scenario with its files.
type commit struct {
	mark   int
	parent *commit // the first; nil at a root
	tree   tree
	ops    []section // the file sections that made it, "pick" replaced by what it picked
}

// files of the commit's parent.
func (c *commit) before() tree {
	if c.parent == nil {
		return nil
	}
	return c.parent.tree
}

// A player goes through the sections in order and writes the stream.
type player struct {
	out   *stream
	clock time.Time          // of the next commit
	names map[string]*commit // labels, branches and tags
	kinds map[string]string  // "label", "branch" or "tag" of a name
	head  string             // branch of the first commit

	// The commit whose file sections are being read, or nil.
	open    *commit
	heading heading
	at      section
}

func newPlayer(out *stream) *player {
	return &player{
		out:   out,
		clock: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC),
		names: map[string]*commit{},
		kinds: map[string]string{},
	}
}

// play writes all sections.
func (p *player) play(sections []section) error {
	for _, s := range sections {
		if err := p.step(s); err != nil {
			return err
		}
	}
	return p.close()
}

// step reads one section.
func (p *player) step(s section) error {
	var do func(section) error
	switch s.verb {
	case "commit":
		do = p.commit
	case "branch":
		do = p.branch
	case "tag":
		do = p.tag
	case "ref":
		do = p.ref
	default:
		if p.open == nil {
			return s.wrap(errors.New("no commit above it that it could belong to"))
		}
		return s.wrap(p.change(s))
	}
	if err := p.close(); err != nil {
		return err
	}
	return s.wrap(do(s))
}

// find is the commit of a name.
func (p *player) find(name string) (*commit, error) {
	if c := p.names[name]; c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("no label, branch or tag %q above", name)
}

// name gives a commit a name. Only branches may move.
func (p *player) name(kind, name string, c *commit) error {
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return fmt.Errorf("%q is not a name", name)
	}
	if was := p.kinds[name]; was != "" && (was != kind || kind != "branch") {
		return fmt.Errorf("%q is already the name of a %s", name, was)
	}
	p.names[name], p.kinds[name] = c, kind
	return nil
}

// commit opens a commit.
func (p *player) commit(s section) error {
	h, err := readHeading(s)
	if err != nil {
		return err
	}
	c := &commit{mark: p.out.next(), tree: tree{}}
	if p.kinds[h.branch] == "branch" {
		c.parent = p.names[h.branch]
		c.tree = maps.Clone(c.parent.tree)
	} else if len(h.merge) > 0 {
		return fmt.Errorf("branch %q starts here: it has nothing to merge into", h.branch)
	}
	for _, name := range h.merge {
		if _, err := p.find(name); err != nil {
			return err
		}
	}
	if !h.date.IsZero() {
		p.clock = h.date
	}
	h.date = p.clock
	if h.commitDate.IsZero() {
		h.commitDate = h.date
	}
	p.clock = p.clock.Add(time.Minute)
	if p.head == "" {
		p.head = h.branch
	}
	p.open, p.heading, p.at = c, h, s
	return nil
}

// close writes the open commit.
func (p *player) close() error {
	if p.open == nil {
		return nil
	}
	c, h := p.open, p.heading
	p.open = nil
	message, err := p.expand(h.message)
	if err != nil {
		return p.at.wrap(err)
	}
	h.message = message
	var parents []int
	if c.parent != nil {
		parents = append(parents, c.parent.mark)
	}
	for _, name := range h.merge {
		parents = append(parents, p.names[name].mark)
	}
	if err := p.out.commit(h, c, parents); err != nil {
		return p.at.wrap(err)
	}
	if err := p.name("branch", h.branch, c); err != nil {
		return p.at.wrap(err)
	}
	if h.label == "" {
		return nil
	}
	return p.at.wrap(p.name("label", h.label, c))
}

// change applies a file section to the open commit.
func (p *player) change(s section) error {
	switch s.verb {
	case "take":
		path, name, err := s.pair("from")
		if err != nil {
			return err
		}
		c, err := p.find(name)
		if err != nil {
			return err
		}
		if err := p.open.tree.take(c.tree, path); err != nil {
			return err
		}
	case "pick", "revert":
		name, err := s.single()
		if err != nil {
			return err
		}
		c, err := p.find(name)
		if err != nil {
			return err
		}
		if s.verb == "revert" {
			return p.revert(c)
		}
		for _, op := range c.ops {
			if err := p.change(op); err != nil {
				return op.wrap(err)
			}
		}
		return nil
	default:
		if err := p.open.tree.change(s); err != nil {
			return err
		}
	}
	if len(p.open.ops) >= maxFiles { // picks of picks double
		return fmt.Errorf("more than %d changes in one commit", maxFiles)
	}
	p.open.ops = append(p.open.ops, s)
	return nil
}

// revert undoes what a commit did: its edits backwards where the file was and
// stayed, else the path as it was before.
func (p *player) revert(c *commit) error {
	files, before := p.open.tree, c.before()
	edited := map[string]bool{}
	for _, s := range slices.Backward(c.ops) {
		if s.verb != "edit" {
			continue
		}
		words, err := s.words()
		if err != nil {
			return err
		}
		_, was := before[words[0]]
		if _, is := c.tree[words[0]]; !was || !is {
			continue
		}
		edited[words[0]] = true
		if err := files.edit(s, true); err != nil {
			return err
		}
	}
	gone, changed := before.diff(c.tree)
	for _, path := range changed {
		if _, was := before[path]; !was {
			delete(files, path)
		}
	}
	for _, path := range append(gone, changed...) {
		if e, was := before[path]; was && !edited[path] {
			if err := files.put(path, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// placed reads the header of a ref section: the ref's name and, behind word,
// the commit it is to name.
func (p *player) placed(s section, word string) (string, *commit, error) {
	name, target, err := s.pair(word)
	if err != nil {
		return "", nil, err
	}
	c, err := p.find(target)
	return name, c, err
}

// branch creates or moves a branch.
func (p *player) branch(s section) error {
	name, c, err := p.placed(s, "from")
	if err != nil {
		return err
	}
	if err := p.name("branch", name, c); err != nil {
		return err
	}
	p.out.ref("refs/heads/"+name, c.mark)
	return nil
}

// tag creates a tag; with a text it is an annotated one.
func (p *player) tag(s section) error {
	name, c, err := p.placed(s, "at")
	if err != nil {
		return err
	}
	if err := p.name("tag", name, c); err != nil {
		return err
	}
	if strings.TrimSpace(s.text) == "" {
		p.out.ref("refs/tags/"+name, c.mark)
		return nil
	}
	text, err := p.expand(message("", s.text))
	if err != nil {
		return err
	}
	p.out.tag(name, c.mark, p.clock, text)
	return nil
}

// ref creates any other ref.
func (p *player) ref(s section) error {
	name, c, err := p.placed(s, "at")
	if err != nil {
		return err
	}
	if !strings.HasPrefix(name, "refs/") || strings.ContainsAny(name, " \n") {
		return errors.New("want a full name, refs/…")
	}
	p.out.ref(name, c.mark)
	return nil
}
