package replay

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
)

// Case is one backport that people made: full, lower-case commit ids.
type Case struct {
	// Fix is the commit that was picked.
	Fix string
	// Onto is the commit it went onto.
	Onto string
	// Expected is the commit that people made of it, "" where nobody knows:
	// the case is then tried and not judged.
	Expected string
}

const (
	// maxLine bounds a line of a case file in bytes; three ids of 64 digits
	// need 195.
	maxLine = 4096
	// maxCases bounds a case file.
	maxCases = 4_000_000
)

// ReadCases reads a case file: lines of "fix", "onto" and "expected", separated
// by tabs. The third may be empty or missing. A first line with the names of
// the columns, empty lines and lines that begin with "#" are passed over.
// What cannot be read is a *backport.InputError with the line's number.
func ReadCases(r io.Reader) ([]Case, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, maxLine), maxLine)
	var cases []Case
	first := true
	n := 0
	for lines.Scan() && lines.Err() == nil { // at a failure the last line is cut off
		n++
		line := lines.Text()
		if n == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if strings.TrimSpace(line) == "" || line[0] == '#' {
			continue
		}
		fields := strings.Split(line, "\t")
		for i, f := range fields {
			fields[i] = strings.TrimSpace(f)
		}
		if first && fields[0] == "fix" {
			first = false
			continue
		}
		first = false
		c, why := readCase(fields)
		if why == "" && len(cases) == maxCases {
			why = fmt.Sprintf("more than %d cases", maxCases)
		}
		if why != "" {
			return nil, malformed(n, why, nil)
		}
		cases = append(cases, c)
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, malformed(n+1, fmt.Sprintf("longer than %d bytes", maxLine), err)
	case err != nil:
		return nil, fmt.Errorf("read cases: %w", err)
	}
	return cases, nil
}

func malformed(line int, why string, err error) error {
	return &backport.InputError{
		What: fmt.Sprintf("malformed case in line %d: %s", line, why),
		Hint: "a case is three full commit ids separated by tabs: fix, onto, expected; the third may be empty",
		Err:  err,
	}
}

// readCase reads the fields of one line, or says what is wrong with them.
func readCase(fields []string) (c Case, why string) {
	for i, to := range []*string{&c.Fix, &c.Onto, &c.Expected} {
		name := [...]string{"fix", "onto", "expected"}[i]
		switch {
		case i >= len(fields) || fields[i] == "":
			if i < 2 {
				return c, name + " is missing"
			}
		case git.IsID(fields[i]):
			*to = fields[i]
		case git.IsID(strings.ToLower(fields[i])):
			return c, fmt.Sprintf("%s %q must be in lower case", name, fields[i])
		case strings.Trim(strings.ToLower(fields[i]), "0123456789abcdef") == "" && len(fields[i]) < 64:
			return c, fmt.Sprintf("%s %q is abbreviated", name, fields[i])
		default:
			return c, fmt.Sprintf("%s %.80q is no commit id", name, fields[i])
		}
	}
	if len(fields) > 3 {
		return c, fmt.Sprintf("%d fields", len(fields))
	}
	return c, ""
}

// Sample draws limit cases and keeps their order; limit 0 means all. Which ones
// depends on the seed and on the cases themselves, not on where they stand: a
// case that is added or missing elsewhere changes at most one other.
func Sample(cases []Case, limit int, seed uint64) []Case {
	if limit <= 0 || limit >= len(cases) {
		return cases
	}
	type lot struct {
		hash [sha256.Size]byte
		at   int
	}
	lots := make([]lot, len(cases))
	for i, c := range cases {
		text := binary.BigEndian.AppendUint64(nil, seed)
		text = append(text, c.Fix+"\t"+c.Onto+"\t"+c.Expected...)
		lots[i] = lot{sha256.Sum256(text), i}
	}
	slices.SortFunc(lots, func(a, b lot) int {
		if c := slices.Compare(a.hash[:], b.hash[:]); c != 0 {
			return c
		}
		return a.at - b.at
	})
	lots = lots[:limit]
	slices.SortFunc(lots, func(a, b lot) int { return a.at - b.at })
	drawn := make([]Case, limit)
	for i, l := range lots {
		drawn[i] = cases[l.at]
	}
	return drawn
}
