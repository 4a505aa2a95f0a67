package config

import (
	"fmt"
	"path"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"backstay.dev/backstay/internal/glob"
)

// MaxArguments is how many words one command may have.
const MaxArguments = 100

// Regenerate is one rule for generated files: what is at Paths is what Run
// makes of the other files.
type Regenerate struct {
	// Paths are patterns for paths from the top of the tree, as of package glob.
	Paths []string
	// Run is a program and its arguments, started without a shell at the top of
	// the tree.
	Run []string
}

// Matches reports whether the rule makes the file at a path.
func (r Regenerate) Matches(name string) bool { return glob.Match(r.Paths, name) }

func (s source) regenerate(n ast.Node) ([]Regenerate, error) {
	return listOf(s, n, "rules with `paths` and `run`", s.rule)
}

func (s source) rule(n ast.Node) (r Regenerate, err error) {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return r, s.at(n, "expected a rule with `paths` and `run`")
	}
	for _, pair := range m.Values {
		switch text(pair.Key) {
		case "paths":
			r.Paths, err = s.paths(pair.Value)
		case "run":
			r.Run, err = s.words(pair.Value, "word of a command")
			if err == nil && len(r.Run) > 0 && r.Run[0] == "" {
				err = s.at(pair.Value, "the command has no name")
			}
		default:
			err = s.unknown(pair.Key, []string{"paths", "run"})
		}
		if err != nil {
			return Regenerate{}, err
		}
	}
	if len(r.Paths) == 0 || len(r.Run) == 0 {
		return Regenerate{}, s.at(n, "a rule needs `paths` and `run`, both lists")
	}
	return r, nil
}

// words reads a list of scalars. A text that holds blanks is not taken apart:
// that would need the rules of a shell.
func (s source) words(n ast.Node, what string) ([]string, error) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return nil, s.at(n, fmt.Sprintf("expected a list, one %s each", what))
	}
	if len(list.Values) > MaxArguments {
		return nil, s.at(n, fmt.Sprintf("more than %d words", MaxArguments))
	}
	var out []string
	for _, item := range list.Values {
		if !isScalar(item) {
			return nil, s.at(item, "expected one "+what)
		}
		w := text(item)
		if strings.ContainsRune(w, 0) {
			return nil, s.at(item, "a NUL in a "+what)
		}
		out = append(out, w)
	}
	return out, nil
}

// checkPath says what is wrong with a path pattern, "" if nothing.
func checkPath(p string) string {
	for segment := range strings.SplitSeq(p, "/") {
		switch _, err := path.Match(segment, ""); {
		case segment == "", segment == ".", segment == "..":
			return fmt.Sprintf("%q is no path below the top of the tree", p)
		case err != nil:
			return fmt.Sprintf("malformed path pattern %q", p)
		}
	}
	return ""
}
