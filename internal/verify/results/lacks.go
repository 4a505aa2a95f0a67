package results

import (
	"slices"
	"strings"

	"backstay.dev/backstay/internal/lazy"
)

// lacks are how interpreters, loaders and shells say that a name or a file is
// not there; the group is the name.
var lacks = lazy.Regexp(strings.Join([]string{
	`No module named '?([\w.]+)`, `cannot import name '?(\w+)`, // Python
	`\bname '(\w+)' is not defined`, `has no attribute '(\w+)'`, `does not have the attribute '(\w+)'`, `unexpected keyword argument '(\w+)'`,
	"undefined (?:local variable or )?method ['`](\\w+[?!]?)'", `uninitialized constant ([\w:]+)`, `cannot load such file -- (\S+)`, `unknown keywords?: :?(\w+)`, // Ruby
	`([\w$.]+) is not a (?:function|constructor)`, `\b(\w+) is not defined`, `(?:Cannot find module|Failed to (?:load|resolve) (?:url|import)) ['"]?([^'"\s]+)`, // JavaScript
	`Call to undefined (?:method|function) ([\w:\\]+)\(`, `(?:Class|Interface|Trait) ['"]([\w\\]+)['"] not found`, `Undefined constant ['"]?([\w:\\]+)`, // PHP
	`Can't locate object method "(\w+)"`, `Can't locate (\S+\.pm) in @INC`, `Undefined subroutine &([\w:]+)`, // Perl
	`invalid command name "([^"]+)"`, `(?:field|method|global) '(\w+)' \(a nil value\)|a nil value \((?:field|method|global) '(\w+)'\)`, // Tcl, Lua
	`NoSuch(?:Method|Field)Error: .*?(\w+)(?:\(|$)`, `(?:NoClassDefFoundError|ClassNotFoundException): ([\w./$]+)`, // Java
	`(?i:unknown (?:sub)?command(?: or wrong number of arguments for)?:?) ['"` + "`" + `]?([\w-]+)`,
	`([^\s:'"]+): (?:command )?not found`, `(?:can't|cannot) open (?:file )?['"]?([^'"\s]+?)['"]?: `, `No such file or directory: ['"]?([^'"\s]+)`, `([^\s:'"]+)['"]?: No such file or directory`,
}, `|`))

// maxLacks is how many names Lacks gives.
const maxLacks = 50

// Lacks are the names and files that a text says are not there, in its order.
func Lacks(text string) []string {
	var names []string
	for _, m := range lacks().FindAllStringSubmatch(text, maxLacks) {
		for _, name := range m[1:] {
			if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}
