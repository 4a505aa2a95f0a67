package results

import (
	"bytes"
	"regexp"
	"strings"
)

// complaints are lines that compilers, linkers and loaders print when they give
// up. Only the first 500 bytes of a line are looked at.
var complaints = regexp.MustCompile(`^(?:` + strings.Join([]string{
	`\S.*:\d+(?::\d+)?: (?:fatal )?error: `,                                // gcc, clang, javac, swiftc
	`error\[E\d+\]: `, `error: (?:could not compile|aborting due|linking)`, // rustc
	`\[ERROR\] .*\.(?:java|kt|scala|groovy):(?:\[\d+,\d+\]|\d+)`, // Maven
	`\[ERROR\] COMPILATION ERROR`,
	`e: (?:file:)?/?\S+\.kts?:`, // kotlinc
	`\S+\(\d+,\d+\): error `,    // tsc, csc, msvc
	`\S+:\d+:\d+ - error TS\d+`, // tsc --pretty
	`.*\.go:\d+:\d+: `,          // go
	`.*undefined reference to `, // ld
	`(?:ld|collect2|lld|clang|gcc|cc)(?:\.\w+)?: .*error`,
	`g?make(?:\[\d+\])?: \*\*\* No rule `,        // other failures may be those of a test
	`FAILED: .*\.(?:o|obj|a|so|dylib|dll|exe)\b`, // ninja
	`CMake Error`,
	`meson.build:\d+:\d+: ERROR: `,
	`> Compilation failed`, // gradle
	`(?:\w+\.)*(?:ImportError|ModuleNotFoundError|SyntaxError|IndentationError|LoadError|NameError): `,
	`Error: Cannot find module `,
	`(?:PHP )?(?:Parse|Fatal) error: `,
	`go: .*(?:go\.mod|module)`,
}, `|`) + `)`)

// BuildFailure gives the first lines of what a compiler, linker or loader
// complains of in a log, "" where none is seen; at most 2 KiB. It is for logs
// without results: a failing test may print lines that look the same.
func BuildFailure(log []byte) string {
	const context = 4 // lines behind one that matches
	var out excerpt
	left := 0
	for l := newLines(bytes.NewReader(log)); out.size < maxNotBuilt && l.next(); {
		line := strings.ToValidUTF8(clip(l.text, maxID), "?")
		if complaints.MatchString(line) {
			left = context + 1
		}
		if left > 0 && line != "" {
			out.line(line)
			left--
		}
	}
	return clip(strings.TrimSpace(out.String()), maxNotBuilt)
}
