package gate

import (
	"strings"

	"backstay.dev/backstay/internal/outline"
)

// standard reports whether a file's import is of its language's own library, of
// which no tree has a file: that nothing on the target imports it yet says
// nothing. Of Go see goLacks.
func standard(lang outline.Language, path string) bool {
	switch lang {
	case outline.Python:
		if path == "unittest.mock" {
			return false // of Python 3
		}
		return pythonStandard[path] || pythonStandard[strings.TrimSuffix(strings.TrimSuffix(path, lastOf(path, ".")), ".")]
	case outline.Java, outline.Kotlin, outline.Groovy:
		return strings.HasPrefix(path, "java.") && !within(path, javaYoung)
	case outline.Rust:
		return within(path, []string{"std", "core", "alloc"})
	case outline.JavaScript, outline.TypeScript:
		return strings.HasPrefix(path, "node:")
	}
	return false
}

// library are the names by which a file knows packages of its language's own
// library: that the target has them is for the check of imports to say.
func (t *text) library() map[string]bool {
	names := map[string]bool{}
	for _, b := range t.getImports() {
		if b.name == "*" || b.name == "" {
			continue
		}
		first, _, _ := strings.Cut(b.path, "/")
		if t.lang == outline.Go && !strings.Contains(first, ".") || standard(t.lang, b.path) {
			names[b.name] = true
		}
	}
	return names
}

// within reports whether a path is one of some packages or below.
func within(path string, packages []string) bool {
	for _, p := range packages {
		if rest, ok := strings.CutPrefix(path, p); ok && (rest == "" || rest[0] == '.') {
			return true
		}
	}
	return false
}

// javaYoung are packages that came with Java 8 or later.
var javaYoung = []string{"java.time", "java.util.function", "java.util.stream", "java.net.http", "java.lang.foreign", "java.lang.constant", "java.util.random"}

// pythonStandard are modules that Python has had under these names since 2.7
// (docs.python.org, the module indexes of 2.7 and 3).
var pythonStandard = func() map[string]bool {
	names := map[string]bool{}
	for _, n := range strings.Fields(`abc argparse array ast atexit base64 binascii bisect bz2 calendar cmath cmd code codecs
		codeop collections compileall contextlib copy csv ctypes ctypes.util curses datetime decimal difflib dis doctest email
		encodings errno fcntl filecmp fileinput fnmatch fractions ftplib functools gc getopt getpass gettext glob grp gzip
		hashlib heapq hmac inspect io itertools json keyword linecache locale logging logging.config logging.handlers mailbox
		marshal math mimetypes mmap multiprocessing netrc numbers operator optparse os os.path pdb pickle pickletools pkgutil
		platform plistlib poplib posixpath pprint profile pstats pty pwd pydoc random re readline resource runpy sched select
		shelve shlex shutil signal site smtplib socket sqlite3 ssl stat string stringprep struct subprocess symtable sys
		sysconfig syslog tarfile telnetlib tempfile termios textwrap threading time timeit token tokenize trace traceback tty
		types unicodedata unittest uuid warnings wave weakref webbrowser xml xml.dom xml.dom.minidom xml.etree
		xml.etree.ElementTree xml.sax zipfile zipimport zlib`) {
		names[n] = true
	}
	return names
}()
