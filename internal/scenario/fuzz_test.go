package scenario

import (
	"io"
	"strings"
	"testing"
)

// FuzzPlay runs the whole reader against a fast-import that answers every
// question with the same id. What it must keep: no panic, no tree in which a
// file is also a directory, and every line of a file section accounted for.
func FuzzPlay(f *testing.F) {
	for _, text := range []string{
		"-- commit a on main: x --\nauthor: A <a>\n\nbody {{id:a}}\n-- file p q --\n",
		"-- commit a on main: x --\n-- file \"p\\xff\" 755 crlf --\n1\n2\n-- commit on main: {{id:a:7}} --\n-- edit \"p\\xff\" crlf --\n-1\n+2\n@@\n 2\n",
		"-- commit a on main: x --\n-- file d/p --\n1\n-- copy d -> e/d --\n-- rename d -> f --\n-- symlink s -> t --\n" +
			"-- commit b on main: y --\n-- take d from a --\n-- delete f --\n-- commit c on main: z --\nmerge: a\n-- revert b --\n-- pick b --\n",
		"-- commit a on main: x --\n-- branch b from a --\n-- tag t at b --\ntext\n-- ref refs/x at t --\n-- gitlink g 00 --\n-- mode g 755 --\n",
		"-- commit a on main: \\x00 --\nescapes: yes\ndate: 2024-03-02T10:00:00+05:30\ncommit-date: 2024-03-02T10:00:00Z\nencoding: x\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		sections := parse([]byte(text))
		for _, s := range sections {
			if !strings.Contains(text, s.verb) || s.line < 1 || s.line > 1+strings.Count(text, "\n") {
				t.Errorf("section %q on line %d of\n%s", s.verb, s.line, text)
			}
		}
		p := newPlayer(newStream(io.Discard, sameID{}))
		if err := p.play(sections); err != nil {
			return
		}
		for _, c := range p.names {
			for path := range c.tree {
				for i := range path {
					if _, ok := c.tree[path[:i]]; ok && path[i] == '/' {
						t.Errorf("%q is a file and a directory in\n%s", path[:i], text)
					}
				}
			}
		}
	})
}

// sameID answers like a fast-import whose every object has one id.
type sameID struct{}

func (sameID) Read(b []byte) (int, error) {
	return copy(b, strings.Repeat("0", 40)+"\n"), nil
}
