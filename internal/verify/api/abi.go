package api

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// The bounds of what abidiff says.
const (
	maxABIChanges = 10_000
	maxABILines   = 12 // of one change
)

// The bits of abidiff's exit code, as of its manual: an error, and wrong use.
const abidiffFailed = 1 | 2

// ABI tells what differs between two built libraries, by symbol. run runs a
// program with its arguments and gives what it printed, its standard error
// included; the program is abidiff of libabigail. Without debugging information
// in the libraries only symbols that come and go are seen.
//
// abidiff leaves out what it holds to be harmless; all changes of types that it
// tells of count as breaking.
func ABI(ctx context.Context, run func(ctx context.Context, argv []string) (out string, exit int, err error), before, after string) ([]backport.APIChange, error) {
	out, exit, err := run(ctx, []string{"abidiff", "--no-default-suppression", before, after})
	switch {
	case err != nil:
		return nil, fmt.Errorf("run abidiff: %w", err)
	case exit < 0 || exit > 15 || exit&abidiffFailed != 0:
		return nil, fmt.Errorf("run abidiff on %s and %s: exit %d: %s", path.Base(before), path.Base(after), exit, clip(strings.TrimSpace(out)))
	}
	changes := parseABI(out, path.Base(after))
	if exit != 0 && len(changes) == 0 {
		return nil, fmt.Errorf("read abidiff: it tells of changes (exit %d), and none is understood: %s", exit, clip(strings.TrimSpace(out)))
	}
	return changes, nil
}

// parseABI reads abidiff's report:
//
//	[D] 'function int lib_close(int)'    {lib_close}
//	[C] 'function int lib_conf(cfg*)' at b.c:4:1 has some indirect sub-type changes:
//	  parameter 1 of type 'cfg*' has sub-type changes:
//
// and, without debugging information, "[A] lib_fresh".
func parseABI(out, library string) []backport.APIChange {
	var changes []backport.APIChange
	indent, taken := 0, 0 // of the change that runs
	for line := range strings.Lines(out) {
		line = strings.ToValidUTF8(strings.TrimRight(line, "\r\n"), "?")
		body := strings.TrimLeft(line, " ")
		depth := len(line) - len(body)
		if c, ok := abiChange(body); ok {
			if len(changes) >= maxABIChanges {
				break
			}
			c.Path, c.Level = library, byABI
			changes = append(changes, c)
			indent, taken = depth, 0
			continue
		}
		if n := len(changes); n > 0 && depth > indent && body != "" && changes[n-1].Kind == changed {
			if taken++; taken <= maxABILines && len(changes[n-1].Text) < maxText {
				changes[n-1].Text = clip(changes[n-1].Text + "\n" + line[min(indent, len(line)):])
			}
		} else if body != "" {
			indent = len(line) // nothing belongs to a change any more
		}
	}
	slices.SortStableFunc(changes, func(a, b backport.APIChange) int {
		return cmp.Or(cmp.Compare(a.Symbol, b.Symbol), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(changes)
}

// abiChange reads the first line of a change.
func abiChange(body string) (backport.APIChange, bool) {
	for _, name := range []string{"SONAME", "architecture"} {
		if strings.HasPrefix(body, name+" changed from ") || strings.HasPrefix(body, "ELF "+name+" changed from ") {
			return backport.APIChange{Symbol: name, Kind: changed, Breaks: true, Text: clip(body)}, true
		}
	}
	if len(body) < 5 || body[0] != '[' || body[2] != ']' || body[3] != ' ' {
		return backport.APIChange{}, false
	}
	text := strings.TrimSpace(body[4:])
	c := backport.APIChange{Symbol: abiSymbol(text), Text: clip(text)}
	switch body[1] {
	case 'A':
		c.Kind = added
	case 'D':
		c.Kind, c.Breaks = removed, true
	case 'C':
		c.Kind, c.Breaks = changed, true
	}
	return c, c.Kind != "" && c.Symbol != ""
}

// abiSymbol is the name in "'function int A::f(int)' …", "'int v' …" and "f,
// aliases g".
func abiSymbol(text string) string {
	declaration, quoted := strings.CutPrefix(text, "'")
	if !quoted {
		name, _, _ := strings.Cut(text, ",")
		return clip(strings.TrimSpace(name))
	}
	// A type may hold quotes of its own, a name none.
	if i := strings.Index(declaration, "' "); i >= 0 {
		declaration = declaration[:i]
	}
	declaration = strings.TrimSuffix(strings.TrimSpace(declaration), "'")
	callable := strings.HasPrefix(declaration, "function ") || strings.HasPrefix(declaration, "method ")
	if open := argumentList(declaration); callable && open > 0 {
		declaration = declaration[:open]
	}
	// The type before the name may be a template with blanks in it.
	depth := 0
	for i := len(declaration) - 1; i >= 0; i-- {
		switch declaration[i] {
		case '>':
			depth++
		case '<':
			depth--
		case ' ', '*', '&':
			if depth <= 0 && i+1 < len(declaration) {
				return clip(declaration[i+1:])
			}
		}
	}
	return clip(declaration)
}

// argumentList is where the list of arguments begins: the bracket that matches the
// last one.
func argumentList(declaration string) int {
	depth := 0
	for i := len(declaration) - 1; i >= 0; i-- {
		switch declaration[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth <= 0 {
				return i
			}
		}
	}
	return -1
}
