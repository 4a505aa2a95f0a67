package outline

import (
	"bytes"
	"strings"
)

// Language names a language; "" is plain text. C headers are C.
type Language string

// The languages that have a lexer of their own. Those from Groovy on are only
// cut into tokens and read by their brackets.
const (
	Plain      Language = ""
	C          Language = "c"
	CPP        Language = "cpp"
	Go         Language = "go"
	Python     Language = "python"
	Java       Language = "java"
	JavaScript Language = "javascript"
	TypeScript Language = "typescript"
	Ruby       Language = "ruby"
	Rust       Language = "rust"
	PHP        Language = "php"
	Shell      Language = "shell"
	YAML       Language = "yaml"
	JSON       Language = "json"
	TOML       Language = "toml"
	INI        Language = "ini"
	XML        Language = "xml"
	HTML       Language = "html"
	Markdown   Language = "markdown"
	Make       Language = "make"
	CSS        Language = "css"
	Groovy     Language = "groovy"
	Kotlin     Language = "kotlin"
	CSharp     Language = "csharp"
	Proto      Language = "proto"
	Tcl        Language = "tcl"
	Lua        Language = "lua"
	SQL        Language = "sql"
)

var byExtension = extensions(map[Language]string{
	C:          "c h",
	CPP:        "cc cpp cxx c++ hh hpp hxx h++ ipp inl tpp cu cuh",
	Go:         "go",
	Python:     "py pyi pyw pyx",
	Java:       "java",
	JavaScript: "js mjs cjs jsx es6",
	TypeScript: "ts tsx mts cts",
	Ruby:       "rb rake gemspec ru podspec jbuilder thor",
	Rust:       "rs",
	PHP:        "php phtml php5 inc",
	Shell:      "sh bash zsh ksh bats ebuild",
	YAML:       "yaml yml",
	JSON:       "json webmanifest geojson jsonc json5 avsc",
	TOML:       "toml",
	INI:        "ini cfg conf properties service socket timer desktop editorconfig",
	XML:        "xml xsd xsl xslt pom svg jelly xhtml plist csproj wsdl rng",
	HTML:       "html htm vue",
	Markdown:   "md markdown mdown mkd",
	Make:       "mk mak make",
	CSS:        "css scss less",
	Groovy:     "groovy gradle gvy",
	Kotlin:     "kt kts",
	CSharp:     "cs",
	Proto:      "proto",
	Tcl:        "tcl tk exp",
	Lua:        "lua",
	SQL:        "sql",
})

var byName = map[string]Language{
	"makefile": Make, "gnumakefile": Make, "kbuild": Make,
	"rakefile": Ruby, "gemfile": Ruby, "guardfile": Ruby, "vagrantfile": Ruby, "capfile": Ruby, "thorfile": Ruby, "brewfile": Ruby,
	"jenkinsfile": Groovy, "sconstruct": Python, "sconscript": Python, "wscript": Python,
	"cargo.lock": TOML, "poetry.lock": TOML, "uv.lock": TOML, "gopkg.lock": TOML, "pipfile": TOML, "pdm.lock": TOML,
	"package-lock.json": JSON, "composer.lock": JSON, "pipfile.lock": JSON, "flake.lock": JSON,
	".bashrc": Shell, ".profile": Shell, ".zshrc": Shell, ".envrc": Shell, "pkgbuild": Shell, "apkbuild": Shell,
	".gitconfig": INI, ".gitmodules": INI, ".editorconfig": INI, ".npmrc": INI, ".pylintrc": INI, ".coveragerc": INI,
	".clang-format": YAML, ".clang-tidy": YAML, ".eslintrc": JSON, ".babelrc": JSON, ".prettierrc": JSON,
}

// byInterpreter is asked for the program of a "#!" line, version digits taken off.
var byInterpreter = map[string]Language{
	"sh": Shell, "bash": Shell, "dash": Shell, "zsh": Shell, "ksh": Shell, "ash": Shell, "mksh": Shell, "bats": Shell,
	"python": Python, "pypy": Python, "ruby": Ruby, "jruby": Ruby, "node": JavaScript, "nodejs": JavaScript, "deno": TypeScript, "bun": TypeScript,
	"php": PHP, "tclsh": Tcl, "wish": Tcl, "expect": Tcl, "lua": Lua, "luajit": Lua, "make": Make, "groovy": Groovy,
}

func extensions(lists map[Language]string) map[string]Language {
	out := make(map[string]Language)
	for lang, list := range lists {
		for ext := range strings.FieldsSeq(list) {
			out[ext] = lang
		}
	}
	return out
}

// Detect tells a file's language by its name, else by a "#!" line at the head of
// its content, which may be nil. A C header with C++ inside is C.
func Detect(path string, content []byte) Language {
	name := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	if lang, ok := byName[name]; ok {
		return lang
	}
	for {
		dot := strings.LastIndexByte(name, '.')
		if dot < 0 {
			break
		}
		ext := name[dot+1:]
		if lang, ok := byExtension[ext]; ok {
			return lang
		}
		name = name[:dot]
		if ext != "in" && ext != "tmpl" && ext != "template" && ext != "dist" && ext != "sample" && ext != "example" {
			break // config.h.in is C all the same
		}
		if lang, ok := byName[name]; ok {
			return lang
		}
	}
	return interpreter(content)
}

func interpreter(content []byte) Language {
	line, ok := bytes.CutPrefix(content, []byte("#!"))
	if !ok {
		return Plain
	}
	line = line[:min(len(line), 200)]
	if n := bytes.IndexByte(line, '\n'); n >= 0 {
		line = line[:n]
	}
	for word := range strings.FieldsSeq(string(line)) {
		word = word[strings.LastIndexByte(word, '/')+1:]
		if word == "env" || strings.HasPrefix(word, "-") || strings.Contains(word, "=") {
			continue
		}
		return byInterpreter[strings.TrimRight(word, "0123456789.")]
	}
	return Plain
}
