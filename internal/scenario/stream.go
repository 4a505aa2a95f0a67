package scenario

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A stream writes git fast-import's language.
// https://git-scm.com/docs/git-fast-import
type stream struct {
	w       *bufio.Writer
	answers *bufio.Reader  // of fast-import
	mark    int            // the last one given
	blobs   map[string]int // marks by content
}

// errStream says that fast-import went away; it has told why on its stderr.
var errStream = errors.New("talk to git fast-import")

func newStream(w io.Writer, answers io.Reader) *stream {
	return &stream{w: bufio.NewWriterSize(w, 1<<16), answers: bufio.NewReader(answers), blobs: map[string]int{}}
}

// next is a fresh mark.
func (o *stream) next() int {
	o.mark++
	return o.mark
}

// printf writes; a failure stays in the writer and comes out with flush.
func (o *stream) printf(format string, args ...any) {
	fmt.Fprintf(o.w, format, args...)
}

func (o *stream) data(text string) { o.printf("data %d\n%s\n", len(text), text) }

// blob is the mark of a content, written when first seen.
func (o *stream) blob(content string) int {
	mark, ok := o.blobs[content]
	if !ok {
		mark = o.next()
		o.blobs[content] = mark
		o.printf("blob\nmark :%d\n", mark)
		o.data(content)
	}
	return mark
}

// commit writes a commit: blobs first, then what differs from its parent.
func (o *stream) commit(h heading, c *commit, parents []int) error {
	gone, changed := c.before().diff(c.tree)
	var files strings.Builder
	for _, path := range gone {
		fmt.Fprintf(&files, "D %s\n", quote(path))
	}
	for _, path := range changed {
		e := c.tree[path]
		what := e.content
		if e.mode != modeGitlink {
			what = fmt.Sprintf(":%d", o.blob(e.content))
		}
		fmt.Fprintf(&files, "M %s %s %s\n", e.mode, what, quote(path))
	}
	for _, line := range []string{h.author, h.committer, h.encoding} {
		if strings.ContainsAny(line, "\n\x00") {
			return fmt.Errorf("%q does not fit into a header", line)
		}
	}
	o.printf("commit refs/heads/%s\nmark :%d\n", h.branch, c.mark)
	o.printf("author %s %s\ncommitter %s %s\n", h.author, stamp(h.date), h.committer, stamp(h.commitDate))
	if h.encoding != "" {
		o.printf("encoding %s\n", h.encoding)
	}
	o.data(h.message)
	word := "from"
	for _, mark := range parents {
		o.printf("%s :%d\n", word, mark)
		word = "merge"
	}
	o.printf("%s\n", files.String())
	return nil
}

func (o *stream) ref(name string, mark int) { o.printf("reset %s\nfrom :%d\n\n", name, mark) }

func (o *stream) tag(name string, mark int, at time.Time, text string) {
	o.printf("tag %s\nfrom :%d\ntagger %s %s\n", name, mark, defaultIdentity, stamp(at))
	o.data(text)
}

// id asks for the object id of a mark.
func (o *stream) id(mark int) (string, error) {
	o.printf("get-mark :%d\n", mark)
	if err := o.w.Flush(); err != nil {
		return "", errors.Join(errStream, err)
	}
	id, err := o.answers.ReadString('\n')
	if err != nil {
		return "", errors.Join(errStream, err)
	}
	return strings.TrimSuffix(id, "\n"), nil
}

// end ends the stream.
func (o *stream) end() error {
	o.printf("done\n")
	if err := o.w.Flush(); err != nil {
		return errors.Join(errStream, err)
	}
	return nil
}

// expand replaces {{id:NAME}} and {{id:NAME:LENGTH}} in a message.
func (p *player) expand(text string) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{{id:")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		what, after, ok := strings.Cut(rest, "}}")
		if !ok {
			return "", fmt.Errorf("{{id: without }}")
		}
		name, digits, short := strings.Cut(what, ":")
		c, err := p.find(name)
		if err != nil {
			return "", err
		}
		id, err := p.out.id(c.mark)
		if err != nil {
			return "", err
		}
		if short {
			n, err := strconv.Atoi(digits)
			if err != nil || n < 1 || n > len(id) {
				return "", fmt.Errorf("{{id:%s}}: want a number of digits up to %d", what, len(id))
			}
			id = id[:n]
		}
		out.WriteString(id)
		text = after
	}
}

// diff lists, sorted, the paths that u lacks and those that are new or
// different in it.
func (t tree) diff(u tree) (gone, changed []string) {
	for path := range t {
		if _, ok := u[path]; !ok {
			gone = append(gone, path)
		}
	}
	for path, e := range u {
		if was, ok := t[path]; !ok || was != e {
			changed = append(changed, path)
		}
	}
	slices.Sort(gone)
	slices.Sort(changed)
	return gone, changed
}

// stamp is a date in git's raw form.
func stamp(t time.Time) string { return fmt.Sprintf("%d %s", t.Unix(), t.Format("-0700")) }

// quote is a path in git's C style.
func quote(path string) string {
	var out strings.Builder
	out.WriteByte('"')
	for i := range len(path) {
		switch c := path[i]; {
		case c == '"' || c == '\\':
			out.WriteByte('\\')
			out.WriteByte(c)
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&out, "\\%03o", c)
		default:
			out.WriteByte(c)
		}
	}
	out.WriteByte('"')
	return out.String()
}
