package structure

import (
	"bytes"

	"backstay.dev/backstay/internal/adapt/conflict"
)

// commaList says whether entries end with commas, as those of a list do that is
// written over several lines.
func commaList(list []entry) bool {
	for _, e := range list {
		if !e.void && hasComma(e) {
			return true
		}
	}
	return false
}

// endOfList says whether a chunk stands at the end of a list whose last element
// has no comma.
func endOfList(c *conflict.Chunk) bool {
	above, below := c.Before(1), c.After(1)
	return len(above) > 0 && len(below) > 0 && hasComma(entry{text: above[0]}) && closes(append(bytes.TrimSpace(below[0]), ' '))
}

func hasComma(e entry) bool { return bytes.HasSuffix(bytes.TrimSpace(e.text), []byte{','}) }

// lastComma says whether the last entry has a comma, too: as in the target if
// that has any entries.
func lastComma(ours, theirs []entry) bool {
	for _, list := range [2][]entry{ours, theirs} {
		for i := len(list) - 1; i >= 0; i-- {
			if !list[i].void {
				return hasComma(list[i])
			}
		}
	}
	return true
}

func dropCommas(list []entry) {
	for i, e := range list {
		if !e.void && hasComma(e) {
			body := bytes.TrimRight(e.text, " \t\r\n")
			list[i].text = append(body[:len(body)-1:len(body)-1], e.text[len(body):]...)
		}
	}
}

func addCommas(list []entry, last bool) {
	end := len(list) - 1
	for end >= 0 && list[end].void {
		end--
	}
	for i, e := range list[:end+1] {
		if e.void || i == end && !last {
			continue
		}
		body := bytes.TrimRight(e.text, " \t\r\n")
		list[i].text = append(append(body[:len(body):len(body)], ','), e.text[len(body):]...)
	}
}
