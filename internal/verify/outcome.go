package verify

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/verify/results"
)

// An outcome is what came of commands on a tree: it is prepared, built and
// tested with these commands. It is what the cache keeps of a tree.
type outcome struct {
	State backport.RunState
	// Steps are all that ran, the last of a kind being the one that failed.
	Steps []backport.RunStep
	// Why says what no step does, where State is an error.
	Why string
	// Report is what single tests said. A command that says nothing of single
	// tests is a test itself, named by its words; Opaque are these.
	Report results.Report
	Opaque []string
	// Signs are what the logs of Opaque give away, by their names.
	Signs map[string]results.Signs
	// Unread says why results could not be read where the platform says how.
	Unread string
	Kept   []string

	// key is that of the cache; "" for a run that is not to be repeated.
	key string
}

const (
	// maxResultFile bounds a file of results, in bytes.
	maxResultFile = 64 << 20
	// maxDetect is how much of an output is looked at to tell its format, in
	// bytes, from each end.
	maxDetect = 256 << 10
)

// step is the name of the last step that ran.
func (o outcome) step() string {
	if len(o.Steps) == 0 {
		return prepareStep
	}
	return o.Steps[len(o.Steps)-1].Name
}

// built says whether the build went well, and the tests were begun.
func (o outcome) built() bool {
	return o.State != backport.RunError && (o.State == backport.RunPassed || o.step() == testStep)
}

// told says whether some command told single tests apart.
func (o outcome) told() bool {
	commands := 0
	for _, s := range o.Steps {
		if s.Name == testStep {
			commands++
		}
	}
	return len(o.Opaque) < commands
}

// failed is the step that made the outcome what it is: the first of its state.
func (o outcome) failed() (backport.RunStep, bool) {
	i := slices.IndexFunc(o.Steps, func(s backport.RunStep) bool { return s.State == o.State })
	if i < 0 || o.State == backport.RunPassed {
		return backport.RunStep{}, false
	}
	return o.Steps[i], true
}

// outcome is what commands say on a site, from the cache if it is known there.
// In one lane nothing is run twice that need not be, with a cache or without.
func (l *lane) outcome(ctx context.Context, s *site, commands [][]string) outcome {
	key, err := cacheKey("tree", s.tip.Tree, l.p, commands)
	if err != nil {
		return outcome{State: backport.RunError, Why: err.Error()}
	}
	if o, ok := l.known[key]; ok {
		return o
	}
	o := outcome{}
	if l.v.cache.get(key, &o) {
		o.key = key
		for i := range o.Steps {
			o.Steps[i].On = s.on
		}
		forgetLogs(o.Steps)
		l.known[key] = o
		return o
	}
	o = l.run(ctx, s, commands)
	o.key = key
	l.known[key] = o
	if ctx.Err() == nil && (o.State == backport.RunPassed || o.State == backport.RunFailed) {
		l.v.cache.put(key, o)
	}
	return o
}

// run runs commands on a site, all of them unless one was ended: a test command
// that fails, as it may on the target as well, says nothing of the next.
func (l *lane) run(ctx context.Context, s *site, commands [][]string) outcome {
	s.begin(ctx)
	o := outcome{State: s.state, Why: s.why, Steps: slices.Clone(s.ready)}
	if s.place != nil {
		o.Kept = s.place.Kept()
	}
	if s.state != backport.RunPassed {
		return o
	}
	old := s.resultFiles(ctx)
	var logs []string
	for _, c := range commands {
		step, log := s.command(ctx, testStep, c)
		o.Steps, logs = append(o.Steps, step), append(logs, log)
		o.State = worst(o.State, step.State)
		if step.State == backport.RunLimit || step.State == backport.RunError {
			break
		}
	}
	s.read(ctx, &o, logs, old, !slices.EqualFunc(commands, l.p.Test, slices.Equal))
	return o
}

// tell appends the steps of an outcome on a site, once. Those up to the build are
// told with the first outcome there, later ones if they went wrong.
func (l *lane) tell(steps *[]backport.RunStep, s *site, o outcome) {
	if o.key != "" && l.told[o.key] {
		return
	}
	l.told[o.key] = true
	for _, step := range o.Steps {
		if step.Name == testStep || !s.told || step.State != backport.RunPassed {
			*steps = append(*steps, step)
		}
	}
	s.told = true
}

// worst is the worse of two states.
func worst(a, b backport.RunState) backport.RunState {
	order := []backport.RunState{backport.RunPassed, backport.RunSkipped, backport.RunFailed, backport.RunLimit, backport.RunError}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

// read reads what the tests said: from the files that the platform names, else
// from the logs of the test commands.
func (s *site) read(ctx context.Context, o *outcome, logs []string, old map[string][sha256.Size]byte, narrowed bool) {
	steps := o.Steps[len(o.Steps)-len(logs):]
	o.Report.Tests = map[string]results.Test{}
	format, pattern, inFiles := strings.Cut(s.lane.p.Results, ":")
	if inFiles && len(logs) > 0 {
		report, err := s.readFiles(ctx, results.Format(format), pattern, old)
		if err == nil && said(report) {
			o.Report = report
			return
		}
		o.Unread = unread(report, err)
	}
	for i, log := range logs {
		if !inFiles {
			report, err := s.readLog(log, narrowed)
			if err == nil && said(report) {
				o.Report = results.Merge(o.Report, report)
				speak(&steps[i], report)
				continue
			}
			if format != "" {
				o.Unread = unread(report, err)
			}
		}
		name, test := ofCommand(steps[i])
		text := ends(log)
		if o.Signs == nil {
			o.Signs = map[string]results.Signs{}
		}
		o.Signs[name] = results.ReadSigns(text)
		if test.State == backport.TestFailed {
			if why := results.BuildFailure(text); why != "" {
				o.Report.NotBuilt, test.Quiet = cmp.Or(o.Report.NotBuilt, why), true
			}
		}
		o.Report.Tests[name] = test
		o.Opaque = append(o.Opaque, name)
	}
}

// said reports whether a report says anything of tests.
func said(r results.Report) bool {
	return len(r.Tests) > 0 || r.NotBuilt != "" || r.Format != "" && r.Broken == ""
}

func unread(r results.Report, err error) string {
	if err != nil {
		return err.Error()
	}
	return r.Broken
}

// ofCommand is a test command as a test.
func ofCommand(s backport.RunStep) (string, results.Test) {
	t := results.Test{State: backport.TestPassed, Seconds: s.Seconds}
	if s.State != backport.RunPassed {
		t.State, t.Text = backport.TestFailed, s.Tail
	}
	return strings.Join(s.Command, " "), t
}

// maxSigns is how much of a log is looked through for what it gives away, in
// bytes from each end: a compiler's first complaint counts, and so does what a
// test says last.
const maxSigns = 1 << 20

// ends are the beginning and the end of a log; nil for one that cannot be read,
// as that of a command that could not be begun.
func ends(path string) []byte {
	log, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer log.Close()
	text, err := bothEnds(log, maxSigns)
	if err != nil {
		return nil
	}
	return text
}

// bothEnds are the first bytes of a log and its last ones, so many of each, of
// a short one all.
func bothEnds(log *os.File, most int64) ([]byte, error) {
	size, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	text, err := io.ReadAll(io.NewSectionReader(log, 0, min(size, most)))
	if err == nil && size > most {
		var end []byte
		end, err = io.ReadAll(io.NewSectionReader(log, max(most, size-most), most))
		text = append(text, end...)
	}
	if err == nil {
		_, err = log.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	return text, nil
}

// resultFiles are the files of results that are there before commands run, by
// their contents: they are the repository's, or those of other commands.
func (s *site) resultFiles(ctx context.Context) map[string][sha256.Size]byte {
	_, pattern, inFiles := strings.Cut(s.lane.p.Results, ":")
	if !inFiles {
		return nil
	}
	files, err := s.place.Read(ctx, pattern, maxResultFile)
	if err != nil {
		return nil // it is said when they are read afterwards
	}
	sums := map[string][sha256.Size]byte{}
	for name, text := range files {
		sums[name] = sha256.Sum256(text)
	}
	return sums
}

// readFiles reads the files of results but for those that are as they were.
func (s *site) readFiles(ctx context.Context, format results.Format, pattern string, old map[string][sha256.Size]byte) (report results.Report, err error) {
	files, err := s.place.Read(ctx, pattern, maxResultFile)
	maps.DeleteFunc(files, func(name string, text []byte) bool {
		sum, ok := old[name]
		return ok && sum == sha256.Sum256(text)
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("read results: no file was written that matches %s", pattern)
	}
	if err != nil {
		return report, err
	}
	for i, name := range slices.Sorted(maps.Keys(files)) {
		r, err := results.Parse(format, bytes.NewReader(files[name]), s.place.Top())
		if err != nil {
			return report, fmt.Errorf("%s: %w", name, err)
		}
		if i == 0 {
			report = r
		} else {
			report = results.Merge(report, r)
		}
	}
	return report, nil
}

// readLog reads a log in a format, or in the one that it looks like; a report
// without a format is of none. A narrowed command may speak another format than
// the platform says of its test command.
func (s *site) readLog(path string, narrowed bool) (results.Report, error) {
	if path == "" {
		return results.Report{}, nil
	}
	log, err := os.Open(path)
	if err != nil {
		return results.Report{}, fmt.Errorf("read results: %w", err)
	}
	defer log.Close()
	format := results.Format(s.lane.p.Results)
	if format == "" || narrowed {
		seen, err := detect(log)
		if err != nil {
			return results.Report{}, err
		}
		if format = cmp.Or(seen, format); format == "" {
			return results.Report{}, nil
		}
	}
	return results.Parse(format, log, s.place.Top())
}

// detect tells the format of a log, "" for none.
func detect(log *os.File) (results.Format, error) {
	text, err := bothEnds(log, maxDetect)
	if err != nil {
		return "", err
	}
	return results.Detect(text), nil
}
