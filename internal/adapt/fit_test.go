package adapt_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"hash/fnv"
	"reflect"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/adapt"
)

// corpus has examples of fixes in which the first option is right exactly where
// an odd column says so; every fix has two examples.
func corpus(fixes int) *adapt.Corpus {
	c := &adapt.Corpus{}
	for i := range fixes {
		hash := fnv.New32a()
		fmt.Fprint(hash, i)
		whole := hash.Sum32()>>7%3 != 0 // and nothing tells it
		for range 2 {
			good, bad := adapt.Row0(), adapt.Row0()
			good[adapt.Column("rung:adjacent")], bad[adapt.Column("rung:ours")] = 1, 1
			good[adapt.Column("base-lines")], bad[adapt.Column("base-lines")] = float32(i%5), float32(i%5)
			c.Examples = append(c.Examples, adapt.Example{
				Fix: fmt.Sprintf("%040d", i), At: int64(1000 + 10*i),
				Attempts: []adapt.ExampleAttempt{{
					Surroundings: adapt.Surroundings(float32(i % 2)), Rest: whole,
					Parts: []adapt.ExamplePart{{
						Path: "a.go", Kind: "contents", Class: "code",
						Options: []adapt.ExampleOption{{Rungs: []string{"ours"}, Row: bad}, {Rungs: []string{"adjacent"}, Row: good, Right: true}},
					}},
				}},
			})
		}
	}
	return c
}

func TestFitLearnsTheObvious(t *testing.T) {
	t.Parallel()
	c := corpus(150)
	whole := 0
	for _, e := range c.Examples {
		if e.Attempts[0].Rest {
			whole++
		}
	}
	m := adapt.Fit([]*adapt.Corpus{c})
	if got := m.Rungs["adjacent"]; got != (adapt.Record{Asked: 300, Right: 300}) || m.Rungs["ours code"] != (adapt.Record{Asked: 300}) {
		t.Errorf("records %+v", m.Rungs)
	}
	out := m.Measure(c, 0, 1<<40)
	if out.Cases != 300 || out.Chunks != 300 || out.ChunksFirst != 300 || out.FirstRight != whole || out.Reachable != whole || out.Refused != 0 {
		t.Errorf("%+v", out)
	}
	if later := m.Measure(c, 2000, 2010); later.Cases != 2 {
		t.Errorf("in ten seconds: %+v", later)
	}
	// What is measured is the whole, two of three: the rest no column knows.
	outcomes, scale := adapt.CrossValidate([]*adapt.Corpus{c})
	if len(outcomes) != 1 || outcomes[0].ChunksFirst != 300 || outcomes[0].FirstRight != whole {
		t.Errorf("%+v", outcomes)
	}
	asked, sure := 0, 0
	for _, step := range scale {
		asked, sure = asked+step.Asked, sure+step.Right
	}
	if asked != 300 || sure != whole {
		t.Errorf("measured %d of %d: %+v", sure, asked, scale)
	}
	if text := outcomes[0].Plus(outcomes[0]).String(); !strings.HasPrefix(text, "600 cases, resolved ") {
		t.Error(text)
	}
}

func TestFitIsDeterministic(t *testing.T) {
	t.Parallel()
	var first []byte
	var scale any
	for range 2 {
		m := adapt.Fit([]*adapt.Corpus{corpus(60), corpus(40)})
		var file bytes.Buffer
		if err := m.Write(&file); err != nil {
			t.Fatal(err)
		}
		_, s := adapt.CrossValidate([]*adapt.Corpus{corpus(60), corpus(40)})
		if first == nil {
			first, scale = file.Bytes(), s
		}
		if !bytes.Equal(file.Bytes(), first) || !reflect.DeepEqual(s, scale) {
			t.Fatal("the same corpora give another model")
		}
	}
	back, err := adapt.ReadModel(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	if want := adapt.Fit([]*adapt.Corpus{corpus(60), corpus(40)}); !reflect.DeepEqual(back, want) {
		t.Error("the model is another when it is read")
	}
}

// Examples of one fix are judged by what was fitted to other fixes.
func TestFoldsKeepFixesTogether(t *testing.T) {
	t.Parallel()
	folds := map[string]int{}
	seen := map[int]bool{}
	c := corpus(60)
	for i := range c.Examples {
		e := &c.Examples[i]
		fold := adapt.Fold(e)
		if had, ok := folds[e.Fix]; ok && had != fold {
			t.Errorf("%s lies in folds %d and %d", e.Fix, had, fold)
		}
		folds[e.Fix], seen[fold] = fold, true
	}
	if len(seen) < 2 {
		t.Errorf("all lie in %v", seen)
	}
}

func TestNothingToFit(t *testing.T) {
	t.Parallel()
	m := adapt.Fit([]*adapt.Corpus{{}})
	if got := m.Measure(&adapt.Corpus{Examples: []adapt.Example{{Fix: "x", At: 1}}}, 0, 9); got.Cases != 1 || got.Refused != 1 {
		t.Errorf("%+v", got)
	}
	var file bytes.Buffer
	if err := m.Write(&file); err != nil {
		t.Fatal(err)
	}
	if _, err := adapt.ReadModel(&file); err != nil {
		t.Error(err)
	}
	if _, scale := adapt.CrossValidate(nil); len(scale) != 0 {
		t.Errorf("%v", scale)
	}
}

func TestDamagedModels(t *testing.T) {
	t.Parallel()
	pack := func(text string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(text))
		_ = z.Close()
		return b.Bytes()
	}
	var good bytes.Buffer
	if err := adapt.ByHand(9, 10, "ours").Write(&good); err != nil {
		t.Fatal(err)
	}
	if _, err := adapt.ReadModel(bytes.NewReader(good.Bytes())); err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good.Bytes())
	flipped[len(flipped)-6] ^= 1 // of the checksum
	foreign := adapt.ByHand(9, 10)
	foreign.Options.Features = foreign.Options.Features[1:]
	var other bytes.Buffer
	if err := foreign.Write(&other); err != nil {
		t.Fatal(err)
	}
	unsound := func(change func(*adapt.Model)) []byte {
		m := adapt.ByHand(9, 10, "ours")
		change(m)
		var b bytes.Buffer
		if err := m.Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for name, text := range map[string][]byte{
		"nothing":       nil,
		"no gzip":       []byte("{}"),
		"no JSON":       pack("oops"),
		"cut off":       good.Bytes()[:good.Len()/2],
		"cut at end":    good.Bytes()[:good.Len()-4],
		"checksum":      flipped,
		"zero model":    pack("{}"),
		"other columns": other.Bytes(),
		"a loop":        unsound(func(m *adapt.Model) { m.Options.Trees[0][0].Left = 0 }),
		"below nothing": unsound(func(m *adapt.Model) { m.Scale[0].Asked = -1 }),
		"more than all": unsound(func(m *adapt.Model) { m.Scale[0].Right = 11 }),
		"not a number":  pack(`{"options":{"bias":NaN}}`),
		"out of order":  unsound(func(m *adapt.Model) { m.Scale = append(m.Scale, m.Scale[0]) }),
	} {
		m, err := adapt.ReadModel(bytes.NewReader(text))
		if err == nil || m != nil || !strings.HasPrefix(err.Error(), "read model: ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
