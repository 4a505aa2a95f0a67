package fileclass_test

import (
	"bytes"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/adapt/fileclass"
)

func TestChangelogEntry(t *testing.T) {
	t.Parallel()
	const entry = "*   Fix the leak.\n\n    *Ann*\n\n"
	rule := strings.Repeat("=", 80) + "\n"
	const older = "*   Older.\n\n    *Bob*\n\n\n## App 1.1 (May 2, 2020) ##\n\n*   Old.\n"
	tests := []struct{ name, path, base, ours, theirs, want string }{
		{
			name: "blocks at the top", path: "CHANGELOG.md",
			base: "*   New thing.\n\n    *Cy*\n\n" + older, theirs: entry + "*   New thing.\n\n    *Cy*\n\n" + older,
			ours: "*   Own fix.\n\n    *Dee*\n\n" + older, want: entry + "*   Own fix.\n\n    *Dee*\n\n" + older,
		},
		{
			name: "the branch names what is to come", path: "CHANGELOG.md",
			base: "*   New thing.\n\n" + older, theirs: entry + "*   New thing.\n\n" + older,
			ours: "## App 1.2.3 (unreleased) ##\n\n*   Own fix.\n\n" + older,
			want: "## App 1.2.3 (unreleased) ##\n\n" + entry + "*   Own fix.\n\n" + older,
		},
		{
			name: "the branch's newest release is out", path: "CHANGELOG.md",
			base: "*   New thing.\n\n" + older, theirs: entry + "*   New thing.\n\n" + older,
			ours: "## App 1.0.9 (March 3, 2021) ##\n\n*   No changes.\n\n\n## App 1.0.8 (March 1, 2021) ##\n",
			want: entry + "\n## App 1.0.9 (March 3, 2021) ##\n\n*   No changes.\n\n\n## App 1.0.8 (March 1, 2021) ##\n",
		},
		{
			name: "keep a changelog", path: "CHANGELOG.md",
			base:   "# Changelog\n\n## [Unreleased]\n### Added\n- Thing\n\n### Fixed\n- Other\n",
			theirs: "# Changelog\n\n## [Unreleased]\n### Added\n- Thing\n\n### Fixed\n- The leak\n- Other\n",
			ours:   "# Changelog\n\n## [Unreleased]\n### Fixed\n- Own\n\n## [1.0.0] - 2020-01-01\n### Fixed\n- Old\n",
			want:   "# Changelog\n\n## [Unreleased]\n### Fixed\n- The leak\n- Own\n\n## [1.0.0] - 2020-01-01\n### Fixed\n- Old\n",
		},
		{
			name: "keep a changelog, nothing unreleased yet", path: "CHANGELOG.md",
			base:   "# Changelog\n\n## [Unreleased]\n### Fixed\n- Other\n",
			theirs: "# Changelog\n\n## [Unreleased]\n### Fixed\n- The leak\n- Other\n",
			ours:   "# Changelog\n\n## [1.0.0] - 2020-01-01\n### Fixed\n- Old\n",
			want:   "# Changelog\n\n## [Unreleased]\n### Fixed\n- The leak\n\n## [1.0.0] - 2020-01-01\n### Fixed\n- Old\n",
		},
		{
			name: "underlined titles, at the end", path: "NEWS.rst",
			base:   "News\n====\n\n2.1 (unreleased)\n----------------\n\n- One.\n",
			theirs: "News\n====\n\n2.1 (unreleased)\n----------------\n\n- One.\n- The leak.\n",
			ours:   "News\n====\n\n2.0.4 (unreleased)\n------------------\n\n- Own.\n\n2.0.3 (2020-01-01)\n------------------\n\n- Old.\n",
			want:   "News\n====\n\n2.0.4 (unreleased)\n------------------\n\n- Own.\n- The leak.\n\n2.0.3 (2020-01-01)\n------------------\n\n- Old.\n",
		},
		{
			name: "lists in HTML, shown from the second line on", path: "changelog.html",
			base: "<!--\n- Record here.\n-->\n<ul class=image>\n  <li class=bug>\n    One\n</ul>\n", theirs: "<!--\n- Record here.\n-->\n<ul class=image>\n  <li class=bug>\n    Leak\n  <li class=bug>\n    One\n</ul>\n",
			ours: "<!--\n- Record here.\n-->\n<ul class=image>\n  <li class=rfe>\n    Own\n</ul>\n", want: "<!--\n- Record here.\n-->\n<ul class=image>\n  <li class=bug>\n    Leak\n  <li class=rfe>\n    Own\n</ul>\n",
		},
		{
			name: "an item that waits for its text", path: "changelog.html",
			base: "<ul>\n  <li class=>\n</ul>\n<h3>1.5 (2013/01/01)</h3>\n", theirs: "<ul>\n  <li class=bug>\n    Leak\n</ul>\n<h3>1.5 (2013/01/01)</h3>\n",
			ours: "<ul>\n  <li class='rfe'>\n    Own\n</ul>\n<h3>1.4.2 (2013/01/01)</h3>\n", want: "<ul>\n  <li class=bug>\n    Leak\n  <li class='rfe'>\n    Own\n</ul>\n<h3>1.4.2 (2013/01/01)</h3>\n",
		},
		{
			name: "titles between rules, nothing open", path: "00-RELEASENOTES",
			base:   rule + "Store 7.2.1     Released Wed 6 Sep 13:00:00 2023\n" + rule + "\nUpgrade urgency LOW\n\nBug Fix\n=========\n\n* One (#1)\n\n" + rule + "Store 7.2.0     Released Tue 15 Aug 12:00:00 2023\n" + rule + "\n* Old\n",
			theirs: rule + "Store 7.2.1     Released Wed 6 Sep 13:00:00 2023\n" + rule + "\nUpgrade urgency LOW\n\nBug Fix\n=========\n\n* The leak (#2)\n* One (#1)\n\n" + rule + "Store 7.2.0     Released Tue 15 Aug 12:00:00 2023\n" + rule + "\n* Old\n",
			ours:   rule + "Store 6.2.9     Released Tue 5 Sep 12:00:00 2023\n" + rule + "\n* Own\n\n" + rule + "Store 6.2.8     Released Mon 4 Sep 12:00:00 2023\n" + rule + "\n* Old\n",
			want:   "* The leak (#2)\n\n" + rule + "Store 6.2.9     Released Tue 5 Sep 12:00:00 2023\n" + rule + "\n* Own\n\n" + rule + "Store 6.2.8     Released Mon 4 Sep 12:00:00 2023\n" + rule + "\n* Old\n",
		},
		{
			name: "titles between rules, one that is to come", path: "00-RELEASENOTES",
			base: rule + "Store 7.2.1     (unreleased)\n" + rule + "\n* One (#1)\n", theirs: rule + "Store 7.2.1     (unreleased)\n" + rule + "\n* One (#1)\n* The leak (#2)\n",
			ours: rule + "Store 6.2.9     (unreleased)\n" + rule + "\n* Own\n\n" + rule + "Store 6.2.8     Released Mon 4 Sep 12:00:00 2023\n" + rule + "\n* Old\n",
			want: rule + "Store 6.2.9     (unreleased)\n" + rule + "\n* Own\n* The leak (#2)\n\n" + rule + "Store 6.2.8     Released Mon 4 Sep 12:00:00 2023\n" + rule + "\n* Old\n",
		},
		{
			name: "Debian", path: "debian/changelog",
			base:   "tool (2.0-2) UNRELEASED; urgency=medium\n\n  * One.\n\n -- A <a@x>  Mon, 06 Jan 2020 00:00:00 +0000\n",
			theirs: "tool (2.0-2) UNRELEASED; urgency=medium\n\n  * One.\n  * The leak.\n\n -- A <a@x>  Mon, 06 Jan 2020 00:00:00 +0000\n",
			ours:   "tool (1.0-9) UNRELEASED; urgency=medium\n\n  * Own.\n\n -- A <a@x>  Tue, 07 Jan 2020 00:00:00 +0000\n",
			want:   "tool (1.0-9) UNRELEASED; urgency=medium\n\n  * Own.\n  * The leak.\n\n -- A <a@x>  Tue, 07 Jan 2020 00:00:00 +0000\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := conflict.New(tt.path, []byte(tt.base), []byte(tt.ours), []byte(tt.theirs))
			if len(f.Chunks) == 0 {
				t.Fatal("git merges this by itself")
			}
			got, _, ok := fileclass.ChangelogEntry(f)
			if !ok || string(got) != tt.want {
				t.Errorf("%v\n%s\nwant\n%s", ok, got, tt.want)
			}
			if left, _, ok := fileclass.ChangelogLeftOut(f); !ok || string(left) != tt.ours {
				t.Errorf("left out: %v %q", ok, left)
			}
		})
	}
}

// Only whole entries are placed, and only in changelogs.
func TestChangelogNoAnswer(t *testing.T) {
	t.Parallel()
	for path, text := range map[string][3]string{
		"CHANGELOG.md": {"- One\n", "- One!\n", "- One more\n"},
		"main.go":      {"a\n", "a\nb\n", "a\nc\n"},
	} {
		f := conflict.New(path, []byte(text[0]), []byte(text[1]), []byte(text[2]))
		if got, _, ok := fileclass.ChangelogEntry(f); ok {
			t.Errorf("%s: %q", path, got)
		}
	}
	f := conflict.New("main.go", nil, []byte("a\n"), []byte("b\n"))
	if _, _, ok := fileclass.ChangelogLeftOut(f); ok {
		t.Error("code is not left out")
	}
}

// All of the branch's changelog stays but for what git itself merges, and the
// entry is there once.
func FuzzChangelogEntry(f *testing.F) {
	f.Add([]byte("- a\n"), []byte("- b\n"), []byte("- c\n- a\n"))
	f.Add([]byte("# 1.0\n\n* a\n"), []byte("# 0.9 (2020-01-01)\n\n* a\n"), []byte("# 1.0\n\n* b\n* a\n"))
	f.Add([]byte("eighteen\n0\n\n"), []byte("eighteen\n0\n2\n\n42\n\n"), []byte("9\n0\n\n7\n0\n* a\n"))
	f.Add([]byte("<ul>\n<li class=>\n</ul>"), []byte("<ul>\n<li>x\n</ul>"), []byte("<ul>\n<li>y\n</ul>"))
	f.Fuzz(func(t *testing.T, base, ours, theirs []byte) {
		file := conflict.New("CHANGELOG.md", base, ours, theirs)
		text, _, ok := fileclass.ChangelogEntry(file)
		if !ok {
			return
		}
		own := make([][]byte, len(file.Chunks))
		for i, c := range file.Chunks {
			own[i] = c.Ours
		}
		for _, line := range strings.Split(string(file.Text(own)), "\n") {
			word := strings.TrimSpace(line)
			if !bytes.Contains(text, []byte(word)) && !strings.HasPrefix(strings.ToLower(word), "<li") && len(word) > 5 {
				t.Errorf("%q is gone from %q", line, text)
			}
		}
	})
}
