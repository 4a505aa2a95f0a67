package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/say"
)

// The elements of the form that Maven's Surefire writes and that build servers
// read: https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd,
// with the element testsuites around.
type (
	junitSuites struct {
		XMLName  xml.Name `xml:"testsuites"`
		Name     string   `xml:"name,attr"`
		Tests    int      `xml:"tests,attr"`
		Failures int      `xml:"failures,attr"`
		Errors   int      `xml:"errors,attr"`
		Time     string   `xml:"time,attr"`
		Suites   []junitSuite
	}
	junitSuite struct {
		XMLName    xml.Name         `xml:"testsuite"`
		Name       string           `xml:"name,attr"`
		Tests      int              `xml:"tests,attr"`
		Failures   int              `xml:"failures,attr"`
		Errors     int              `xml:"errors,attr"`
		Skipped    int              `xml:"skipped,attr"`
		Time       string           `xml:"time,attr"`
		Properties *junitProperties `xml:"properties"`
		Cases      []junitCase
	}
	junitProperties struct {
		Properties []junitProperty `xml:"property"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		XMLName xml.Name     `xml:"testcase"`
		Name    string       `xml:"name,attr"`
		Class   string       `xml:"classname,attr"`
		Time    string       `xml:"time,attr"`
		Skipped *junitResult `xml:"skipped"`
		Error   *junitResult `xml:"error"`
		Failure *junitResult `xml:"failure"`
		Flaky   *junitFlaky  `xml:"flakyFailure"`
		Out     string       `xml:"system-out,omitempty"`
	}
	junitResult struct {
		Type    string `xml:"type,attr,omitempty"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
	junitFlaky struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:"stackTrace,omitempty"`
	}
)

// JUnit writes verifications as test results: a suite for each backport, and a
// case for each rule, platform, proof and test whose result changes. A broken
// rule is a failure, an open or an overridden one is skipped; what a platform or
// a test came to stays what it is, whatever the policy makes of it.
func JUnit(w io.Writer, vs []backport.Verification) error {
	all := junitSuites{Name: "backstay verify"}
	sum := 0.0
	for _, v := range vs {
		s, time := junitOf(v)
		sum += time
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		all.Suites = append(all.Suites, s)
	}
	all.Time = junitTime(sum)
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	if _, err := io.WriteString(w, xml.Header+string(text)+"\n"); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// junitTime is a time in seconds as readers of Surefire's form take it.
func junitTime(s float64) string {
	if !(s >= 0 && s < 1e9) {
		s = 0
	}
	return strconv.FormatFloat(s, 'f', 3, 64)
}

func junitOf(v backport.Verification) (junitSuite, float64) {
	s := junitSuite{Name: strings.Join(nonempty(say.Visible(v.Target.Name), title(v)), ": "), Properties: &junitProperties{}}
	id, _, _ := original(v)
	for _, p := range []junitProperty{
		{"verdict", verdict(v)},
		{"override", say.Visible(v.Verdict.Override)},
		{"target", say.Visible(v.Target.Commit)},
		{"commit", say.Visible(strings.Join(v.Commits, " "))},
		{"original", id},
	} {
		if p.Value != "" {
			s.Properties.Properties = append(s.Properties.Properties, p)
		}
	}
	class := "backstay." + say.Visible(v.Target.Name)
	if v.Error != "" {
		s.Cases = append(s.Cases, junitCase{Name: "examined", Class: class, Error: &junitResult{Type: "error", Message: say.Visible(v.Error)}})
	}
	for _, r := range v.Verdict.Rules {
		s.Cases = append(s.Cases, junitRule(v, r, class))
	}
	sum := 0.0
	for _, r := range v.Runs {
		s.Cases = append(s.Cases, junitRun(r, class+".platforms"))
		sum += runSeconds(r)
		if r.Proof != nil {
			s.Cases = append(s.Cases, junitProof(r, class+".proof"))
		}
		for _, c := range r.Changes {
			s.Cases = append(s.Cases, junitChange(c, class+".tests."+say.Visible(r.Platform)))
		}
	}
	for i := range s.Cases {
		c := &s.Cases[i]
		if c.Time == "" {
			c.Time = junitTime(0)
		}
		s.Tests++
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
	s.Time = junitTime(sum)
	return s, sum
}

func junitRule(v backport.Verification, r backport.RuleResult, class string) junitCase {
	c := junitCase{Name: "rule " + say.Visible(r.Rule), Class: class + ".rules"}
	text := say.Visible(r.Text)
	switch {
	case r.State == "held":
		c.Out = text
	case v.Verdict.State == backport.Overridden:
		c.Skipped = &junitResult{Message: text + "; overridden: " + say.Visible(v.Verdict.Override)}
	case r.State == "broken":
		c.Failure = &junitResult{Type: "rule", Message: text}
	default:
		c.Skipped = &junitResult{Message: text}
	}
	return c
}

func junitRun(r backport.Run, class string) junitCase {
	c := junitCase{Name: "platform " + say.Visible(r.Platform), Class: class, Time: junitTime(runSeconds(r))}
	said := strings.Join(nonempty(runRemarks(r)...), "; ")
	if said == "" {
		said = say.Visible(string(r.State))
	}
	var log strings.Builder
	for _, s := range r.Steps {
		if s.State == backport.RunPassed || expected(r, s) {
			continue
		}
		fmt.Fprintf(&log, "%s\n$ %s\n", stepText(s), command(s.Command))
		lines, _ := lastLines(s.Tail, maxListed, maxLine)
		for _, l := range lines {
			log.WriteString(l + "\n")
		}
	}
	switch r.State {
	case backport.RunPassed:
		c.Out = said
	case backport.RunSkipped:
		c.Skipped = &junitResult{Message: said}
	case backport.RunFailed:
		c.Failure = &junitResult{Type: "failed", Message: said, Text: log.String()}
	default:
		c.Error = &junitResult{Type: say.Visible(string(r.State)), Message: said, Text: log.String()}
	}
	return c
}

func junitProof(r backport.Run, class string) junitCase {
	c := junitCase{Name: "proof on " + say.Visible(r.Platform), Class: class}
	text := proofWord(r.Proof.State) + ": " + say.Visible(r.Proof.Text)
	switch r.Proof.State {
	case backport.Proven:
		c.Out = text
	case backport.NotFixed:
		c.Failure = &junitResult{Type: "not-fixed", Message: text}
	default:
		c.Skipped = &junitResult{Message: text}
	}
	return c
}

func junitChange(t backport.TestChange, class string) junitCase {
	c := junitCase{Name: say.Visible(t.Test), Class: class}
	text := changeText(t)
	switch {
	case bad(t):
		c.Failure = &junitResult{Type: t.Kind, Message: text, Text: say.Visible(t.Text)}
	case t.Kind == "flaky":
		c.Flaky = &junitFlaky{Type: t.Kind, Message: text, Text: say.Visible(t.Text)}
	case t.After == backport.TestFailed:
		c.Failure = &junitResult{Type: say.Visible(t.Kind), Message: text, Text: say.Visible(t.Text)}
	case t.Kind == "gone" || t.After == backport.TestSkipped:
		c.Skipped = &junitResult{Message: text}
	default:
		c.Out = text
	}
	return c
}
