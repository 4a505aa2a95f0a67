package history

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawColumns draws any history of up to 90 commits, with claims and patch-ids.
func drawColumns(t *rapid.T) *columns {
	c := &columns{rawLen: 20}
	l := &newsList{at: map[string]int32{}}
	for i := range rapid.IntRange(0, 90).Draw(t, "commits") {
		n := news{
			id:      string(bytes.Repeat([]byte{byte(rapid.IntRange(0, 3).Draw(t, "id"))}, 18)) + string([]byte{0, byte(i)}),
			date:    int64(rapid.IntRange(0, 50).Draw(t, "date")),
			request: int32(rapid.IntRange(0, 3).Draw(t, "request")),
			subject: uint64(rapid.IntRange(0, 3).Draw(t, "subject")),
		}
		for _, p := range rapid.SliceOfN(rapid.IntRange(max(0, i-9), max(0, i-1)), 0, min(i, 3)).Draw(t, "parents") {
			n.parents = append(n.parents, l.list[p].id)
		}
		if rapid.Bool().Draw(t, "claims") {
			digits := rapid.IntRange(7, 64).Draw(t, "digits")
			raw, _ := packDigits(strings.Repeat("0a", 32)[:digits])
			n.claims = []news1{{claim{kind: claimPick, digits: uint8(digits), id: raw}, "git-x"}}
		}
		l.at[n.id] = int32(len(l.list))
		l.list = append(l.list, n)
	}
	out := c.append(l)
	for i := range out.sigs {
		out.sigs[i] = rapid.SampledFrom([]uint64{sigUnknown, sigNone, sigFirst, 77}).Draw(t, "sig")
		if out.sigs[i] == 77 {
			out.slots[i] = int32(len(out.patchIDs) / 20)
			out.patchIDs = append(out.patchIDs, bytes.Repeat([]byte{byte(i)}, 20)...)
		}
	}
	return out
}

// Walks that look at a part of the positions only agree with the plain one.
func TestWalks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawColumns(t)
		if c.len() == 0 {
			return
		}
		commit := rapid.Int32Range(0, int32(c.len())-1)
		reach := make([]set, c.len())
		for i := range reach {
			reach[i] = c.reach(0, int32(i))
		}
		a, b := commit.Draw(t, "a"), commit.Draw(t, "b")
		if c.isAncestor(a, b) != reach[b].has(a) {
			t.Fatalf("isAncestor(%d, %d) = %v", a, b, c.isAncestor(a, b))
		}
		if low := c.reach(a, b); a <= b && low.has(a) != reach[b].has(a) {
			t.Fatalf("reach down to %d", a)
		}
		p := newPainter(c)
		for range 3 { // its memory must come back clean
			target := commit.Draw(t, "target")
			fixes := rapid.SliceOfN(commit, 1, 64).Draw(t, "fixes")
			var got []int32
			p.walk(target, fixes, func(i int32, reached uint64) {
				got = append(got, i)
				for k, f := range fixes {
					if reached>>k&1 == 1 != reach[f].has(i) {
						t.Fatalf("commit %d, fix %d: reached is wrong", i, f)
					}
				}
			})
			var want []int32
			reach[target].each(func(i int32) {
				if slices.ContainsFunc(fixes, func(f int32) bool { return !reach[f].has(i) }) {
					want = append(want, i)
				}
			})
			slices.Reverse(got)
			if !slices.Equal(got, want) {
				t.Fatalf("walk from %d without %v: %v, want %v", target, fixes, got, want)
			}
		}
	})
}

func TestColumnsLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawColumns(t)
		for i := range int32(c.len()) {
			if c.find(c.id(i)) != i {
				t.Fatalf("%d is not found", i)
			}
			for _, p := range c.parentsOf(i) {
				if p >= i || c.before(p, i) >= 0 {
					t.Fatalf("parent %d of %d does not come before it", p, i)
				}
			}
			digits := rapid.IntRange(7, 40).Draw(t, "digits")
			raw, n := packDigits(c.id(i)[:digits])
			var want []int32
			for _, j := range c.sorted {
				if strings.HasPrefix(c.id(j), c.id(i)[:digits]) {
					want = append(want, j)
				}
			}
			if len(want) > maxCandidates {
				want = nil
			}
			if got := c.abbreviated(raw, int(n)); !slices.Equal(got, want) {
				t.Fatalf("%s: %v, want %v", c.id(i)[:digits], got, want)
			}
		}
		file := c.encode([sha256.Size]byte{1})
		back, err := decode(file, [sha256.Size]byte{1}, 20)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(back.encode([sha256.Size]byte{1}), file) || !slices.Equal(back.levels, c.levels) {
			t.Fatal("a file that was read and written is another one")
		}
	})
}

// Whoever can write the file can give it a right checksum: reading must then do
// no harm, nor any walk over what was read.
func FuzzDecode(f *testing.F) {
	for seed := range 4 {
		c := rapid.Custom(drawColumns).Example(seed)
		f.Add(c.encode([sha256.Size]byte{})[len(magic)+4+sha256.Size:])
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		w := &writer{}
		w.b = append(w.b, magic...)
		w.u32(version)
		w.b = append(w.b, make([]byte, sha256.Size)...)
		w.b = append(w.b, body[:max(0, len(body)-4)]...)
		w.u32(checksum(w.b))
		c, err := decode(w.b, [sha256.Size]byte{}, 20)
		if err != nil || c.len() == 0 {
			return
		}
		last := int32(c.len()) - 1
		c.reach(0, last)
		newPainter(c).walk(last, []int32{0}, func(int32, uint64) {})
		g := newClaimGraph(c)
		for i := range int32(c.len()) {
			newFamily(g, 0, i)
			c.patchID(i)
			g.dialect(int32(len(c.claims)) - 1)
		}
	})
}
