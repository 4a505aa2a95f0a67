package gate

import (
	"context"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/cache"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/outline"
)

// vocabulary answers which words occur in the files of one language family of a
// tree, and in which files. It keeps the words of each folder by its tree id,
// so that a second tree costs only the folders that differ, and of those only
// the files that differ. Folders are read when they are needed: most words are
// found near to where they are looked for.
type vocabulary struct {
	*Checker
	family string
	nodes  *cache.Cache[string, *node]
}

// node is one folder: its files with their words, and its folders.
type node struct {
	files   []file
	folders []folder
	// gap says that a file here could not be read: what is not found may be
	// there.
	gap bool
}

type folder struct{ name, id string }

type file struct {
	name, id string
	words    wordSet
}

// maxFolders bounds the folders that one question opens, and maxIndexed the
// files that it reads for the first time.
const (
	maxFolders = 50_000
	maxIndexed = 100_000
)

func newVocabulary(c *Checker, family string, memory int) *vocabulary {
	return &vocabulary{Checker: c, family: family, nodes: cache.New[string, *node](memory)}
}

// family groups languages that use one another's names; "" are those in which
// names cannot be told from words.
func family(lang outline.Language) string {
	switch lang {
	case "c", "cpp":
		return "c"
	case "javascript", "typescript":
		return "javascript"
	case "go", "python", "java", "ruby", "rust", "php":
		return string(lang)
	}
	return ""
}

// settings is the family of all files in which a configuration key has a
// meaning: those of every programming language, scripts and configurations.
const settings = "settings"

// takes reports whether a file belongs to the vocabulary.
func (v *vocabulary) takes(name string) bool {
	lang := outline.Detect(name, nil)
	if v.family != settings {
		return family(lang) == v.family
	}
	switch lang {
	case outline.Plain, outline.Markdown, outline.HTML, outline.XML, outline.CSS, outline.SQL:
		return false
	}
	return true
}

// A question walks one tree once.
type question struct {
	*vocabulary
	folders, files int // that may still be opened
	gap            bool
	// root is the tree that is asked about, fetched counts how often git was sent
	// for files of it that a partial clone lacks.
	root    string
	fetched int
}

func (v *vocabulary) ask(root string) *question {
	return &question{vocabulary: v, folders: maxFolders, files: maxIndexed, root: root}
}

// absent returns those of the words that no file of the tree has, looking near
// a path first. Where something could not be read nothing counts as absent.
func (v *vocabulary) absent(ctx context.Context, tree, near string, words []uint32) ([]uint32, error) {
	q := v.ask(tree)
	left := slices.Clone(words)
	if err := q.strike(ctx, tree, near, 0, &left); err != nil || q.gap {
		return nil, err
	}
	return left, nil
}

// strike removes from left the words that occur below a folder.
func (q *question) strike(ctx context.Context, tree, near string, depth int, left *[]uint32) error {
	n, err := q.node(ctx, tree, depth)
	if err != nil {
		return err
	}
	for _, f := range n.files {
		if len(*left) == 0 {
			return nil
		}
		*left = slices.DeleteFunc(*left, f.words.has)
	}
	first, rest, _ := strings.Cut(near, "/")
	for _, nearby := range []bool{true, false} {
		for _, d := range n.folders {
			if (d.name == first) != nearby {
				continue
			}
			if len(*left) == 0 {
				return nil
			}
			below := ""
			if nearby {
				below = rest
			}
			if err := q.strike(ctx, d.id, below, depth+1, left); err != nil {
				return err
			}
		}
	}
	return nil
}

// stop ends a walk that has found what it looked for.
type stop struct{}

func (stop) Error() string { return "stop" }

// find calls f for the files that have all the words, until it returns false.
// gap says that some files could not be read.
func (v *vocabulary) find(ctx context.Context, tree string, words []uint32, f func(path, id string) bool) (gap bool, err error) {
	q := v.ask(tree)
	err = q.each(ctx, tree, "", 0, words, f)
	if err == (stop{}) {
		err = nil
	}
	return q.gap, err
}

func (q *question) each(ctx context.Context, tree, prefix string, depth int, words []uint32, f func(path, id string) bool) error {
	n, err := q.node(ctx, tree, depth)
	if err != nil {
		return err
	}
	for _, x := range n.files {
		if x.words.hasAll(words) && !f(prefix+x.name, x.id) {
			return stop{}
		}
	}
	for _, d := range n.folders {
		if err := q.each(ctx, d.id, prefix+d.name+"/", depth+1, words, f); err != nil {
			return err
		}
	}
	return nil
}

var noFiles = &node{}

// node reads one folder.
func (q *question) node(ctx context.Context, tree string, depth int) (*node, error) {
	if n, ok := q.nodes.Get(tree); ok {
		q.gap = q.gap || n.gap
		return n, nil
	}
	if q.folders--; q.folders < 0 || depth > maxDepth {
		q.gap = true
		return noFiles, nil
	}
	t, err := q.objects.Tree(ctx, tree)
	if err != nil {
		return nil, err
	}
	if err := q.ahead(ctx, t); err != nil {
		return nil, err
	}
	n := &node{}
	size := 128
	rawLen := q.objects.Format.RawLen()
	for e, rest, ok := t.Next(rawLen); ok; e, rest, ok = rest.Next(rawLen) {
		switch {
		case e.IsTree():
			n.folders = append(n.folders, folder{string(e.Name), e.ID()})
			size += 96
		case e.Mode.IsRegular() && q.takes(string(e.Name)):
			w, err := q.read(ctx, e)
			if err != nil {
				return nil, err
			}
			if w == nil {
				n.gap = true
				continue
			}
			n.files = append(n.files, file{string(e.Name), e.ID(), w})
			size += 4*len(w) + 128
		}
	}
	q.gap = q.gap || n.gap
	q.nodes.Put(tree, n, size)
	return n, nil
}

// read collects the words of a file, nil if it cannot be read.
func (q *question) read(ctx context.Context, e git.Entry) (wordSet, error) {
	if w, ok := q.storedWords(string(e.Raw)); ok {
		return w, nil
	}
	if q.files--; q.files < 0 {
		return nil, nil
	}
	obj, err := q.objects.Read(ctx, e.ID(), maxBlob)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, nil // too large, or missing in a partial clone
	}
	w := wordsOf(obj.Content)
	q.storeWords(string(e.Raw), w)
	return w, nil
}
