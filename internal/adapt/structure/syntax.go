package structure

import (
	"bytes"
	"regexp"

	"backstay.dev/backstay/internal/outline"
)

// reader gives what reads the imports of a language; nil if there is none.
func reader(lang outline.Language) parse {
	switch lang {
	case "go":
		return one(goImport)
	case "python":
		return pythonStatement
	case "java", "kotlin", "scala", "groovy":
		return one(javaImport)
	case "javascript", "typescript":
		return one(scriptImport)
	case "c", "cpp":
		return one(include)
	case "ruby":
		return one(require)
	case "rust":
		return one(rustUse)
	case "php":
		return one(phpUse)
	}
	return nil
}

var (
	goImport     = regexp.MustCompile(`^(?:import\s+)?(?:[\w.]+\s+)?"([^"]+)"\s*(?://.*)?$`)
	javaImport   = regexp.MustCompile(`^import\s+((?:static\s+)?[\w.*]+)\s*;?$`)
	scriptImport = regexp.MustCompile(`^(?:import\s+(?:type\s+)?(?:[\w$*]+(?:\s+as\s+[\w$]+)?\s*,?\s*)?(?:\{[^}]*\}\s*)?(?:from\s+)?|(?:const|let|var)\s+(?:[\w$]+|\{[^}]*\})\s*=\s*require\()['"]([^'"]+)['"]\)?\s*;?$`)
	include      = regexp.MustCompile(`^#\s*(?:include|import)\s+([<"][^>"]+[>"])`)
	require      = regexp.MustCompile(`^(?:require(?:_relative|_dependency)?|autoload\s+:\w+,|load)\s*\(?\s*["']([^"']+)["']\)?$`)
	rustUse      = regexp.MustCompile(`^(?:pub\s+)?(?:use|extern crate|mod)\s+([\w:{}, *]+);$`)
	phpUse       = regexp.MustCompile(`^use\s+((?:function\s+|const\s+)?[\w\\]+)(?:\s+as\s+\w+)?\s*;$`)
	pythonImport = regexp.MustCompile(`^import\s+([\w.]+)(?:\s+as\s+(\w+))?\s*(?:#.*)?$`)
	pythonFrom   = regexp.MustCompile(`^from\s+([\w.]+)\s+import\s+(\(?)([^#()]*)(\)?)\s*(?:#.*)?$`)
)

// one reads statements of one line each.
func one(pattern *regexp.Regexp) parse {
	return func(lines [][]byte) (statement, int) {
		if len(lines) == 0 {
			return statement{}, 0
		}
		l := bytes.TrimSpace(lines[0])
		if len(l) == 0 {
			return statement{void: true}, 1
		}
		if m := pattern.FindSubmatch(l); m != nil {
			return statement{key: string(m[1])}, 1
		}
		return statement{}, 0
	}
}

// pythonStatement reads imports of one line. Of those in brackets over several
// lines it has nothing to say.
func pythonStatement(lines [][]byte) (statement, int) {
	if len(lines) == 0 {
		return statement{}, 0
	}
	l := bytes.TrimSpace(lines[0])
	if len(l) == 0 {
		return statement{void: true}, 1
	}
	if m := pythonImport.FindSubmatch(l); m != nil {
		return statement{key: string(m[1])}, 1
	}
	if m := pythonFrom.FindSubmatch(l); m != nil {
		if len(m[2]) != len(m[4]) {
			return statement{}, 0
		}
		return statement{key: string(m[1]), names: string(m[3])}, 1
	}
	return statement{}, 0
}
