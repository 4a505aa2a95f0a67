package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page and its style are part of the program
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/say"
)

var (
	//go:embed page.tmpl
	pageText string
	//go:embed style.css
	pageStyle string
)

const (
	// maxPage bounds the functions and the deviations of one backport in a page,
	// maxPageLines the lines of each, maxPageLine the bytes of a line.
	maxPage      = 500
	maxPageLines = 2000
	maxPageLine  = 4000
)

// page is what the template shows.
type page struct {
	Title, Tally, Policy string
	Style                template.CSS
	Articles             []article
}

// Count is for the template: "3 functions".
func (page) Count(n int, what string) string { return say.Count(n, what) }

type article struct {
	ID, Class, Verdict, Target, Subject, Error, Override string
	Commits                                              []string
	Original, OriginalSubject, Found                     string
	Rules, Proofs, API, Findings                         []row
	Platforms                                            []platformRow
	Functions, Audit                                     listing
	Trail                                                []hopRow
}

// row is a line of a list; Class paints its State.
type row struct {
	Class, State, Name, Where, Text string
	Tests                           []string
}

type platformRow struct {
	row
	Kind, Kept, Time, Remarks string
	Open                      bool
	Steps                     []stepRow
	Tests                     []row
}

type stepRow struct {
	row
	Time, Command, Before, Log string
	Tail                       []string
}

type hopRow struct {
	Commit, Subject, Says string
	Lost                  bool
	Branches              []row
}

// listing is a list of comparisons, with what is said of all of them.
type listing struct {
	Tally     string
	Shown     []comparison
	Identical []row
	More      string
}

// comparison is one thing beside another.
type comparison struct {
	row
	Open        bool
	Places      []row
	Declared    string
	Left, Right string
	Rows        []pair
}

// HTML writes verifications as one page, which needs nothing else: no script, no
// font, no picture, no request. Its policy forbids the browser all of them.
func HTML(w io.Writer, vs []backport.Verification) error {
	sum := sha256.Sum256([]byte(pageStyle))
	p := page{
		Title: "Backport verification: " + tally(vs),
		Tally: tally(vs),
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; base-uri 'none'; form-action 'none'",
		Style: template.CSS(pageStyle),
	}
	for i, v := range vs {
		p.Articles = append(p.Articles, articleOf(v, fmt.Sprintf("b%d", i+1)))
	}
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		return fmt.Errorf("read the page's template: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return fmt.Errorf("make the page: %w", err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// class is the style class of a state.
func class(state string) string {
	switch sign(state) {
	case "✅":
		return "good"
	case "❌":
		return "bad"
	}
	return "doubt"
}

func articleOf(v backport.Verification, id string) article {
	a := article{
		ID: id, Class: class(verdict(v)), Verdict: verdict(v), Target: say.Visible(v.Target.Name), Subject: title(v),
		Error: say.Visible(v.Error), Override: say.Visible(v.Verdict.Override),
	}
	for _, c := range v.Commits {
		a.Commits = append(a.Commits, shortID(c))
	}
	a.Original, a.OriginalSubject, a.Found = original(v)
	for _, r := range v.Verdict.Rules {
		a.Rules = append(a.Rules, row{Class: class(r.State), State: say.Visible(r.State), Name: say.Visible(r.Rule), Text: say.Visible(r.Text)})
	}
	for _, r := range v.Runs {
		a.Platforms = append(a.Platforms, platformOf(r))
	}
	for _, r := range proofs(v) {
		p := row{Class: class(string(r.Proof.State)), State: proofWord(r.Proof.State), Name: say.Visible(r.Platform), Text: say.Visible(r.Proof.Text)}
		tests := r.Proof.Tests
		if len(tests) == 0 {
			tests = r.Proof.Files
		}
		for _, test := range tests[:min(len(tests), maxPage)] {
			p.Tests = append(p.Tests, say.Visible(test))
		}
		a.Proofs = append(a.Proofs, p)
	}
	for _, c := range v.APIChanges() {
		r := row{Class: "soft", State: say.Visible(c.Kind), Name: say.Visible(c.Symbol), Text: say.Visible(c.Text), Where: place(c.Path, c.Line, 0) + ", by " + shownBy(c)}
		if c.Breaks {
			r.Class, r.Text = "bad", strings.Join(nonempty("breaks", r.Text), ": ")
		}
		a.API = append(a.API, r)
	}
	for _, f := range found(v) {
		r := row{Class: class(string(f.Severity)), State: say.Visible(string(f.Severity)), Name: say.Visible(f.Check), Text: say.Visible(f.Text)}
		if f.Severity == backport.Info {
			r.Class = "soft"
		}
		if f.Path != "" {
			r.Where = place(f.Path, f.Line, 0)
		}
		a.Findings = append(a.Findings, r)
	}
	a.Functions, a.Audit, a.Trail = functionListing(v), auditListing(v), chain(v)
	return a
}

func platformOf(r backport.Run) platformRow {
	p := platformRow{
		row:  row{Class: class(string(r.State)), State: say.Visible(string(r.State)), Name: say.Visible(r.Platform)},
		Kind: say.Visible(r.Kind), Time: runTime(r), Remarks: strings.Join(runRemarks(r), "; "),
		Open: r.State != backport.RunPassed && len(r.Steps) > 0,
	}
	var kept []string
	for _, k := range r.Kept {
		kept = append(kept, say.Visible(k))
	}
	p.Kept = strings.Join(kept, ", ")
	for _, s := range r.Steps {
		step := stepRow{
			row:  row{Class: class(string(s.State)), State: say.Visible(string(s.State)), Text: stepText(s)},
			Time: seconds(s.Seconds), Command: command(s.Command), Log: say.Visible(s.Log),
		}
		if s.State == backport.RunPassed {
			step.Text = stepName(s)
		}
		if expected(r, s) {
			step.Class, step.State = "good", "failed, as it must"
		}
		lines, before := lastLines(s.Tail, maxPageLines, maxPageLine)
		step.Tail = lines
		if before > 0 {
			step.Before = say.Count(before, "line")
		}
		p.Steps = append(p.Steps, step)
	}
	for _, c := range r.Changes {
		t := row{Class: "soft", Name: say.Visible(c.Test), Text: changeText(c)}
		switch {
		case bad(c):
			t.Class = "bad"
		case c.Kind == "flaky":
			t.Class = "doubt"
		}
		p.Tests = append(p.Tests, t)
	}
	return p
}

// chain is the trail as a chain: the backport, and what each hop names.
func chain(v backport.Verification) []hopRow {
	var out []hopRow
	for i, h := range v.Trail {
		if i == 0 || v.Trail[i-1].Commit != h.From {
			out = append(out, hopRow{Commit: shortID(h.From)})
		}
		out[len(out)-1].Says = "comes from (" + say.Visible(h.Dialect) + ")"
		next := hopRow{Commit: hopCommit(h), Subject: say.Visible(h.Subject), Lost: h.Commit == ""}
		for _, b := range h.Branches {
			next.Branches = append(next.Branches, row{Class: class(b.Has), Name: say.Visible(b.Name), Text: hopBranchText(b)})
		}
		out = append(out, next)
	}
	return out
}
