package adapt_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/adapt"
)

// odd is a repository in which the answers of fixes with an even number are
// what people committed, the others never, and a column tells; from is where
// its people turn that round, 0 for never.
func odd(fixes, from int) *adapt.Corpus {
	c := corpus(fixes)
	for i := range c.Examples {
		even := i/2%2 == 0
		if from > 0 && i/2 >= from {
			even = !even
		}
		c.Examples[i].Attempts[0].Rest = even
	}
	return c
}

// What tells right from wrong in one repository alone is learned from its own
// record: with a model fitted to another, nothing would be resolved.
func TestOwnRecordIsLearned(t *testing.T) {
	t.Parallel()
	m := adapt.Fit([]*adapt.Corpus{corpus(150)})
	c := odd(150, 0)
	early, late := m.Measure(c, 0, 1000+10*10), m.Measure(c, 1000+10*75, 1<<40)
	if early.Resolved != 0 {
		t.Errorf("resolved before anything was known: %+v", early)
	}
	if late.Cases != 150 || late.ResolvedRight < 40 || late.ResolvedRight < late.Resolved*9/10 {
		t.Errorf("%+v", late)
	}
}

// No case is judged by what was committed at its moment or later.
func TestOwnRecordIsOfThePast(t *testing.T) {
	t.Parallel()
	m := adapt.Fit([]*adapt.Corpus{corpus(40)})
	c := odd(100, 0)
	x := m.Experience(c)
	for _, turn := range []int{1, 40, 99} {
		moment := int64(1000 + 10*turn)
		turned := odd(100, turn)
		y := m.Experience(turned)
		if !reflect.DeepEqual(adapt.At(y, m, moment), adapt.At(x, m, moment)) {
			t.Errorf("what came from fix %d on is known at its moment", turn)
		}
		if want, got := m.Measure(c, 0, moment), m.Measure(turned, 0, moment); got != want {
			t.Errorf("before fix %d: %+v, want %+v", turn, got, want)
		}
		if reflect.DeepEqual(adapt.At(y, m, 0), adapt.At(x, m, 0)) {
			t.Errorf("what came from fix %d on is never known", turn)
		}
	}
}

// What is kept serves the model that it was learned with, and no other.
func TestOwnRecordIsKept(t *testing.T) {
	t.Parallel()
	m, other := adapt.Fit([]*adapt.Corpus{corpus(40)}), adapt.Fit([]*adapt.Corpus{corpus(39)})
	c := odd(60, 0)
	x := m.Experience(c)
	var file bytes.Buffer
	if err := adapt.WriteLessons(&file, append(c.Lessons(), x.Kept()...)); err != nil {
		t.Fatal(err)
	}
	back, err := adapt.ReadLessons(&file)
	if err != nil {
		t.Fatal(err)
	}
	if back.Len() != x.Len() {
		t.Errorf("%d lessons, want %d", back.Len(), x.Len())
	}
	now := adapt.At(x, m, 0)
	if got := adapt.At(back, m, 0); !reflect.DeepEqual(got, now) || reflect.DeepEqual(got, m) {
		t.Error("what was kept is not what was learned")
	}
	if got := adapt.At(back, m, 1000); !reflect.DeepEqual(got, m) {
		t.Error("the past knows it")
	}
	if got := adapt.At(back, other, 0); !reflect.DeepEqual(got, other) {
		t.Error("it serves another model")
	}
	if kept := m.Experience(&adapt.Corpus{}).Kept(); kept != nil {
		t.Errorf("nothing was learned, and kept is %+v", kept)
	}
}

func TestDamagedOwnRecord(t *testing.T) {
	t.Parallel()
	for name, own := range map[string]string{
		"no column": `{"trees":[[{"f":9999,"l":1,"r":2},{},{}]]}`,
		"a loop":    `{"trees":[[{"l":1,"r":-1},{},{}]]}`,
		"empty":     `{"trees":[[]]}`,
		"scale":     `{"scale":[{"from":0,"asked":1,"right":2}]}`,
	} {
		_, err := adapt.ReadLessons(strings.NewReader(fmt.Sprintf("{\"own\":%s}\n", own)))
		if err == nil || !strings.HasPrefix(err.Error(), "read lesson 1: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
