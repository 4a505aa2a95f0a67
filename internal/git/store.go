package git

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Store is a private bare repository that borrows the objects of the user's.
// Trial commits, trees and merges are written here; Close removes them.
//
// A Store may be used by several goroutines at once.
type Store struct {
	// Dir is the folder of the store, a bare repository.
	Dir    string
	Format Format

	repo *Repo
	run  runner
	pool *pool
	lock *os.File
	// bringer is nil where nothing may be fetched, or nothing can lack.
	bringer *bringer

	grafts  map[string][]string
	shallow map[string]bool

	mu      sync.Mutex
	written map[string]*writing
	missed  map[string]bool
}

// storePrefix begins the name of every store's folder, so that what a killed
// process left behind can be found.
const storePrefix = "backstay-store-"

// NewStore makes a store for this repository below Options.Scratch, and sweeps
// away those that killed processes left there. readers is how many object
// readers may run at once, at least 1.
func (r *Repo) NewStore(ctx context.Context, readers int) (*Store, error) {
	if err := os.MkdirAll(r.opts.Scratch, 0o700); err != nil {
		return nil, fmt.Errorf("make store: %w", err)
	}
	sweep(r.opts.Scratch)
	dir, err := os.MkdirTemp(r.opts.Scratch, storePrefix)
	if err != nil {
		return nil, fmt.Errorf("make store: %w", err)
	}
	s := &Store{Dir: dir, Format: r.Format, repo: r, written: map[string]*writing{}, missed: map[string]bool{}}
	s.lock, err = lockFolder(dir)
	if err == nil {
		err = s.layOut(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make store: %w", err), s.Close())
	}
	s.run = runner{
		binary: r.opts.Git,
		lead: []string{
			"--git-dir=" + dir, "-c", "core.attributesFile=" + os.DevNull,
			"-c", "core.fsync=none", "-c", "core.looseCompression=0", "-c", "gc.auto=0",
		},
		env:   storeEnv(r.opts, r.Dir),
		apart: true,
	}
	s.pool = newPool(s.run, max(readers, 1))
	if r.opts.Fetch && len(r.Promisors(ctx)) > 0 {
		s.bringer = newBringer(s)
	}
	return s, nil
}

// layOut writes what `git init --bare` would, without a process, and takes
// over what shapes the user's history: replace refs, grafts, shallow boundary.
func (s *Store) layOut(ctx context.Context) error {
	config := "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
	if s.Format == SHA256 {
		config = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n"
	}
	replaced, err := s.repo.replacements(ctx)
	if err != nil {
		return err
	}
	borrowed := alternate(s.repo.Objects)
	for _, objects := range s.repo.opts.Borrow {
		borrowed += alternate(objects)
	}
	grafts, shallow := readSmall(s.repo.grafts), readSmall(s.repo.shallow)
	s.readGrafts(grafts, shallow)
	files := map[string]string{
		"HEAD":                    "ref: refs/heads/none\n",
		"config":                  config,
		"objects/info/alternates": borrowed,
		"packed-refs":             replaced,
		"info/grafts":             grafts,
		"shallow":                 shallow,
	}
	for _, sub := range []string{"objects/info", "objects/pack", "refs/heads", "info"} {
		if err := os.MkdirAll(filepath.Join(s.Dir, sub), 0o700); err != nil {
			return err
		}
	}
	for name, text := range files {
		if text == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(s.Dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// replacements are the replace refs that the user's git heeds, as the text of a
// packed-refs file (git-replace(1)).
func (r *Repo) replacements(ctx context.Context) (string, error) {
	base := "refs/replace/"
	for _, kv := range r.opts.Env {
		name, value, _ := strings.Cut(kv, "=")
		switch {
		case name == "GIT_NO_REPLACE_OBJECTS":
			return "", nil
		case name == "GIT_REPLACE_REF_BASE" && value != "":
			base = strings.TrimSuffix(value, "/") + "/"
		}
	}
	refs, err := r.Refs(ctx, strings.TrimSuffix(base, "/"))
	if err != nil || len(refs) == 0 {
		return "", err
	}
	if out, err := r.user.output(ctx, nil, "config", "--type=bool", "--get", "core.useReplaceRefs"); err == nil && string(out) == "false\n" {
		return "", nil
	}
	var text strings.Builder
	text.WriteString("# pack-refs with: sorted \n")
	for _, ref := range refs {
		if id := strings.TrimPrefix(ref.Name, base); IsID(id) {
			fmt.Fprintf(&text, "%s refs/replace/%s\n", ref.Object, id)
		}
	}
	return text.String(), nil
}

// alternate writes one line of objects/info/alternates; git reads a line that
// begins with a double quote as a C string (gitrepository-layout(5)).
func alternate(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, `"`) && !strings.HasPrefix(path, "#") {
		return path + "\n"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(path) + "\"\n"
}

// readSmall reads a file that shapes history; one that is not there shapes
// nothing.
func readSmall(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(b)
}

// storeEnv is the environment of everything that thinks: no configuration but
// the store's own. Of git's variables only the one that says where objects are
// is kept; in a hook of a push they are in quarantine, and it leads to the rest.
func storeEnv(opts Options, dir string) []string {
	var env []string
	for _, kv := range opts.Env {
		name, value, _ := strings.Cut(kv, "=")
		if name == alternatesVariable {
			env = append(env, name+"="+absoluteList(value, dir))
		}
		if strings.HasPrefix(name, "GIT_") || dropped[name] {
			continue
		}
		env = append(env, kv)
	}
	return append(env, "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_ATTR_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0",
		"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none")
}

const alternatesVariable = "GIT_ALTERNATE_OBJECT_DIRECTORIES"

// absoluteList makes the paths of a list absolute, which the user's git takes
// from dir and children would take from other folders; a list with quoted paths, which only git writes, is left alone.
func absoluteList(list, dir string) string {
	if strings.Contains(list, `"`) {
		return list
	}
	paths := filepath.SplitList(list)
	for i, p := range paths {
		if p == "" || filepath.IsAbs(p) {
			continue
		}
		if full, err := filepath.Abs(filepath.Join(dir, p)); err == nil {
			paths[i] = full
		}
	}
	return strings.Join(paths, string(os.PathListSeparator))
}

// Close ends the store's children and removes its folder. It may be called
// twice.
func (s *Store) Close() error {
	if s.pool != nil {
		s.pool.close()
	}
	if s.lock != nil {
		_ = s.lock.Close() // first, since Windows keeps a file that is open
	}
	if err := os.RemoveAll(s.Dir); err != nil {
		return fmt.Errorf("remove store: %w", err)
	}
	return nil
}

// Write stores one object and returns its id. What the store wrote before is
// not written again.
func (s *Store) Write(kind string, content []byte) (string, error) {
	id := s.Format.Hash(kind, content)
	s.mu.Lock()
	w := s.written[id]
	if w == nil {
		w = &writing{}
		s.written[id] = w
	}
	s.mu.Unlock()
	w.once.Do(func() { w.err = s.writeLoose(id, kind, content) })
	if w.err != nil {
		return "", fmt.Errorf("write %s: %w", kind, w.err)
	}
	return id, nil
}

// writing is one object being written: whoever asks for it a second time waits
// for the first to be done.
type writing struct {
	once sync.Once
	err  error
}

// writeLoose writes the file of a loose object: zlib of "<type> <size>\0" and
// the content (gitformat-loose(5)).
func (s *Store) writeLoose(id, kind string, content []byte) error {
	var b bytes.Buffer
	z, err := zlib.NewWriterLevel(&b, zlib.NoCompression)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(z, "%s %d\x00", kind, len(content)); err != nil {
		return err
	}
	if _, err := z.Write(content); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return s.place(filepath.Join(s.Dir, "objects", id[:2]), id[2:], b.Bytes())
}

// place puts a whole file at dir/name or none: a merge that comes to the same
// object at this moment would take a half one for its own work done.
func (s *Store) place(dir, name string, content []byte) error {
	temp := filepath.Join(dir, "tmp_obj_"+name)
	err := os.WriteFile(temp, content, 0o400)
	if errors.Is(err, os.ErrNotExist) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		err = os.WriteFile(temp, content, 0o400)
	}
	path := filepath.Join(dir, name)
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err == nil {
		return nil
	}
	_ = os.Remove(temp) // what is left of it goes away with the store
	if _, statErr := os.Stat(path); statErr == nil {
		return nil // git wrote the same object, and Windows replaces no read-only file
	}
	return err
}

// Trial writes a commit for trying things out: this tree, this parent ("" for
// none), no message. Its date lies in the future, since a merge base is
// searched newest first and an old date would make git walk all of history.
func (s *Store) Trial(tree, parent string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "tree %s\n", tree)
	if parent != "" {
		fmt.Fprintf(&b, "parent %s\n", parent)
	}
	const who = "backstay <backstay@localhost> 4000000000 +0000"
	fmt.Fprintf(&b, "author %s\ncommitter %s\n\n", who, who)
	return s.Write("commit", []byte(b.String()))
}
