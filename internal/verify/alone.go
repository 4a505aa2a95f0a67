package verify

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/verify/results"
	"backstay.dev/backstay/internal/verify/tests"
)

// maxAlone is how many tests are named to be run again; of more, all are run.
const maxAlone = 200

// alone are commands that run these tests and, where the runner is known, no
// others: of a command that is a test itself that command, else all that the
// platform has.
func (l *lane) alone(ids []string, first outcome) [][]string {
	opaque := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !slices.Contains(first.Opaque, id) })
	if len(opaque) == len(ids) {
		return slices.DeleteFunc(slices.Clone(l.p.Test), func(c []string) bool { return !slices.Contains(ids, strings.Join(c, " ")) })
	}
	if len(opaque) > 0 || len(ids) > maxAlone {
		return l.p.Test
	}
	for _, c := range l.p.Test {
		var commands [][]string
		switch first.Report.Format {
		case results.Go, results.GoJSON:
			commands = aloneGo(c, ids)
		case results.Pytest:
			commands = alonePytest(c, ids)
		default:
			if one := tests.ByID(c, ids); one != nil {
				commands = [][]string{one}
			}
		}
		if commands != nil {
			return commands
		}
	}
	return l.p.Test
}

// goID is the id of a test of Go: import/path.TestA/sub.
var goID = regexp.MustCompile(`^(.+?)\.((?:Test|Example|Fuzz)[^/.]*)(?:/.*)?$`)

// aloneGo names tests of Go by their functions: the narrowed command is that of
// tests at the top, with their packages in its place.
func aloneGo(command, ids []string) [][]string {
	var chosen tests.Selection
	packages := map[string]bool{}
	for _, id := range ids {
		m := goID.FindStringSubmatch(id)
		if m == nil || strings.HasPrefix(id, "-") {
			return nil // a package, or nothing that could be an argument
		}
		packages[m[1]] = true
		chosen.Tests = append(chosen.Tests, tests.Test{File: "all_test.go", Name: m[2], Func: m[2]})
	}
	commands, _ := tests.Narrow(command, nil, chosen)
	if len(commands) != 1 {
		return nil
	}
	at := slices.Index(commands[0], ".")
	if at < 0 || slices.Contains(commands[0][at+1:], ".") {
		return nil
	}
	return [][]string{slices.Concat(commands[0][:at], slices.Sorted(maps.Keys(packages)), commands[0][at+1:])}
}

// alonePytest names tests by their node ids.
func alonePytest(command, ids []string) [][]string {
	var chosen tests.Selection
	for _, id := range ids {
		file, rest, ok := strings.Cut(id, "::")
		if !ok || path.IsAbs(file) {
			return nil
		}
		chosen.Tests = append(chosen.Tests, tests.Test{File: file, Name: id, Func: rest[strings.LastIndex(rest, ":")+1:]})
	}
	commands, _ := tests.Narrow(command, nil, chosen)
	return commands
}
