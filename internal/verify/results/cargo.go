package results

import (
	"strconv"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// parseCargo reads the output of cargo test: for each crate "running N tests",
// "test a::b ... ok", "---- a::b stdout ----" and "test result: …". The crate is
// named on stderr only ("Running unittests src/lib.rs (…/name-0123)").
func parseCargo(l *lines, b *builder) {
	crate, promised, seen := "", -1, 0
	var text *excerpt
	failed := ""
	flush := func() {
		if text != nil {
			b.add(failed, Test{State: backport.TestFailed, Text: text.String()})
			text = nil
		}
	}
	compiling := false
	for l.next() {
		line := l.text
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "Running ") && strings.HasSuffix(trimmed, ")"), strings.HasPrefix(trimmed, "Doc-tests "):
			flush()
			crate = cargoCrate(trimmed)
		case strings.HasPrefix(line, "running ") && (strings.HasSuffix(line, " tests") || line == "running 1 test"):
			flush()
			if promised >= 0 {
				b.broken(cutOff)
			}
			seen = 0
			promised, _ = strconv.Atoi(strings.Fields(line)[1])
		case strings.HasPrefix(line, "test result: "):
			flush()
			if promised >= 0 && seen < promised {
				b.broken("not every test is named")
			}
			promised = -1
			b.none = true
		case strings.HasPrefix(line, "---- ") && strings.HasSuffix(line, " ----"):
			flush()
			name := strings.TrimSuffix(strings.TrimSuffix(line[len("---- "):], " ----"), " stdout")
			failed, text = cargoName(crate, name), &excerpt{}
		case text != nil && (line == "failures:" || line == "successes:"):
			flush()
		case text != nil:
			text.line(line)
		case strings.HasPrefix(line, "error"):
			compiling = true
			b.building(line)
			if strings.HasPrefix(line, "error: could not compile") {
				b.notBuilt()
			}
		case compiling && line != "":
			b.building(line)
		default:
			compiling = false
			if name, state, ok := cargoLine(line); ok {
				seen++
				b.add(cargoName(crate, name), Test{State: state})
			}
		}
	}
	flush()
	if promised >= 0 {
		b.broken(cutOff)
	}
}

func cargoLine(line string) (string, backport.TestState, bool) {
	rest, ok := strings.CutPrefix(line, "test ")
	name, verdict, found := cutLast(rest, " ... ")
	if !ok || !found {
		return "", "", false
	}
	verdict, _, _ = strings.Cut(verdict, " <") // --report-time
	switch {
	case verdict == "ok":
		return name, backport.TestPassed, true
	case verdict == "FAILED", strings.HasPrefix(verdict, "FAILED "):
		return name, backport.TestFailed, true
	case verdict == "ignored", strings.HasPrefix(verdict, "ignored, "):
		return name, backport.TestSkipped, true
	}
	return "", "", false
}

// cargoCrate is the name of a test's program without the hash that cargo adds.
func cargoCrate(line string) string {
	if name, ok := strings.CutPrefix(line, "Doc-tests "); ok {
		return name
	}
	_, path, _ := cutLast(strings.TrimSuffix(line, ")"), "(")
	if i := strings.LastIndexAny(path, `/\`); i >= 0 {
		path = path[i+1:]
	}
	name, _, _ := cutLast(strings.TrimSuffix(path, ".exe"), "-")
	return name
}

// cargoName is a test's id. Of a test in documentation the line is left out,
// for it changes with every edit above it, and so is how it is run.
func cargoName(crate, name string) string {
	name = strings.TrimSuffix(name, " - should panic")
	if path, rest, ok := strings.Cut(name, " - "); ok {
		if item, line, ok := strings.Cut(rest, "(line "); ok && strings.Contains(line, ")") {
			name = strings.TrimSpace(path + " - " + item)
		}
	}
	if crate == "" {
		return name
	}
	return crate + "::" + name
}
