package adapt

import "backstay.dev/backstay/internal/adapt/calibrate"

// Model is what was learned from real backports.
type Model struct {
	// Options gives the odds of one option, Cases those of a whole attempt.
	Options calibrate.Forest `json:"options"`
	Cases   calibrate.Forest `json:"cases"`
	// Scale turns the second into a measured precision.
	Scale calibrate.Scale `json:"scale"`
	// Rungs has the record of each rung, and of each rung on each class of
	// files as "rung class".
	Rungs map[string]Record `json:"rungs"`
}

// Record is how often a rung was asked and how often it was right.
type Record struct {
	Asked int `json:"asked"`
	Right int `json:"right"`
}

// prior is a rung's record on a class of files, drawn to its record on all.
func (m *Model) prior(rung, class string) float32 {
	all := m.Rungs[rung]
	rate := (float32(all.Right) + 1) / (float32(all.Asked) + 4)
	here := m.Rungs[rung+" "+class]
	return (float32(here.Right) + 10*rate) / (float32(here.Asked) + 10)
}
