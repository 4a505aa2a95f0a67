package git

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
)

// Mode is a tree entry's mode.
type Mode uint32

// The modes that git writes into trees.
const (
	ModeTree    Mode = 0o040000
	ModeFile    Mode = 0o100644
	ModeExec    Mode = 0o100755
	ModeSymlink Mode = 0o120000
	ModeGitlink Mode = 0o160000
)

// IsRegular reports whether the mode is that of a file with content.
func (m Mode) IsRegular() bool { return m&0o170000 == 0o100000 }

// canonical is the mode that git takes a stored one for.
func (m Mode) canonical() Mode {
	switch m & 0o170000 {
	case 0o100000:
		if m&0o100 != 0 {
			return ModeExec
		}
		return ModeFile
	case ModeTree:
		return ModeTree
	case ModeSymlink:
		return ModeSymlink
	}
	return ModeGitlink
}

// Entry is one line of a tree. Name and raw id point into the tree's bytes.
type Entry struct {
	Mode Mode
	Name []byte
	Raw  []byte // the id's 20 or 32 bytes
}

// ID is the entry's object id.
func (e Entry) ID() string { return hex.EncodeToString(e.Raw) }

// IsTree reports whether the entry is a folder.
func (e Entry) IsTree() bool { return e.Mode == ModeTree }

// Same reports whether two entries have the same mode and object.
func (e Entry) Same(o Entry) bool { return e.Mode == o.Mode && bytes.Equal(e.Raw, o.Raw) }

// Tree is the content of a tree object as git stores it: entries
// "<octal mode> <name>\0<raw id>", sorted as if folders ended with a slash.
type Tree []byte

// Next cuts the first entry off t. ok is false at the end or where the bytes
// are no tree. The mode is one of those above, whatever is stored: old tools
// wrote 100664 or 040000, and git reads them so.
func (t Tree) Next(rawLen int) (e Entry, rest Tree, ok bool) {
	sp := bytes.IndexByte(t, ' ')
	if sp <= 0 || sp > 7 {
		return Entry{}, nil, false
	}
	var mode Mode
	for _, c := range t[:sp] {
		if c < '0' || c > '7' {
			return Entry{}, nil, false
		}
		mode = mode<<3 | Mode(c-'0')
	}
	nul := bytes.IndexByte(t[sp:], 0)
	if nul < 2 || // a name is never empty
		len(t) < sp+nul+1+rawLen {
		return Entry{}, nil, false
	}
	end := sp + nul + 1
	return Entry{Mode: mode.canonical(), Name: t[sp+1 : sp+nul], Raw: t[end : end+rawLen]}, t[end+rawLen:], true
}

// Find returns the entry of this name.
func (t Tree) Find(name string, rawLen int) (Entry, bool) {
	for {
		e, rest, ok := t.Next(rawLen)
		if !ok {
			return Entry{}, false
		}
		if string(e.Name) == name {
			return e, true
		}
		t = rest
	}
}

// Compare orders two entries as git's trees do: a folder's name counts as if
// it ended with a slash.
func (e Entry) Compare(o Entry) int {
	n := min(len(e.Name), len(o.Name))
	if c := bytes.Compare(e.Name[:n], o.Name[:n]); c != 0 {
		return c
	}
	return int(e.after(n)) - int(o.after(n))
}

// after is the byte that follows the first n of the name in tree order.
func (e Entry) after(n int) byte {
	switch {
	case n < len(e.Name):
		return e.Name[n]
	case e.IsTree():
		return '/'
	default:
		return 0
	}
}

// Edit is a change to one name of a tree. A zero Mode removes the name.
type Edit struct {
	Name string
	Mode Mode
	ID   string
}

// Apply returns t with the edits made, in tree order and with every mode as git
// writes it today. Of several edits of one name the last counts.
func (t Tree) Apply(edits []Edit, rawLen int) (Tree, error) {
	last := make(map[string]int, len(edits))
	for i, e := range edits {
		if e.Name == "" || strings.ContainsAny(e.Name, "/\x00") {
			return nil, fmt.Errorf("edit tree: %.100q is no name", e.Name)
		}
		last[e.Name] = i
	}
	added := make([]Entry, 0, len(edits))
	for i, e := range edits {
		if e.Mode == 0 || last[e.Name] != i {
			continue
		}
		raw, err := hex.DecodeString(e.ID)
		if err != nil || len(raw) != rawLen {
			return nil, fmt.Errorf("edit tree: %q is no object id", e.ID)
		}
		added = append(added, Entry{Mode: e.Mode, Name: []byte(e.Name), Raw: raw})
	}
	sort.Slice(added, func(i, j int) bool { return added[i].Compare(added[j]) < 0 })
	out := make(Tree, 0, len(t)+len(edits)*64)
	for rest := t; len(rest) > 0; {
		e, next, ok := rest.Next(rawLen)
		if !ok {
			return nil, fmt.Errorf("edit tree: its bytes are damaged")
		}
		for len(added) > 0 && added[0].Compare(e) < 0 {
			out = out.add(added[0])
			added = added[1:]
		}
		if _, replaced := last[string(e.Name)]; !replaced {
			out = out.add(e)
		}
		rest = next
	}
	for _, e := range added {
		out = out.add(e)
	}
	return out, nil
}

func (t Tree) add(e Entry) Tree {
	t = fmt.Appendf(t, "%o %s\x00", uint32(e.Mode), e.Name)
	return append(t, e.Raw...)
}
