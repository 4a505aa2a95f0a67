package scenario

import (
	"fmt"
	"strings"
	"time"
)

const defaultIdentity = "Ada Example <ada@example.org>"

// A heading is what a commit section says, before names are resolved.
type heading struct {
	label, branch     string
	author, committer string
	date, commitDate  time.Time // zero: by the clock
	merge             []string
	encoding          string
	message           string
}

// readHeading reads a commit section.
func readHeading(s section) (heading, error) {
	where, subject, ok := strings.Cut(s.rest, ":")
	words := strings.Fields(where)
	if len(words) == 2 {
		words = append([]string{""}, words...)
	}
	if !ok || len(words) != 3 || words[1] != "on" {
		return heading{}, fmt.Errorf("want: commit [LABEL] on BRANCH: SUBJECT")
	}
	h := heading{label: words[0], branch: words[2]}
	fields, body, err := readFields(s.text)
	if err != nil {
		return heading{}, err
	}
	h.message = message(strings.TrimSpace(subject), body)
	if fields["escapes"] == "yes" {
		for k, v := range fields {
			if fields[k], err = unescape(v); err != nil {
				return heading{}, err
			}
		}
		if h.message, err = unescape(h.message); err != nil {
			return heading{}, err
		}
	}
	return h, h.fill(fields)
}

// message joins subject and body; nothing at all stays empty.
func message(subject, body string) string {
	body = strings.Trim(body, "\n")
	switch {
	case body == "" && subject == "":
		return ""
	case body == "":
		return subject + "\n"
	case subject == "":
		return body + "\n"
	}
	return subject + "\n\n" + body + "\n"
}

// readFields reads the header lines of a commit; body is what follows the
// first empty line.
func readFields(text string) (fields map[string]string, body string, err error) {
	fields = map[string]string{}
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if line == "" {
			return fields, text, nil
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if _, twice := fields[key]; !ok || twice {
			return nil, "", fmt.Errorf("want \"header: value\" once each, then an empty line and the message; have %q", line)
		}
		fields[key] = strings.TrimSpace(value)
	}
	return fields, "", nil
}

// fill moves the header fields to their places.
func (h *heading) fill(fields map[string]string) (err error) {
	h.author = defaultIdentity
	for key, value := range fields {
		switch key {
		case "author":
			h.author = value
		case "committer":
			h.committer = value
		case "date":
			h.date, err = time.Parse(time.RFC3339, value)
		case "commit-date":
			h.commitDate, err = time.Parse(time.RFC3339, value)
		case "merge":
			h.merge = strings.Fields(value)
		case "encoding":
			h.encoding = value
		case "escapes":
			if value != "yes" {
				err = fmt.Errorf("escapes: want yes, have %q", value)
			}
		default:
			err = fmt.Errorf("unknown header %q", key)
		}
		if err != nil {
			return err
		}
	}
	if h.committer == "" {
		h.committer = h.author
	}
	return nil
}
