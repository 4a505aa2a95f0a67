package textdiff

// The limits of the shortcuts that markShortcut takes.
const (
	window    = 100  // elements looked at on either side of a frequent one
	mostTwins = 1024 // with so many an element is frequent in texts of any size
	gitReach  = 256  // edits followed from either end, at least
)

// markShortcut is [mark] with the shortcuts of git's default algorithm. It sets
// aside not only elements that the other side lacks, but also frequent ones that
// stand among them: those that have about as many twins on the other side as
// the square root of the elements, or more. And it follows fewer edits before it
// gives up.
func markShortcut(a, b []int32, count int, changedA, changedB []bool) {
	timesA, timesB := make([]int32, count), make([]int32, count)
	for _, v := range a {
		timesA[v]++
	}
	for _, v := range b {
		timesB[v]++
	}
	head, tail := common(a, b)
	s := search{changedA: changedA, changedB: changedB}
	s.a, s.atA = setAside(a, timesB, head, tail, changedA)
	s.b, s.atB = setAside(b, timesA, head, tail, changedB)
	s.reach = max(gitReach, root(len(s.a)+len(s.b)+3))
	s.box(0, len(s.a), 0, len(s.b))
}

// root is a power of two, above the square root of n and at most twice it.
func root(n int) int {
	r := 1
	for ; n > 0; n >>= 2 {
		r <<= 1
	}
	return r
}

// twins says how many twins an element has on the other side.
type twins uint8

const (
	none twins = iota
	some
	many
)

// setAside marks elements without twins, and frequent ones among them, as
// changed. It gives those it keeps and where they stand. Those in the common
// head and tail are neither.
func setAside(seq, times []int32, head, tail int, changed []bool) (kept, at []int32) {
	limit := min(root(len(seq)), mostTwins)
	middle := seq[head : len(seq)-tail]
	has := make([]twins, len(middle))
	for i, v := range middle {
		switch n := int(times[v]); {
		case n >= limit:
			has[i] = many
		case n > 0:
			has[i] = some
		}
	}
	for i, v := range middle {
		if has[i] == none || has[i] == many && amongChanged(has, i) {
			changed[head+i] = true
			continue
		}
		kept = append(kept, v)
		at = append(at, int32(head+i))
	}
	return kept, at
}

// amongChanged says whether frequent element i belongs to elements without
// twins: there are some on either side before the next element with few twins,
// and frequent ones, i itself once for each side, are fewer than a quarter of all
// up to there.
func amongChanged(has []twins, i int) bool {
	lone, frequent := 0, 2 // i, seen from both sides
	for _, step := range [2]int{-1, 1} {
		found := 0
		for n := 1; n <= window; n++ {
			k := i + n*step
			if k < 0 || k >= len(has) || has[k] == some {
				break
			}
			if has[k] == none {
				found++
			} else {
				frequent++
			}
		}
		if found == 0 {
			return false
		}
		lone += found
	}
	return 4*frequent < frequent+lone
}
