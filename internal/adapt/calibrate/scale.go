package calibrate

import "slices"

// Scale turns a score into a measured precision.
type Scale []Step

// Step stands for the scores from From up to the next step's.
type Step struct {
	From float64 `json:"from"`
	// Asked is how many answers had such a score, Right how many of them were.
	Asked int `json:"asked"`
	Right int `json:"right"`
}

// Sound reports whether a scale read from outside can be asked: its steps stand
// in order, and none was right more often than it was asked.
func (s Scale) Sound() bool {
	for i, step := range s {
		if step.Right < 0 || step.Asked < step.Right || i > 0 && !(step.From > s[i-1].From) {
			return false
		}
	}
	return true
}

// From gathers all answers whose score is that of the step at score, or higher:
// what holds of answers at least that sure.
func (s Scale) From(score float64) Step {
	at := s.At(score)
	sum := Step{From: at.From}
	for _, step := range s {
		if step.From >= at.From {
			sum.Asked += step.Asked
			sum.Right += step.Right
		}
	}
	return sum
}

// Precision is the share of right answers, one more wrong one counted.
func (s Step) Precision() float64 { return float64(s.Right) / float64(s.Asked+1) }

// Scored is an answer with its score, from a forest that did not see it.
type Scored struct {
	Score float64
	Right bool
}

// least is how many answers a step stands for at least, where there are as
// many.
const least = 40

// NewScale pools answers, adjacent in score, until precision never falls.
func NewScale(answers []Scored) Scale {
	sorted := slices.Clone(answers)
	slices.SortStableFunc(sorted, func(a, b Scored) int {
		switch {
		case a.Score < b.Score:
			return -1
		case a.Score > b.Score:
			return 1
		}
		return 0
	})
	var s Scale
	for i := 0; i < len(sorted); {
		now := Step{From: sorted[i].Score}
		for i < len(sorted) && (now.Asked < least || sorted[i].Score == sorted[i-1].Score || len(sorted)-i < least) {
			now.Asked++
			if sorted[i].Right {
				now.Right++
			}
			i++
		}
		s = append(s, now)
		for n := len(s); n > 1 && s[n-1].Right*s[n-2].Asked < s[n-2].Right*s[n-1].Asked; n = len(s) {
			s[n-2].Asked += s[n-1].Asked
			s[n-2].Right += s[n-1].Right
			s = s[:n-1]
		}
	}
	if len(s) > 0 {
		s[0].From = 0
	}
	return s
}

// With is the scale with more answers measured. Those it stands for count as if
// they lay evenly in their steps, and at the foot of the last, whose end is not
// known.
func (s Scale) With(answers []Scored) Scale {
	all := slices.Clone(answers)
	for i, step := range s {
		to := step.From
		if i+1 < len(s) {
			to = s[i+1].From
		}
		for k := range step.Asked {
			all = append(all, Scored{
				Score: step.From + (to-step.From)*float64(k)/float64(step.Asked),
				Right: (k+1)*step.Right/step.Asked > k*step.Right/step.Asked,
			})
		}
	}
	return NewScale(all)
}

// At is the step of a score; the zero Step if nothing was measured.
func (s Scale) At(score float64) Step {
	n, found := slices.BinarySearchFunc(s, score, func(step Step, score float64) int {
		switch {
		case step.From < score:
			return -1
		case step.From > score:
			return 1
		}
		return 0
	})
	if !found {
		n--
	}
	if n < 0 {
		return Step{}
	}
	return s[n]
}
