package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// inertConfig switches off, in a configuration that has a section [core] open,
// what would run programs, watch files or convert contents.
const inertConfig = `	hooksPath = /dev/null
	fsmonitor = false
	untrackedCache = false
	splitIndex = false
	autocrlf = false
	logAllRefUpdates = false
[gc]
	auto = 0
[maintenance]
	auto = false
[rerere]
	enabled = false
[submodule]
	recurse = false
`

// checkoutConfig is the whole configuration of a checkout's repository: the
// machine's own settings are not looked at either, and there is no remote and no
// submodule.
const checkoutConfig = `	bare = false
	filemode = %t
	attributesFile = /dev/null
	excludesFile = /dev/null
	checkStat = minimal
	trustctime = false
` + inertConfig + `[advice]
	detachedHead = false
`

// asStored switches every conversion off (gitattributes(5)): it stands above
// the attributes that the tree itself brings.
const asStored = "* -text -eol -ident -filter -working-tree-encoding\n"

// checkoutAge is how much older than its index a checkout's files are. git
// opens again what is as young as the index, since it may have changed since.
const checkoutAge = 4 * time.Second

// Checkout lays tree out in dir, which must not exist, for programs to build
// and test: all of it as files, and a repository of its own in dir/.git, where
// HEAD is commit, the index is tree, and the tags are the user's, so that `git
// status`, `git log` and `git describe` answer as in the user's checkout. Where
// tree is not commit's, HEAD is a commit for tree on top of commit ("" for
// none), so that nothing counts as changed.
//
// Files are as they are stored, whatever .gitattributes say: no filter runs, no
// line end is converted and no keyword expanded. They are all of the same time,
// so that make takes nothing for out of date. Of the user's configuration
// nothing is taken over; of her repository the objects, which are borrowed, the
// tags, and what shapes history. What only the store has is borrowed from it:
// the checkout is good while the store is open. Of dir nothing is left after an
// error.
func (r *Repo) Checkout(ctx context.Context, s *Store, dir, commit, tree string) error {
	if err := r.checkout(ctx, s, dir, commit, tree); err != nil {
		return fmt.Errorf("check out: %w", err)
	}
	return nil
}

func (r *Repo) checkout(ctx context.Context, s *Store, dir, commit, tree string) (err error) {
	if tree, err = s.treeOf(ctx, tree); err != nil {
		return err
	}
	head, err := s.headFor(ctx, commit, tree)
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	if err := r.layRepository(ctx, s, filepath.Join(dir, ".git"), head); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	l, err := s.spread(ctx, root, tree, time.Now().Add(-checkoutAge), nil)
	if err != nil {
		return err
	}
	index, err := root.OpenFile(filepath.Join(".git", "index"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	return errors.Join(l.writeIndex(index), index.Close())
}

// treeOf makes a tree's id of a tree's or commit's.
func (s *Store) treeOf(ctx context.Context, id string) (string, error) {
	if id == s.Format.EmptyTree() {
		return id, nil
	}
	kind, _, err := s.Info(ctx, id)
	if err != nil {
		return "", err
	}
	switch kind {
	case "tree":
		return id, nil
	case "commit":
		c, err := s.Commit(ctx, id)
		return c.Tree, err
	}
	return "", fmt.Errorf("%s is a %s and no tree", id, kind)
}

// headFor is the commit that HEAD names: commit itself where it has this tree,
// else one on top of it. That has the date of commit, so that the same trees
// give the same id.
func (s *Store) headFor(ctx context.Context, commit, tree string) (string, error) {
	parent, date := "", int64(0)
	if commit != "" {
		c, err := s.Commit(ctx, commit)
		if err != nil {
			return "", err
		}
		if c.Tree == tree {
			return c.ID, nil
		}
		parent, date = "parent "+c.ID+"\n", When(c.Committer)
	}
	who := fmt.Sprintf("backstay <backstay@localhost> %d +0000", date)
	return s.Write("commit", fmt.Appendf(nil, "tree %s\n%sauthor %s\ncommitter %s\n\na tree to be verified\n", tree, parent, who, who))
}

// layRepository makes the repository of a checkout.
func (r *Repo) layRepository(ctx context.Context, s *Store, gitDir, head string) error {
	for _, sub := range []string{"objects/info", "objects/pack", "refs/heads", "refs/tags", "info"} {
		if err := os.MkdirAll(filepath.Join(gitDir, sub), 0o777); err != nil {
			return err
		}
	}
	config := "[core]\n\trepositoryformatversion = 0\n"
	if r.Format == SHA256 {
		config = "[extensions]\n\tobjectformat = sha256\n[core]\n\trepositoryformatversion = 1\n"
	}
	packed, err := r.packedTags(ctx)
	if err != nil {
		return err
	}
	files := map[string]string{
		"HEAD":                    head + "\n",
		"config":                  config + fmt.Sprintf(checkoutConfig, runtime.GOOS != "windows"),
		"objects/info/alternates": r.borrowed(s),
		"info/attributes":         asStored,
		"info/grafts":             readSmall(r.grafts),
		"shallow":                 readSmall(r.shallow),
		"packed-refs":             packed,
	}
	for name, text := range files {
		if text == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(gitDir, name), []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// borrowed is the text of objects/info/alternates: all that the store reads.
func (r *Repo) borrowed(s *Store) string {
	dirs := append([]string{r.Objects}, r.opts.Borrow...)
	for _, kv := range r.opts.Env {
		if list, ok := strings.CutPrefix(kv, alternatesVariable+"="); ok && !strings.Contains(list, `"`) {
			dirs = append(dirs, filepath.SplitList(absoluteList(list, r.Dir))...)
		}
	}
	var text string
	for _, d := range append(dirs, filepath.Join(s.Dir, "objects")) {
		if d != "" {
			text += alternate(d)
		}
	}
	return text
}

// packedTags are the user's tags of commits and her replace refs, as the text
// of a packed-refs file.
func (r *Repo) packedTags(ctx context.Context) (string, error) {
	tags, err := r.Refs(ctx, "refs/tags")
	if err != nil {
		return "", err
	}
	replaced, err := r.replacements(ctx)
	if err != nil {
		return "", err
	}
	_, replaced, _ = strings.Cut(replaced, "\n") // refs/replace/ sorts before refs/tags/
	var text strings.Builder
	text.WriteString("# pack-refs with: peeled fully-peeled sorted \n" + replaced)
	slices.SortFunc(tags, func(a, b Ref) int { return strings.Compare(a.Name, b.Name) })
	for _, t := range tags {
		if t.Commit == "" || t.Symref != "" {
			continue
		}
		fmt.Fprintf(&text, "%s %s\n", t.Object, t.Name)
		if t.Commit != t.Object {
			fmt.Fprintf(&text, "^%s\n", t.Commit)
		}
	}
	return text.String(), nil
}
