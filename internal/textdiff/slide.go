package textdiff

// movesPerElement bounds the work of sliding. Real texts need less than one move
// an element; texts made of repetitions inside repetitions can be built in which
// one group after the other travels the whole text, twice.
const movesPerElement = 64

// slide moves every group of changed elements of one side to its proper place.
// A group whose last element equals the element before the group can move up by
// one without changing what the script does, and likewise down; groups that
// meet become one. The rule: where a position of the group faces a changed group
// of the other side, that is its place, the last such position if there are
// several, for a deletion and an insertion at one place are one replacement;
// otherwise the group goes down as far as it can. After the given number of moves
// the groups stay where they are.
func slide(v []int32, changed, other []bool, moves int) {
	g := group{v: v, changed: changed, moves: moves}
	facing := gaps(other)
	unchanged := 0 // so far
	for i := 0; i < len(v); {
		if !changed[i] {
			i++
			unchanged++
			continue
		}
		g.start, g.end, g.before = i, i, unchanged
		for g.end < len(v) && changed[g.end] {
			g.end++
		}
		g.settle(facing)
		i, unchanged = g.end, g.before
	}
}

// gaps counts the changed elements between unchanged ones: element u of the
// result is how many stand after u unchanged ones and before the next.
func gaps(changed []bool) []int32 {
	out := make([]int32, 1, len(changed)+1)
	for _, c := range changed {
		if c {
			out[len(out)-1]++
		} else {
			out = append(out, 0)
		}
	}
	return out
}

// group is a maximal run of changed elements, [start, end).
type group struct {
	v          []int32
	changed    []bool
	start, end int
	before     int // how many unchanged elements precede it
	moves      int // how many this group and those after it may still make
}

// settle walks the whole range of the group, again if it grew on the way.
func (g *group) settle(facing []int32) {
	for {
		size := g.end - g.start
		for g.canUp() {
			g.up()
		}
		aligned := facing[g.before] > 0
		for g.canDown() {
			g.down()
			aligned = aligned || facing[g.before] > 0
		}
		if g.end-g.start != size {
			continue
		}
		for aligned && facing[g.before] == 0 {
			g.up()
		}
		return
	}
}

func (g *group) canUp() bool {
	return g.start > 0 && g.v[g.start-1] == g.v[g.end-1] && g.moves > 0
}

func (g *group) canDown() bool {
	return g.end < len(g.v) && g.v[g.start] == g.v[g.end] && g.moves > 0
}

// up moves the group by one and swallows a group it then touches.
func (g *group) up() {
	g.start--
	g.end--
	g.before--
	g.moves--
	g.changed[g.start], g.changed[g.end] = true, false
	for g.start > 0 && g.changed[g.start-1] {
		g.start--
	}
}

// down is up the other way.
func (g *group) down() {
	g.changed[g.start], g.changed[g.end] = false, true
	g.start++
	g.end++
	g.before++
	g.moves--
	for g.end < len(g.v) && g.changed[g.end] {
		g.end++
	}
}
