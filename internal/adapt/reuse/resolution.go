package reuse

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Resolution is one chunk and the text that replaced it.
//
// As a file it reads
//
//	backstay resolution 1
//	path "src/a.c"
//	fix 1a2b…
//	target 3c4d…
//	by person
//	when 1735689600
//	base 12
//	ours 24
//	theirs 24
//	result 30
//
// and then the four texts, of so many bytes, each below a line with its name
// and with a line end added. Where base is not known the line "base" is absent.
type Resolution struct {
	// Base, Ours, Theirs and Result are lines with their ends, as in
	// textdiff.Region.
	Base, Ours, Theirs, Result []byte
	// TwoSided says that Base is not known, and that Ours and Theirs may stand
	// for each other: so it is in the records of git rerere.
	TwoSided bool
	// Path is where the chunk stood on the target.
	Path string
	// Fix and Target are the commits it was made for, "" if not known.
	Fix, Target string
	// By is "person", "rerere", or the name of the rung that made it.
	By string
	// When it was made, in seconds since 1970.
	When int64
}

// Person is the By of what a person resolved in an edit, byRerere of what she
// resolved in git, which git rerere has recorded.
const (
	Person   = "person"
	byRerere = "rerere"
)

// ByHand reports whether a person resolved it, here or in git.
func (r Resolution) ByHand() bool { return r.By == Person || r.By == byRerere }

const (
	// maxText bounds each of the four texts, in bytes.
	maxText = 256 << 10
	// maxBlob bounds the whole file.
	maxBlob = 1 << 20
	// maxWord bounds path, ids and names.
	maxWord = 4 << 10
)

const title = "backstay resolution 1\n"

var textNames = [...]string{"base", "ours", "theirs", "result"}

func (r Resolution) key() string {
	if r.TwoSided {
		return key2(r.Ours, r.Theirs)
	}
	return Key(r.Base, r.Ours, r.Theirs)
}

// name is the file's path in the tree. The moment is not part of it, so that
// what is done again is the same.
func (r Resolution) name() string {
	key := r.key()
	rest := digest("file", r.Base, r.Ours, r.Theirs, r.Result, []byte(r.Path), []byte(r.Fix), []byte(r.Target), []byte(r.By))
	return key[:2] + "/" + key[2:] + "-" + rest[:16]
}

// fits reports whether a resolution is small enough to be kept.
func (r Resolution) fits() bool {
	size := 0
	for _, t := range r.texts() {
		if len(t) > maxText {
			return false
		}
		size += len(t)
	}
	for _, w := range []string{r.Path, r.Fix, r.Target, r.By} {
		if len(w) > maxWord {
			return false
		}
	}
	return size <= maxBlob-5*maxWord*4
}

func (r Resolution) texts() [4][]byte { return [4][]byte{r.Base, r.Ours, r.Theirs, r.Result} }

func (r Resolution) encode() []byte {
	var b bytes.Buffer
	b.WriteString(title)
	fmt.Fprintf(&b, "path %s\n", strconv.QuoteToASCII(r.Path))
	for _, w := range []struct{ key, value string }{{"fix", r.Fix}, {"target", r.Target}, {"by", r.By}} {
		if w.value != "" {
			fmt.Fprintf(&b, "%s %s\n", w.key, word(w.value))
		}
	}
	fmt.Fprintf(&b, "when %d\n", r.When)
	for i, t := range r.texts() {
		if i > 0 || !r.TwoSided {
			fmt.Fprintf(&b, "%s %d\n", textNames[i], len(t))
		}
	}
	for i, t := range r.texts() {
		if i > 0 || !r.TwoSided {
			fmt.Fprintf(&b, "\n==== %s\n%s\n", textNames[i], t)
		}
	}
	return b.Bytes()
}

// word is a value that stands bare in the header where it can.
func word(s string) string {
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || c == '"' {
			return strconv.QuoteToASCII(s)
		}
	}
	return s
}

var errDamaged = errors.New("no resolution, or damaged")

// parse reads what encode writes.
func parse(b []byte) (Resolution, error) {
	var r Resolution
	if len(b) > maxBlob || !bytes.HasPrefix(b, []byte(title)) {
		return r, errDamaged
	}
	b = b[len(title):]
	sizes := [4]int{-1, -1, -1, -1}
	for {
		line, rest, found := bytes.Cut(b, []byte("\n"))
		if !found {
			return r, errDamaged
		}
		if len(line) == 0 {
			break // b stays before the empty line, which belongs to the texts
		}
		b = rest
		key, value, _ := strings.Cut(string(line), " ")
		if err := r.header(key, value, &sizes); err != nil {
			return r, err
		}
	}
	r.TwoSided = sizes[0] < 0
	for i, to := range []*[]byte{&r.Base, &r.Ours, &r.Theirs, &r.Result} {
		if i == 0 && r.TwoSided {
			continue
		}
		head := "\n==== " + textNames[i] + "\n"
		if sizes[i] < 0 || !bytes.HasPrefix(b, []byte(head)) || len(b) < len(head)+sizes[i]+1 || b[len(head)+sizes[i]] != '\n' {
			return r, errDamaged
		}
		*to = b[len(head) : len(head)+sizes[i] : len(head)+sizes[i]]
		b = b[len(head)+sizes[i]+1:]
	}
	if len(b) > 0 || !r.fits() {
		return r, errDamaged
	}
	return r, nil
}

// header reads one line of the header. A key that is not known is passed over:
// a later version may have put it there.
func (r *Resolution) header(key, value string, sizes *[4]int) (err error) {
	if strings.HasPrefix(value, `"`) {
		if value, err = strconv.Unquote(value); err != nil {
			return errDamaged
		}
	}
	switch key {
	case "path":
		r.Path = value
	case "fix":
		r.Fix = value
	case "target":
		r.Target = value
	case "by":
		r.By = value
	case "when":
		if r.When, err = strconv.ParseInt(value, 10, 64); err != nil {
			return errDamaged
		}
	}
	for i, name := range textNames {
		if key == name {
			n, err := strconv.Atoi(value)
			if err != nil || n < 0 || n > maxText {
				return errDamaged
			}
			sizes[i] = n
		}
	}
	return nil
}
