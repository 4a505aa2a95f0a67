package compare

// replayPerLine bounds how often a line is looked at to try one script on one
// change. Real ones need less than two.
const replayPerLine = 64

// span is a run of lines, both ends included.
type span struct{ lo, hi int }

// replay looks for a script that turns old into new by removing and adding the
// same lines as want does, in its order, and gives it with the places that it has
// here. Two diffs of one change may choose other lines, since what surrounds it
// decides between scripts of the same length; if this finds one, the changes are
// the same.
//
// After the first k lines of want are done, the place in new is that in old and a
// fixed number more, so that the places that can be reached are runs of lines of
// old. Of each run the first line is where line k was done, the others are kept
// lines behind it.
func replay(old, new []int32, want []op) ([]op, bool) {
	work, shift := replayPerLine*(len(old)+len(new)+len(want)+1), 0
	extend := func(from int) int {
		for from < len(old) && from+shift < len(new) && old[from] == new[from+shift] {
			from++
			work--
		}
		return from
	}
	levels := make([][]span, 1, len(want)+1)
	levels[0] = []span{{0, extend(0)}}
	for _, o := range want {
		var next []span
		last := shift
		if o.sign == '-' {
			shift--
		} else {
			shift++
		}
		for _, s := range levels[len(levels)-1] {
			if work -= s.hi - s.lo + 1; work < 0 {
				return nil, false
			}
			for at := s.lo; at <= s.hi; at++ {
				to, ok := done(o, old, new, at, last)
				if !ok || len(next) > 0 && to <= next[len(next)-1].hi {
					continue
				}
				next = append(next, span{to, extend(to)})
			}
		}
		if len(next) == 0 {
			return nil, false
		}
		levels = append(levels, next)
	}
	if n := levels[len(want)]; shift != len(new)-len(old) || n[len(n)-1].hi != len(old) {
		return nil, false
	}
	return retrace(old, new, want, levels, shift)
}

// done does one line of a script at a place and gives the place behind it.
func done(o op, old, new []int32, at, shift int) (int, bool) {
	if o.sign == '-' {
		return at + 1, at < len(old) && old[at] == o.line
	}
	return at, at+shift >= 0 && at+shift < len(new) && new[at+shift] == o.line
}

// retrace walks back from the end, each line as far down as it can be.
func retrace(old, new []int32, want []op, levels [][]span, shift int) ([]op, bool) {
	out := make([]op, len(want))
	at := len(old)
	for k := len(want) - 1; k >= 0; k-- {
		o := want[k]
		step := 1
		if o.sign == '-' {
			step = -1
		}
		for found := false; !found; at-- {
			from := at
			if o.sign == '-' {
				from--
			}
			if from < 0 {
				return nil, false
			}
			if _, ok := done(o, old, new, from, shift-step); ok && within(levels[k], from) {
				out[k] = op{o.sign, o.line, from, from + shift - step}
				at, found = from+1, true
			}
		}
		shift -= step
	}
	return out, true
}

func within(runs []span, at int) bool {
	lo, hi := 0, len(runs)
	for lo < hi {
		if mid := (lo + hi) / 2; runs[mid].hi < at {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo < len(runs) && runs[lo].lo <= at
}

// net is a number that two changes share if, line for line, the same is gained
// and lost on balance; only then can one script do for both.
func net(old, new []int32) uint64 {
	var n uint64
	for _, l := range new {
		n += scatter(l)
	}
	for _, l := range old {
		n -= scatter(l)
	}
	return n
}

// scatter makes numbers that lie close together look drawn: the finalizer of
// SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom
// Number Generators", 2014).
func scatter(l int32) uint64 {
	z := (uint64(uint32(l)) + 1) * 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// agree looks for scripts of two changes that remove and add the same lines:
// the scripts they have, then each tried on the other. It gives what each is to
// take.
func agree(oldA, newA []int32, a []op, oldB, newB []int32, b []op) (forA, forB []op, ok bool) {
	if same(a, b) {
		return a, b, true
	}
	if len(newA)-len(oldA) != len(newB)-len(oldB) || net(oldA, newA) != net(oldB, newB) {
		return nil, nil, false
	}
	if r, ok := replay(oldB, newB, a); ok {
		return a, r, true
	}
	if r, ok := replay(oldA, newA, b); ok {
		return r, b, true
	}
	return nil, nil, false
}
