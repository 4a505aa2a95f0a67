package verify

import (
	"fmt"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/verify/results"
)

// tailLines and tailBytes bound RunStep.Tail.
const (
	tailLines = 20
	tailBytes = 8 << 10
)

// lastLines are the last lines of a text, without the line break at the end.
func lastLines(text string) string {
	text = strings.TrimRight(text, "\r\n")
	if n := len(text) - tailBytes; n > 0 {
		text = text[n:]
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			text = text[i+1:]
		}
	}
	end := len(text)
	for range tailLines {
		i := strings.LastIndexByte(text[:end], '\n')
		if i < 0 {
			return text
		}
		end = i
	}
	return text[end+1:]
}

// speak has a failed step of tests show what those printed that failed, where
// its output is records for programs, among which the last lines say nothing.
func speak(step *backport.RunStep, r results.Report) {
	if r.Format != results.GoJSON || step.State != backport.RunFailed {
		return
	}
	if text := r.Failures(tailLines, tailBytes/tailLines-1); text != "" {
		step.Tail = text
	}
}

// hush takes the last lines from steps that failed and do not speak against the
// backport: tests that fail on the target, and where the platform is green all
// the same those that fail with the backport as well. Flaky ones are in doubt.
func hush(run *backport.Run) {
	well := run.State == backport.RunPassed && !slices.ContainsFunc(run.Changes, func(c backport.TestChange) bool { return c.Kind == results.Flaky })
	for i := range run.Steps {
		s := &run.Steps[i]
		if s.Name == testStep && s.State == backport.RunFailed && (s.On == onTarget || well) {
			s.Tail = ""
		}
	}
}

// firstLine is the line of a compiler's text that says most, the first that
// points at a mistake, and how many there are besides.
func firstLine(text string) string {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	if len(lines) == 0 {
		return ""
	}
	at := 0
	for i, l := range lines {
		if complaint.MatchString(l) {
			at = i
			break
		}
	}
	line := strings.TrimSpace(lines[at])
	switch more := len(lines) - at - 1; more {
	case 0:
		return line
	case 1:
		return line + " … and 1 more line; see the log"
	default:
		return fmt.Sprintf("%s … and %d more lines; see the log", line, more)
	}
}
