package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/lazy"
	"backstay.dev/backstay/internal/say"
)

// The parts of SARIF 2.1.0 (OASIS, 27 March 2020) that are written here.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool            `json:"tool"`
		Automation sarifAutomation      `json:"automationDetails"`
		Bases      map[string]sarifBase `json:"originalUriBaseIds"`
		Results    []sarifResult        `json:"results"`
		Properties map[string]string    `json:"properties,omitempty"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifAutomation struct {
		ID          string    `json:"id"`
		Description sarifText `json:"description"`
	}
	sarifBase struct {
		URI         string    `json:"uri,omitempty"`
		Description sarifText `json:"description"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifRule struct {
		ID      string       `json:"id"`
		Short   sarifText    `json:"shortDescription"`
		Full    sarifText    `json:"fullDescription"`
		Help    sarifHelp    `json:"help"`
		Default sarifDefault `json:"defaultConfiguration"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
		EndLine   int `json:"endLine,omitempty"`
	}
)

// sarifRoot names what paths are relative to.
const sarifRoot = "SRCROOT"

// SARIF writes what is wrong with backports for the code view of a forge: the
// findings of all checks, deviations that are declared nowhere, and changes that
// break users of the API. Each backport is a run of its own. root is the folder
// of the checkout, absolute; "" if there is none.
//
// A finding about no file stands at the first file that the backport changes,
// since forges show nothing without a place and refuse the whole log.
func SARIF(w io.Writer, vs []backport.Verification, root string) error {
	log := sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{}}
	names := map[string]int{}
	for _, v := range vs {
		id := "backstay-verify/" + sarifPath(v.Target.Name) + "/" + sarifPath(v.Name) + "/"
		if names[id]++; names[id] > 1 {
			id += strconv.Itoa(names[id]) + "/"
		}
		log.Runs = append(log.Runs, sarifOf(v, id, root))
	}
	return writeJSON(w, log)
}

func sarifOf(v backport.Verification, id, root string) sarifRun {
	base := sarifBase{Description: sarifText{"the top of the repository's tree"}}
	if root != "" {
		base.URI = sarifFolder(root)
	}
	run := sarifRun{
		Tool: sarifTool{sarifDriver{Name: "backstay", InformationURI: "https://backstay.dev", Rules: []sarifRule{}}},
		Automation: sarifAutomation{ID: id, Description: sarifText{
			fmt.Sprintf("Backport %s on %s: %s.", say.Visible(v.Name), say.Visible(v.Target.Name), verdict(v)),
		}},
		Bases:      map[string]sarifBase{sarifRoot: base},
		Results:    []sarifResult{},
		Properties: map[string]string{"verdict": verdict(v), "target": say.Visible(v.Target.Name), "commit": tip(v)},
	}
	r := &sarifWriter{run: &run, target: v.Target.Name, rules: map[string]int{}, seen: map[string]int{}}
	for _, f := range found(v) {
		path, line := f.Path, f.Line
		if path == "" {
			path, line = firstPath(v), 0
		}
		r.add(ruleOf(f.Check), sarifLevel(f.Severity), f.Text, path, line, 0)
	}
	if v.Audit != nil {
		for _, d := range v.Audit.Deviations {
			if d.By == "" {
				r.add(deviationRule, levelBy(v, "deviations"), deviationWord(d.Kind)+"; the commit's message does not say so", d.Path, d.Line, d.Lines)
			}
		}
	}
	for _, c := range v.APIChanges() {
		if c.Breaks {
			r.add(apiRule, levelBy(v, "api"), c.Symbol+" "+c.Kind+": "+c.Text, c.Path, c.Line, 0)
		}
	}
	return run
}

// sarifLevel is SARIF's word for a severity.
func sarifLevel(s backport.Severity) string {
	switch s {
	case backport.Error:
		return "error"
	case backport.Warning:
		return "warning"
	}
	return "note"
}

// levelBy is an error where the policy has such a rule and it is broken.
func levelBy(v backport.Verification, rule string) string {
	for _, r := range v.Verdict.Rules {
		if r.Rule == rule && r.State == "broken" {
			return "error"
		}
	}
	return "warning"
}

// firstPath is the first file that a backport is known to change.
func firstPath(v backport.Verification) string {
	for _, f := range v.Functions {
		if f.Backport != nil {
			return f.Backport.Path
		}
	}
	return ""
}

// sarifWriter adds results to a run.
type sarifWriter struct {
	run    *sarifRun
	target string
	// rules are the positions of the rules, seen counts equal fingerprints.
	rules, seen map[string]int
}

func (w *sarifWriter) add(rule sarifRule, level, text, path string, line, lines int) {
	at, ok := w.rules[rule.ID]
	if !ok {
		at = len(w.run.Tool.Driver.Rules)
		w.rules[rule.ID] = at
		w.run.Tool.Driver.Rules = append(w.run.Tool.Driver.Rules, rule)
	}
	result := sarifResult{
		RuleID: rule.ID, RuleIndex: at, Level: level, Message: sarifText{escapeSARIF(say.Visible(text))},
		Fingerprints: map[string]string{"backstay/v1": w.fingerprint(rule.ID, path, text)},
	}
	if path != "" {
		p := sarifPhysical{Artifact: sarifArtifact{URI: sarifPath(path), Base: sarifRoot}}
		if line > 0 {
			p.Region = &sarifRegion{StartLine: line}
			if lines > 1 {
				p.Region.EndLine = line + lines - 1
			}
		}
		result.Locations = []sarifLocation{{p}}
	}
	w.run.Results = append(w.run.Results, result)
}

// escapeSARIF escapes what has a meaning in a plain text message: links and
// placeholders (SARIF 2.1.0, 3.11.5 and 3.11.6).
func escapeSARIF(s string) string {
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `{`, `{{`, `}`, `}}`).Replace(s)
}

// changing is what of a text changes when the branch goes on: line numbers and
// ids.
var changing = lazy.Regexp(`\b(?:[0-9a-f]{7,64}|[0-9]+)\b`)

// fingerprint is the same for the same result on a later commit of the branch,
// though lines have moved.
func (w *sarifWriter) fingerprint(rule, path, text string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{rule, w.target, path, changing().ReplaceAllString(text, "#")}, "\x00")))
	print := hex.EncodeToString(sum[:16])
	w.seen[print]++
	return print + ":" + strconv.Itoa(w.seen[print])
}

// sarifPath is a path of a tree as a relative reference (RFC 3986): bytes that
// are no letters, digits or one of "-._~/" are escaped.
func sarifPath(path string) string {
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~/", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// sarifFolder is a folder as a file URI, which ends with a slash.
func sarifFolder(root string) string {
	root = strings.ReplaceAll(root, `\`, "/")
	if !strings.HasPrefix(root, "/") {
		root = "/" + root // a drive
	}
	return (&url.URL{Scheme: "file", Path: strings.TrimRight(root, "/") + "/"}).String()
}
