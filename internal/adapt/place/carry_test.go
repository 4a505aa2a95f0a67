package place_test

import (
	"fmt"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/adapt/place"
)

// function is a C function of a few telling lines.
func function(name string) string {
	return fmt.Sprintf("static int %[1]s(struct dev *d)\n{\n\tint ret = prepare_%[1]s(d);\n\n\tif (ret)\n\t\treturn fail_%[1]s(d, ret);\n\tlog_%[1]s(d);\n\treturn 0;\n}\n", name)
}

func functions(names ...string) string {
	var parts []string
	for _, n := range names {
		parts = append(parts, function(n))
	}
	return "#include \"a.h\"\n\n" + strings.Join(parts, "\n")
}

// fixed is function with the fix's line.
func fixed(name string) string {
	return strings.Replace(function(name), "\tlog_"+name+"(d);\n", "\tlog_"+name+"(d);\n\tcheck_"+name+"(d);\n", 1)
}

// history is a base that only the fix's side has, the fix and the target; each
// is a text of file sections.
func history(before, fix, target string) string {
	return "-- commit start on main: start --\n-- file README --\nread me\n-- branch old from main --\n" +
		"-- commit before on main: before --\n" + before + "-- commit fix on main: fix --\n" + fix + "-- commit on old: target --\n" + target
}

func file(path, text string) string { return "-- file " + path + " --\n" + text }

func TestCarry(t *testing.T) {
	t.Parallel()
	all := functions("alpha", "beta", "gamma", "delta")
	mended := strings.Replace(all, function("beta"), fixed("beta"), 1)
	both := strings.Replace(mended, function("delta"), fixed("delta"), 1)
	own := functions("mine", "yours", "ours")
	cases := []struct {
		name              string
		path              string
		base, theirs      string
		target            map[string]string // the target's files
		want              map[string]string // the files as the landings leave them
		verdict           place.Verdict
		rung              string
		chunks, leftHunks int
	}{
		{
			name: "moved folder", path: "drivers/x.c", base: all, theirs: mended,
			target:  map[string]string{"net/x.c": all + "\n" + function("mine")},
			want:    map[string]string{"net/x.c": mended + "\n" + function("mine")},
			verdict: place.Placed, rung: "place-file",
		},
		{
			name: "split: each function to where it lives", path: "x.c", base: all, theirs: both,
			target: map[string]string{"a.c": functions("alpha", "beta", "mine"), "b.c": functions("yours", "gamma", "delta")},
			want: map[string]string{
				"a.c": strings.Replace(functions("alpha", "beta", "mine"), function("beta"), fixed("beta"), 1),
				"b.c": strings.Replace(functions("yours", "gamma", "delta"), function("delta"), fixed("delta"), 1),
			},
			verdict: place.Placed, rung: "place-function",
		},
		{
			name: "merged into a larger file, in another order", path: "small.c", base: functions("alpha", "beta"), theirs: strings.Replace(functions("alpha", "beta"), function("beta"), fixed("beta"), 1),
			target:  map[string]string{"large.c": functions("mine", "beta", "yours", "alpha", "ours")},
			want:    map[string]string{"large.c": strings.Replace(functions("mine", "beta", "yours", "alpha", "ours"), function("beta"), fixed("beta"), 1)},
			verdict: place.Placed,
		},
		{
			name: "copied: each copy is mended", path: "shared.c", base: functions("alpha", "beta"), theirs: strings.Replace(functions("alpha", "beta"), function("beta"), fixed("beta"), 1),
			target:  map[string]string{"one.c": functions("beta", "mine"), "two.c": functions("yours", "beta")},
			want:    map[string]string{"one.c": strings.Replace(functions("beta", "mine"), function("beta"), fixed("beta"), 1), "two.c": strings.Replace(functions("yours", "beta"), function("beta"), fixed("beta"), 1)},
			verdict: place.Placed, rung: "place-function",
		},
		{
			name: "renamed function", path: "x.c", base: all, theirs: mended,
			target:  map[string]string{"y.c": "int other;\n" + strings.ReplaceAll(all, "int beta(", "int beta_v2(")},
			want:    map[string]string{"y.c": "int other;\n" + strings.ReplaceAll(mended, "int beta(", "int beta_v2(")},
			verdict: place.Placed,
		},
		{
			name: "new function beside its neighbour", path: "x.c", base: all,
			theirs:  strings.Replace(all, function("gamma"), function("added")+"\n"+function("gamma"), 1),
			target:  map[string]string{"y.c": functions("mine", "gamma", "yours", "beta")},
			want:    map[string]string{"y.c": "#include \"a.h\"\n\n" + strings.Join([]string{function("mine"), function("added"), function("gamma"), function("yours"), function("beta")}, "\n")},
			verdict: place.Placed,
		},
		{
			name: "a function that the target lacks", path: "x.c", base: all, theirs: both,
			target:  map[string]string{"y.c": functions("beta", "mine", "alpha")},
			want:    map[string]string{"y.c": strings.Replace(functions("beta", "mine", "alpha"), function("beta"), fixed("beta"), 1)},
			verdict: place.Partly, rung: "place-function", leftHunks: 1,
		},
		{
			name: "the function differs where the fix changes it", path: "x.c", base: all, theirs: mended,
			target:  map[string]string{"y.c": strings.ReplaceAll(functions("mine", "beta", "alpha"), "log_beta(d)", "trace_beta(d, 1)")},
			verdict: place.Placed, chunks: 1,
		},
		{
			name: "no home", path: "x.c", base: all, theirs: mended,
			target:  map[string]string{"y.c": own},
			verdict: place.Absent,
		},
		{
			name: "the function has moved in its file", path: "x.c", base: functions("mine", "alpha", "beta", "yours"),
			theirs: strings.Replace(functions("mine", "alpha", "beta", "yours"), function("beta"), fixed("beta"), 1),
			target: map[string]string{"x.c": functions("beta", "mine", "ours", "alpha", "yours")},
			want:   map[string]string{"x.c": strings.Replace(functions("beta", "mine", "ours", "alpha", "yours"), function("beta"), fixed("beta"), 1)},
		},
		{
			name: "the function has moved to another file, the rest is here", path: "x.c", base: all, theirs: both,
			target: map[string]string{"x.c": functions("alpha", "gamma", "delta"), "util.c": functions("yours", "beta")},
			want: map[string]string{
				"x.c":    strings.Replace(functions("alpha", "gamma", "delta"), function("delta"), fixed("delta"), 1),
				"util.c": strings.Replace(functions("yours", "beta"), function("beta"), fixed("beta"), 1),
			},
			verdict: place.Placed,
		},
		{
			name: "another indentation", path: "m.py",
			base:    "class A:\n    def alpha(self):\n        first = self.one()\n        return first\n\n    def beta(self):\n        second = self.two()\n        return second\n",
			theirs:  "class A:\n    def alpha(self):\n        first = self.one()\n        return first\n\n    def beta(self):\n        second = self.two()\n        self.check(second)\n        return second\n",
			target:  map[string]string{"n.py": "import os\n\n\nclass B:\n    class A:\n        def beta(self):\n            second = self.two()\n            return second\n\n        def gamma(self):\n            return self.three()\n"},
			want:    map[string]string{"n.py": "import os\n\n\nclass B:\n    class A:\n        def beta(self):\n            second = self.two()\n            self.check(second)\n            return second\n\n        def gamma(self):\n            return self.three()\n"},
			verdict: place.Placed, rung: "place-function",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			target := ""
			for path, text := range c.target {
				target += file(path, text)
			}
			s := open(t, history(file(c.path, c.base), file(c.path, c.theirs), target))
			got := s.carry(t, c.path)
			if c.verdict != "" && got.Verdict != c.verdict {
				t.Errorf("verdict %q: %s", got.Verdict, got.Why)
			}
			left, chunks := 0, 0
			for _, l := range got.Left {
				left += len(l.Hunks)
			}
			for _, l := range got.Landings {
				chunks += len(l.File.Chunks)
				if c.rung != "" && l.Rung != c.rung {
					t.Errorf("%s by %q, want %q", l.Path, l.Rung, c.rung)
				}
				text, clean := l.File.Merge.Text()
				if want, ok := c.want[l.Path]; clean && (!ok || string(text) != want) {
					t.Errorf("%s becomes\n%s", l.Path, text)
				}
			}
			if chunks != c.chunks || left != c.leftHunks || c.want != nil && len(got.Landings) != len(c.want) {
				t.Errorf("%d chunks, %d hunks left, %d landings: %s", chunks, left, len(got.Landings), got.Why)
			}
		})
	}
}

// The example that every patch tool puts into the wrong function without a
// word: of two functions with the same body, only the one that the fix does not
// mean still has it on the target.
func TestNothingLandsInAnotherFunction(t *testing.T) {
	t.Parallel()
	const head = "#include \"a.h\"\n\n"
	body := func(name string) string {
		return "static int " + name + "(struct dev *d, size_t len)\n{\n\tint ret;\n\n\tif (!d)\n\t\treturn -EINVAL;\n\n\tret = d->ops->io(d, len);\n\tif (ret)\n\t\treturn ret;\n\treturn 0;\n}\n"
	}
	changed := "static int dev_write(struct dev *d, size_t len)\n{\n\tint ret;\n\n\tif (!d || !d->ops)\n\t\treturn -ENODEV;\n\tmutex_lock(&d->lock);\n\tret = d->ops->io(d, len);\n\tmutex_unlock(&d->lock);\n\treturn ret;\n}\n"
	base := head + body("dev_read") + "\n" + body("dev_write")
	theirs := head + body("dev_read") + "\n" + strings.Replace(body("dev_write"), "\tret = d->ops", "\tif (len > d->max)\n\t\treturn -E2BIG;\n\n\tret = d->ops", 1)
	for name, target := range map[string]map[string]string{
		"no language":        {"y.txt": head + body("dev_read") + "\n" + changed},
		"no language, here":  {"x.txt": head + body("dev_read") + "\n" + changed},
		"same file":          {"x.c": head + body("dev_read") + "\n" + changed},
		"moved":              {"y.c": head + body("dev_read") + "\n" + changed},
		"in another order":   {"x.c": head + changed + "\n" + body("dev_read")},
		"only the other one": {"y.c": head + body("dev_read")},
		"split":              {"r.c": head + body("dev_read"), "w.c": head + changed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, path := "", "x.c"
			for p, content := range target {
				text += file(p, content)
				if strings.HasSuffix(p, ".txt") {
					path = "x.txt"
				}
			}
			for _, l := range open(t, history(file(path, base), file(path, theirs), text)).carry(t, path).Landings {
				for _, side := range []string{"ours", "theirs"} {
					answers := make([][]byte, len(l.File.Chunks))
					for i, c := range l.File.Chunks {
						answers[i] = c.Ours
						if side == "theirs" {
							answers[i] = c.Theirs
						}
					}
					text := string(l.File.Text(answers))
					if strings.Contains(target[l.Path], body("dev_read")) && !strings.Contains(text, body("dev_read")) {
						t.Errorf("dev_read is changed in %s with the chunks' %s:\n%s", l.Path, side, text)
					}
					if clean, ok := l.File.Merge.Text(); ok && string(clean) != target[l.Path] {
						t.Errorf("%s is changed without a question:\n%s", l.Path, clean)
					}
				}
			}
		})
	}
}
