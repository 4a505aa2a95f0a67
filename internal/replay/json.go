package replay

import (
	"bytes"
	"encoding/json"

	"backstay.dev/backstay/internal/backport"
)

// MarshalJSON writes a line of the command's output, in which every field of
// every list stands, also an empty one: who reads it need not ask.
func (r Result) MarshalJSON() ([]byte, error) {
	type finding struct {
		Check    string            `json:"check"`
		Severity backport.Severity `json:"severity"`
		Path     string            `json:"path"`
		Line     int               `json:"line"`
		Commit   string            `json:"commit"`
		Lacks    string            `json:"lacks"`
		Text     string            `json:"text"`
	}
	type cause struct {
		Path    string             `json:"path"`
		Line    int                `json:"line"`
		Kind    backport.CauseKind `json:"kind"`
		Commits []string           `json:"commits"`
		Text    string             `json:"text"`
	}
	findings, causes := make([]finding, 0, len(r.Findings)), make([]cause, 0, len(r.Causes))
	for _, f := range r.Findings {
		findings = append(findings, finding(f))
	}
	for _, c := range r.Causes {
		one := cause(c)
		if one.Commits == nil {
			one.Commits = []string{}
		}
		causes = append(causes, one)
	}
	type plain Result
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // the encoder that asks decides on that
	err := e.Encode(struct {
		plain
		Findings []finding `json:"findings"`
		Causes   []cause   `json:"causes"`
	}{plain(r), findings, causes})
	return b.Bytes(), err
}
