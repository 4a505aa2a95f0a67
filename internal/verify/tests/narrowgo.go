package tests

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	// goValued are the flags of go build and go test that take a value, without
	// their dashes.
	goValued = words(`C run skip tags timeout count p parallel cpu bench benchtime blockprofile blockprofilerate coverprofile covermode
		coverpkg o exec gcflags ldflags asmflags gccgoflags mod modfile overlay pkgdir pgo shuffle vet outputdir buildmode compiler
		installsuffix fuzz fuzztime fuzzminimizetime list trace memprofile memprofilerate mutexprofile mutexprofilefraction cpuprofile toolexec`)
	goBool = words(`a n v x i c race msan asan cover json short failfast benchmem work trimpath linkshared modcacherw buildvcs fullpath artifacts`)
	// goDropped choose other tests, measure, or write elsewhere.
	goDropped = words(`run count json list bench benchtime benchmem fuzz fuzztime failfast cover coverprofile covermode coverpkg c o C
		cpuprofile memprofile blockprofile mutexprofile trace outputdir v`)
)

func goRunners() []runner {
	return []runner{
		{name: "go test", takes: takesGo, files: suffix(".go"), data: goData, narrow: narrowGo},
		{name: "gotestsum", takes: starts("gotestsum"), files: suffix(".go"), data: goData, narrow: narrowGotestsum},
	}
}

func takesGo(argv []string) ([]string, bool) {
	if program(argv[0]) != "go" {
		return nil, false
	}
	switch {
	case len(argv) > 1 && argv[1] == "test":
		return argv[2:], true
	case len(argv) > 3 && argv[1] == "-C" && argv[3] == "test":
		return argv[4:], true
	case len(argv) > 2 && strings.HasPrefix(argv[1], "-C=") && argv[2] == "test":
		return argv[3:], true
	}
	return nil, false
}

// goData knows that go test runs in the folder above testdata, and that what
// stands in a _test.go file is used in its own package only.
func goData(name string) string {
	if strings.HasSuffix(name, "_test.go") {
		return name
	}
	dir, _, ok := strings.Cut("/"+name, "/testdata/")
	if !ok {
		return ""
	}
	return path.Join(strings.TrimPrefix(dir, "/"), "testdata")
}

// goFlags are the arguments of go test.
type goFlags struct {
	dir string
	// known are the flags to be kept, binary those of the test binary, args what
	// follows -args.
	known, binary, args []string
}

func parseGo(args []string) goFlags {
	var f goFlags
	seen := false
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a == "-args" || a == "--args" {
			f.args = args[i:]
			break
		}
		if len(a) < 2 || a[0] != '-' {
			// A word behind a flag that go does not know may be its value.
			if seen && !strings.ContainsAny(a, "./") && a != "all" && a != "std" {
				f.binary = append(f.binary, a)
			}
			continue
		}
		name, value, joined := strings.Cut(strings.TrimLeft(a, "-"), "=")
		text := []string{a}
		if !joined && goValued[name] && i+1 < len(args) {
			i++
			value = args[i]
			text = append(text, value)
		}
		switch {
		case name == "C":
			f.dir = value
		case goDropped[strings.TrimPrefix(name, "test.")]:
		case goValued[name] || goBool[name]:
			f.known = append(f.known, text...)
		default:
			seen = true
			f.binary = append(f.binary, text...)
		}
	}
	return f
}

func narrowGo(j *job) {
	f := parseGo(j.args)
	// go -C dir test is go test -C dir.
	for i, a := range j.prefix {
		if program(a) == "go" && i+2 < len(j.prefix) {
			if dir, ok := strings.CutPrefix(j.prefix[i+1], "-C="); ok {
				f.dir = dir
			} else if j.prefix[i+1] == "-C" {
				f.dir = j.prefix[i+2]
			}
			j.prefix = append(slices.Clone(j.prefix[:i+1]), "test")
			break
		}
	}
	j.goCommands(f, func(dir, run string, packages []string) {
		var at, only []string
		if dir != "" {
			at = []string{"-C", dir}
		}
		if run != "" {
			only = []string{"-run", run}
		}
		j.add(at, f.known, []string{"-json", "-count=1"}, only, packages, f.binary, f.args)
	})
}

// narrowGotestsum keeps gotestsum, which may have been wrapped around a command
// of its own, and has it print what go test -v would.
func narrowGotestsum(j *job) {
	opts, _, tail := options(j.args, words(`-f --format --format-icons --hide-summary --jsonfile --jsonfile-timing-events --junitfile --junitfile-project-name
		--junitfile-testcase-classname --junitfile-testsuite-name --max-fails --packages --post-run-command --rerun-fails-max-failures --rerun-fails-report --watch-chdir`))
	own := append(without(opts, words("--packages -f --format --rerun-fails --watch --post-run-command --raw-command --max-fails")), "--format=standard-verbose", "--")
	f := parseGo(tail)
	j.goCommands(f, func(dir, run string, packages []string) {
		var at, only []string
		if dir != "" {
			at = []string{"-C", dir}
		}
		if run != "" {
			only = []string{"-run", run}
		}
		j.add(own, at, f.known, []string{"-count=1"}, only, packages, f.binary, f.args)
	})
}

// goCommands gives the packages of each module, those with chosen tests apart
// from those that are run whole. Modules below the one that the command runs in
// are entered with -C, which Go has since 1.20.
func (j *job) goCommands(f goFlags, add func(dir, run string, packages []string)) {
	type module struct {
		names           []string
		packages, whole []string
	}
	modules := map[string]*module{}
	var order []string
	of := func(file string) (*module, string) {
		dir := path.Dir(file)
		m := j.roots.nearest(dir, "go.mod")
		if base := path.Clean(f.dir); f.dir != "" && (m == "" || m == base) && strings.HasPrefix(dir+"/", base+"/") {
			m = base
		}
		if modules[m] == nil {
			modules[m] = &module{}
			order = append(order, m)
		}
		at := strings.TrimPrefix(strings.TrimPrefix(dir, m), "/")
		if at == "" {
			at = "."
		}
		if at != "." {
			at = "./" + at
		}
		return modules[m], at
	}
	for _, file := range j.whole {
		m, p := of(file)
		m.whole = append(m.whole, p)
	}
	for _, t := range j.tests {
		if m, p := of(t.File); !slices.Contains(m.whole, p) {
			if !slices.Contains(m.packages, p) {
				m.packages = append(m.packages, p)
			}
			m.names = append(m.names, t.Func)
		}
	}
	slices.Sort(order)
	for _, dir := range order {
		m := modules[dir]
		if len(m.whole) > 0 {
			slices.Sort(m.whole)
			m.whole = slices.Compact(m.whole)
			add(argument(dir), "", m.whole)
			j.note("whole packages are run: " + listed(m.whole))
		}
		if len(m.names) == 0 {
			continue
		}
		slices.Sort(m.packages)
		add(argument(dir), alternatives("^", m.names, "$", regexp.QuoteMeta), m.packages)
	}
}
