package results

import (
	"bytes"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/lazy"
)

// Signs are what a log without results gives away of why its command failed.
// Each is a list of lines, in their order, each line once and cut off at a
// few hundred bytes.
type Signs struct {
	// Failed are lines in which a test says that it failed: a framework's, a
	// failed assertion, a crash, a sanitizer's report.
	Failed []string `json:"failed,omitempty"`
	// NotBuilt are lines that compilers, linkers and loaders print when they give
	// up, Missing those that say the same and that a test may print as well: a file
	// is not there, a program is not found, an option is not known.
	NotBuilt []string `json:"notBuilt,omitempty"`
	Missing  []string `json:"missing,omitempty"`
}

const (
	maxSigns = 50  // of each list
	maxSign  = 300 // bytes of one
)

// ReadSigns looks through a log.
func ReadSigns(log []byte) Signs {
	var s Signs
	for l := newLines(bytes.NewReader(log)); l.next(); {
		// Before the expressions are tried: a line of a minified program is long.
		line := strings.TrimSpace(strings.ToValidUTF8(clip(l.text, maxSign), "?"))
		switch {
		case line == "":
		case complaints.MatchString(line) || unloaded().MatchString(line):
			note(&s.NotBuilt, line)
		case missing().MatchString(line):
			note(&s.Missing, line)
		case failing().MatchString(line):
			note(&s.Failed, line)
		}
	}
	return s
}

// note adds a line that is not there yet.
func note(list *[]string, line string) {
	if len(*list) < maxSigns && !slices.Contains(*list, line) {
		*list = append(*list, line)
	}
}

// Without are the signs that others lack: what a command prints that passes is
// no reason for one that fails.
func (s Signs) Without(others Signs) Signs {
	less := func(list, of []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(l string) bool { return slices.Contains(of, l) })
	}
	return Signs{Failed: less(s.Failed, others.Failed), NotBuilt: less(s.NotBuilt, others.NotBuilt), Missing: less(s.Missing, others.Missing)}
}

var (
	// unloaded are what runners and loaders say of tests that could not be begun.
	unloaded = lazy.Regexp(`^(?:` + strings.Join([]string{
		`.*\[(?:build|setup) failed\]`, // go test
		`.*error while loading shared libraries: `,
		`.*\bCannot find module ['"]`,                  // node, jest
		`.*Test suite failed to run`,                   // jest
		`.*Failed to (?:load|resolve) (?:url|import) `, // vite
		`.*Can't locate \S+ in @INC`,                   // perl
		`BEGIN failed--compilation aborted`,            // perl
		`.*syntax error near unexpected token`,         // shells
		`.*: Syntax error: `,
		`.*: bad interpreter: `,
		`.*ERROR collecting `,                       // pytest
		`ERROR: (?:file or directory )?not found: `, // pytest
		`E +(?:ImportError|ModuleNotFoundError|SyntaxError|IndentationError): `,
		`.*Could not find or load main class `, // java
		`.*An error occurred while loading `,   // rspec
		`.*cannot load such file -- `,          // ruby
		`.*No required module provides package `,
	}, `|`) + `)`)
	missing = lazy.Regexp(strings.Join([]string{
		`No such file or directory`, `no such file or directory`,
		`: (?:command )?not found$`,
		`(?i:\b(?:cannot|can't|could not|couldn't|unable to) (?:find|open|load|locate|stat|access|execute|run|import|be (?:found|opened|loaded))\b)`,
		`Permission denied`, `Exec format error`,
		`does not exist`,
		`(?i:\b(?:unknown|unrecognized|invalid|illegal|unexpected) (?:option|flag|argument|keyword|(?:sub)?command)\b)`,
		`^(?i:usage): `,
		`\*\*\* No targets`, `ninja: build stopped`, `ninja: error: `,
		`no required module provides`, `is not in (?:std|GOROOT)`,
		`(?:ClassNotFound|NoClassDefFound|NoSuchMethod|NoSuchField)(?:Exception|Error)`, `UnsatisfiedLinkError`,
		`undefined (?:symbol|function|method|variable|local variable|subroutine)`, `(?:U|u)ndefined (?:symbol|subroutine|method|function)`,
		`has no attribute '`, `does not have the attribute '`, ` is not a function\b`, ` is not defined\b`, `uninitialized constant`,
		`No module named `, `\b(?:ImportError|ModuleNotFoundError|LoadError|SyntaxError|NameError)\b`,
		`(?i:\bno tests? (?:ran|run|found|matched|were found|to run)\b)`, `collected 0 items`, `(?i:nothing to (?:run|test))`,
		`\bdyld(?:\[\d+\])?: `,
	}, `|`))
	failing = lazy.Regexp(strings.Join([]string{
		`(?i:\bassert(?:ion)?\b.*\bfail(?:ed|ure)\b)`, `(?i:\bfailed assertion\b)`, `\bAssertionError\b`, `\bAssertionFailed`,
		`\bpanicked at `, `^panic: `, `^fatal error: all goroutines are asleep`,
		`^not ok\b`,
		`^(?:-+ ?)?\[?\s*(?:FAIL|FAILED|FAILURE)\s*\]?(?:[:\s(]|$)`,
		`[\s:.\[](?:FAIL|FAILED|FAILURE|NOT OK)[\])!.]*$`,
		`\b[1-9]\d* (?:\w+ ){0,2}(?:failed|failures?|failing)\b`,
		`(?i:\bfail(?:ed|ures?|ing)?) *[:=] *[1-9]`,
		`#\s+Failed test`,
		`\b(?:Address|Leak|Memory|Thread|UndefinedBehavior)Sanitizer: `, `: runtime error: `, `ERROR SUMMARY: [1-9]`,
		`(?:Segmentation fault|Aborted|Bus error|Illegal instruction|Floating point exception|Trace/breakpoint trap)(?: \(core dumped\))?(?:\s+.*)?$`,
		`(?i:\bexpect(?:ed|ing|s)?\b.*\b(?:got|but|actual(?:ly)?|received|found|was|is)\b)`,
		`(?i:\b(?:got|actual|received)\b.*\b(?:want|wanted|expected)\b)`,
		` differ(?:: (?:byte|char) \d|$)`,
	}, `|`))
)
