package gate

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"backstay.dev/backstay/internal/git"
)

// The file of mentions is a cache of text lines: a first line with the format's
// name and the history's shape, "tip <id>" for each tip it was read from, then
// "<by> <date> <mends|undoes|names> <id>". A file with any other line counts as none.
const mentionsFormat = "backstay mentions 1"

// maxMentions bounds the file in bytes.
const maxMentions = 64 << 20

// shape is one word for what makes history look other than the objects say.
func (c *Checker) shape() string {
	return c.objects.Format.Hash("blob", []byte(c.objects.Shape()))
}

func loadMentions(file, shape string) *mentionList {
	none := &mentionList{by: map[string][]mention{}}
	if file == "" {
		return none
	}
	if st, err := os.Stat(file); err != nil || st.Size() > maxMentions || !st.Mode().IsRegular() {
		return none
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return none
	}
	if l := parseMentions(b, shape); l != nil {
		return l
	}
	return none
}

// parseMentions reads the file's text, nil if anything is wrong with it.
func parseMentions(b []byte, shape string) *mentionList {
	l := &mentionList{by: map[string][]mention{}}
	if len(b) == 0 || b[len(b)-1] != '\n' {
		return nil
	}
	lines := bufio.NewScanner(bytes.NewReader(b))
	if !lines.Scan() || lines.Text() != mentionsFormat+" "+shape {
		return nil
	}
	for lines.Scan() {
		w := strings.Split(lines.Text(), " ")
		switch {
		case len(w) == 2 && w[0] == "tip" && git.IsID(w[1]):
			l.tips = append(l.tips, w[1])
		case len(w) == 4 && git.IsID(w[0]) && (w[2] == mends || w[2] == undoes || w[2] == refersTo) && len(w[3]) >= nameDigits && strings.Trim(w[3], "0123456789abcdef") == "":
			date, err := strconv.ParseInt(w[1], 10, 64)
			if err != nil {
				return nil
			}
			l.add(mention{w[0], date, w[3], w[2]})
		default:
			return nil
		}
	}
	if lines.Err() != nil {
		return nil
	}
	return l
}

func (l *mentionList) encode(shape string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s\n", mentionsFormat, shape)
	for _, t := range l.tips {
		fmt.Fprintf(&b, "tip %s\n", t)
	}
	var lines []string
	for _, list := range l.by {
		for _, m := range list {
			lines = append(lines, fmt.Sprintf("%s %d %s %s\n", m.by, m.date, m.kind, m.id))
		}
	}
	slices.Sort(lines)
	for _, s := range lines {
		b.WriteString(s)
	}
	return b.Bytes()
}

// replaceFile replaces a file in one step. These files are caches: where one
// cannot be written the next process does the work again.
func replaceFile(file string, b []byte) {
	if file == "" {
		return
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".tmp-")
	if err != nil {
		return
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // nothing more can be done for a cache
	}
}
