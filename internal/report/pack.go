package report

import (
	"fmt"
	"strings"

	"backstay.dev/backstay/internal/say"
)

// block is a part of a Markdown document that stays well formed when some of its
// items are left out: a table's rows, the entries of a list, the functions of a
// section that can be opened.
type block struct {
	// level is the order in which blocks get their room: 0 first.
	level int
	// open and close stand around the items.
	open, close string
	items       []string
	// what an item is called, and how many were left out before.
	what string
	left int
	// row says that the items are rows of a table, which has no line for what was
	// left out: that is said behind it.
	row bool
}

// more says what was left out of a block.
func (b block) more(n int) string {
	if n == 0 {
		return ""
	}
	text := "and " + say.Count(n, "more "+b.what)
	if b.row {
		return "\n" + text + "\n"
	}
	return "- " + text + "\n\n"
}

// pack joins blocks to a document of at most limit bytes: the most important
// blocks first, of each as many items as there is room for. Nothing is cut in
// its middle, and what is missing is said.
func pack(blocks []block, limit int) string {
	whole, size := make([]string, len(blocks)), 0
	for i, b := range blocks {
		whole[i] = b.open + strings.Join(b.items, "") + b.more(b.left) + b.close
		size += len(whole[i])
	}
	if size <= limit {
		return strings.Join(whole, "")
	}
	note := func(n int) string { return fmt.Sprintf("\n*Cut to fit: %s left out here.*\n", say.Count(n, "section")) }
	room, missing := limit-len(note(len(blocks))), 0
	if room < 0 {
		return ""
	}
	for level := 0; level <= maxLevel; level++ {
		for i, b := range blocks {
			if b.level != level {
				continue
			}
			if len(whole[i]) > room {
				whole[i] = b.part(room)
			}
			if whole[i] == "" {
				missing++
			}
			room -= len(whole[i])
		}
	}
	if missing == 0 {
		return strings.Join(whole, "")
	}
	return strings.Join(whole, "") + note(missing)
}

// maxLevel is the level of the least important blocks.
const maxLevel = 2

// part is a block with as many of its items as there is room for; "" if there
// is none for even one.
func (b block) part(room int) string {
	room -= len(b.open) + len(b.more(b.left+len(b.items))) + len(b.close)
	var kept []string
	for _, item := range b.items {
		if len(item) <= room {
			room -= len(item)
			kept = append(kept, item)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return b.open + strings.Join(kept, "") + b.more(b.left+len(b.items)-len(kept)) + b.close
}
