package scenario

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"
)

// A section is one "-- verb args --" line with the text below it.
type section struct {
	line int    // of the marker, from 1
	verb string // first word
	rest string // what follows it, as written
	text string // up to the next marker
}

// wrap says where an error arose.
func (s section) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("line %d: %s %s: %w", s.line, s.verb, s.rest, err)
}

// parse splits a scenario into its sections.
func parse(text []byte) []section {
	archive := txtar.Parse(text)
	line := 1 + bytes.Count(archive.Comment, []byte("\n"))
	sections := make([]section, 0, len(archive.Files))
	for _, f := range archive.Files {
		verb, rest, _ := strings.Cut(f.Name, " ")
		sections = append(sections, section{line, verb, strings.TrimSpace(rest), string(f.Data)})
		line += 1 + bytes.Count(f.Data, []byte("\n"))
	}
	return sections
}

// words splits the rest of a marker at blanks; a word in double quotes is a Go
// string.
func (s section) words() ([]string, error) {
	var words []string
	for rest := s.rest; rest != ""; rest = strings.TrimLeft(rest, " \t") {
		if rest[0] == '"' {
			quoted, err := strconv.QuotedPrefix(rest)
			if err != nil {
				return nil, fmt.Errorf("read the quoted name in %q: %w", rest, err)
			}
			word, err := strconv.Unquote(quoted)
			if err != nil {
				return nil, fmt.Errorf("read the quoted name %s: %w", quoted, err)
			}
			words, rest = append(words, word), rest[len(quoted):]
			continue
		}
		end := strings.IndexAny(rest, " \t")
		if end < 0 {
			end = len(rest)
		}
		words, rest = append(words, rest[:end]), rest[end:]
	}
	return words, nil
}

// pair reads "A JOINT B", as in "rename A -> B".
func (s section) pair(joint string) (a, b string, err error) {
	words, err := s.words()
	if err != nil {
		return "", "", err
	}
	if len(words) != 3 || words[1] != joint {
		return "", "", fmt.Errorf("want: %s A %s B", s.verb, joint)
	}
	return words[0], words[2], nil
}

// single reads exactly one word.
func (s section) single() (string, error) {
	words, err := s.words()
	if err != nil {
		return "", err
	}
	if len(words) != 1 {
		return "", fmt.Errorf("want one name, have %d", len(words))
	}
	return words[0], nil
}

// unescape replaces the escapes of Go strings; all other bytes stay.
func unescape(s string) (string, error) {
	var out strings.Builder
	for s != "" {
		plain := strings.IndexByte(s, '\\')
		if plain < 0 {
			plain = len(s)
		}
		out.WriteString(s[:plain])
		if s = s[plain:]; s == "" {
			break
		}
		r, multibyte, tail, err := strconv.UnquoteChar(s, 0)
		if err != nil {
			return "", fmt.Errorf("read the escape at %.8q: %w", s, err)
		}
		if multibyte {
			out.WriteRune(r)
		} else {
			out.WriteByte(byte(r))
		}
		s = tail
	}
	return out.String(), nil
}
