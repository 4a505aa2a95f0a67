package scenario

import (
	"errors"
	"fmt"
	"strings"
)

// A hunk replaces old lines, context included, by new ones. Every line ends
// with its newline.
type hunk struct{ old, new string }

// readHunks reads the text of an edit section. With reverse the hunks undo the
// edit.
func readHunks(text, newline string, reverse bool) ([]hunk, error) {
	var hunks []hunk
	var h hunk
	for _, line := range append(strings.Split(strings.Trim(text, "\n"), "\n"), "@@") {
		kind, rest := byte(' '), ""
		if line != "" {
			kind, rest = line[0], line[1:]
		}
		switch kind {
		case ' ':
			h.old += rest + newline
			h.new += rest + newline
		case '-':
			h.old += rest + newline
		case '+':
			h.new += rest + newline
		case '@':
			if reverse {
				h.old, h.new = h.new, h.old
			}
			if h.old == "" {
				return nil, errors.New("a hunk needs an old line to stand on")
			}
			hunks, h = append(hunks, h), hunk{}
		default:
			return nil, fmt.Errorf("want a blank, - or + before %q", line)
		}
	}
	return hunks, nil
}

// edit reads an edit section and changes the file.
func (t tree) edit(s section, reverse bool) error {
	words, err := s.words()
	if err != nil {
		return err
	}
	newline := "\n"
	if len(words) == 2 && words[1] == "crlf" {
		newline = "\r\n"
	} else if len(words) != 1 {
		return errors.New("want: edit PATH [crlf]")
	}
	e, ok := t[words[0]]
	if !ok || e.mode == modeGitlink {
		return fmt.Errorf("no file %q", words[0])
	}
	hunks, err := readHunks(s.text, newline, reverse)
	if err != nil {
		return err
	}
	for _, h := range hunks {
		if e.content, err = h.apply(e.content, newline); err != nil {
			return err
		}
	}
	t[words[0]] = e
	return nil
}

// apply replaces the only occurrence of the hunk's old lines. A missing final
// newline of the content stays missing.
func (h hunk) apply(content, newline string) (string, error) {
	whole := strings.HasSuffix(content, newline)
	if !whole {
		content += newline
	}
	at := -1
	for from := 0; ; {
		i := strings.Index(content[from:], h.old)
		if i < 0 {
			break
		}
		i += from
		if i == 0 || content[i-1] == '\n' {
			if at >= 0 {
				return "", fmt.Errorf("these lines occur more than once:\n%s", h.old)
			}
			at = i
		}
		from = i + 1
	}
	if at < 0 {
		return "", fmt.Errorf("these lines are not in the file:\n%s", h.old)
	}
	content = content[:at] + h.new + content[at+len(h.old):]
	if !whole {
		content = strings.TrimSuffix(content, newline)
	}
	return content, nil
}
