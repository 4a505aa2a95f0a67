package replay_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/replay"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Ids for tests that need no repository.
var (
	idA   = strings.Repeat("a", 40)
	idB   = strings.Repeat("b0", 20)
	idC   = strings.Repeat("0c1", 13) + "d"
	id256 = strings.Repeat("e", 64)
)

func TestReadCases(t *testing.T) {
	t.Parallel()
	one := []replay.Case{{Fix: idA, Onto: idB, Expected: idC}}
	for _, tt := range []struct {
		name, text string
		want       []replay.Case
		wrong      string // part of the error
	}{
		{name: "nothing"},
		{name: "one", text: idA + "\t" + idB + "\t" + idC + "\n", want: one},
		{name: "no final newline", text: idA + "\t" + idB + "\t" + idC, want: one},
		{name: "header", text: "fix\tonto\texpected\n" + idA + "\t" + idB + "\t" + idC + "\n", want: one},
		{name: "byte order mark and CRLF", text: "\ufefffix\tonto\texpected\r\n" + idA + "\t" + idB + "\t" + idC + "\r\n", want: one},
		{name: "comments and empty lines", text: "# from the audit\n\nfix\tonto\n  \n" + idA + "\t" + idB + "\t" + idC + "\n# end\n", want: one},
		{name: "blanks around", text: " " + idA + " \t" + idB + "\t" + idC + " \n", want: one},
		{
			name: "nobody knows", text: idA + "\t" + idB + "\t\n" + idA + "\t" + idB + "\n",
			want: []replay.Case{{Fix: idA, Onto: idB}, {Fix: idA, Onto: idB}},
		},
		{name: "SHA-256", text: id256 + "\t" + id256 + "\t" + id256, want: []replay.Case{{Fix: id256, Onto: id256, Expected: id256}}},
		{name: "only a header", text: "fix\tonto\texpected\n"},
		{name: "two headers", text: "fix\tonto\nfix\tonto\n", wrong: `line 2: fix "fix" is no commit id`},
		{name: "abbreviated", text: "\n" + idA[:12] + "\t" + idB + "\t" + idC, wrong: `line 2: fix "aaaaaaaaaaaa" is abbreviated`},
		{name: "abbreviated SHA-256", text: idA + "\t" + id256[:41], wrong: `line 1: onto "` + id256[:41] + `" is abbreviated`},
		{name: "capitals", text: idA + "\t" + strings.ToUpper(idB), wrong: "line 1: onto \"" + strings.ToUpper(idB) + "\" must be in lower case"},
		{name: "branch", text: idA + "\trelease/1.7", wrong: `onto "release/1.7" is no commit id`},
		{name: "too long an id", text: idA + "\t" + id256 + "e", wrong: "is no commit id"},
		{name: "blanks for tabs", text: idA + " " + idB + " " + idC, wrong: "is no commit id"},
		{name: "no target", text: idA, wrong: "line 1: onto is missing"},
		{name: "no fix", text: "\t" + idB, wrong: "line 1: fix is missing"},
		{name: "too many", text: idA + "\t" + idB + "\t" + idC + "\tclean", wrong: "line 1: 4 fields"},
		{name: "long line", text: idA + "\t" + idB + "\n" + strings.Repeat("x", 1<<16), wrong: "line 2: longer than"},
		{name: "binary", text: "\x00\x01\xff\t\n", wrong: "line 1: fix "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := replay.ReadCases(strings.NewReader(tt.text))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("cases (-want +got):\n%s", diff)
			}
			var input *backport.InputError
			switch {
			case tt.wrong == "" && err != nil:
				t.Error(err)
			case tt.wrong != "" && !errors.As(err, &input):
				t.Errorf("error is %v: want an InputError", err)
			case tt.wrong != "" && !strings.Contains(input.What, tt.wrong):
				t.Errorf("error is %q: want %q in it", input.What, tt.wrong)
			}
		})
	}
}

// A stream that breaks is not the user's mistake.
func TestReadCasesFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	_, err := replay.ReadCases(io.MultiReader(strings.NewReader(idA), &failing{broken}))
	var input *backport.InputError
	if !errors.Is(err, broken) || errors.As(err, &input) {
		t.Errorf("error is %v", err)
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

func FuzzReadCases(f *testing.F) {
	for _, s := range []string{
		"", "fix\tonto\texpected\n", idA + "\t" + idB + "\t" + idC + "\n", idA + "\t" + idB, "# x\n\n\r\n",
		id256 + "\t" + idA + "\t\n", "\ufeff#", "\t\t\t", idA[:7] + "\t" + idB,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cases, err := replay.ReadCases(strings.NewReader(text))
		if err != nil {
			if cases != nil || strings.Contains(err.Error(), "\n") {
				t.Errorf("%d cases and the error %q", len(cases), err)
			}
			return
		}
		var again strings.Builder
		for _, c := range cases {
			if !git.IsID(c.Fix) || !git.IsID(c.Onto) || c.Expected != "" && !git.IsID(c.Expected) {
				t.Errorf("case %q", c)
			}
			fmt.Fprintf(&again, "%s\t%s\t%s\n", c.Fix, c.Onto, c.Expected)
		}
		back, err := replay.ReadCases(strings.NewReader(again.String()))
		if err != nil || !slices.Equal(cases, back) {
			t.Errorf("written and read again: %v, %v; want %v", back, err, cases)
		}
	})
}

func drawCases(t *rapid.T) []replay.Case {
	one := rapid.Custom(func(t *rapid.T) replay.Case {
		id := func(name string) string { return fmt.Sprintf("%040x", rapid.IntRange(0, 20).Draw(t, name)) }
		return replay.Case{Fix: id("fix"), Onto: id("onto"), Expected: id("expected")}
	})
	return rapid.SliceOfDistinct(one, func(c replay.Case) replay.Case { return c }).Draw(t, "cases")
}

func TestSampleLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cases := drawCases(t)
		limit, seed := rapid.IntRange(0, 30).Draw(t, "limit"), rapid.Uint64().Draw(t, "seed")
		drawn := replay.Sample(cases, limit, seed)
		want := len(cases)
		if limit > 0 {
			want = min(limit, want)
		}
		if len(drawn) != want {
			t.Errorf("%d cases of %d with limit %d", len(drawn), len(cases), limit)
		}
		if again := replay.Sample(slices.Clone(cases), limit, seed); !slices.Equal(drawn, again) {
			t.Errorf("a second draw gives %v, the first %v", again, drawn)
		}
		// The order of the input is kept, and does not matter for the choice.
		at := map[replay.Case]int{}
		for i, c := range cases {
			at[c] = i
		}
		if !slices.IsSortedFunc(drawn, func(a, b replay.Case) int { return at[a] - at[b] }) {
			t.Errorf("out of order: %v", drawn)
		}
		mixed := replay.Sample(rapid.Permutation(cases).Draw(t, "mixed"), limit, seed)
		slices.SortFunc(mixed, func(a, b replay.Case) int { return at[a] - at[b] })
		if !slices.Equal(drawn, mixed) {
			t.Errorf("in another order %v are drawn, not %v", mixed, drawn)
		}
		// A larger sample has the smaller one in it.
		for _, c := range drawn {
			if limit > 0 && !slices.Contains(replay.Sample(cases, limit+1, seed), c) {
				t.Errorf("%v is drawn with limit %d and not with %d", c, limit, limit+1)
			}
		}
	})
}

func TestSampleIsFair(t *testing.T) {
	t.Parallel()
	var cases []replay.Case
	for i := range 100 {
		cases = append(cases, replay.Case{Fix: fmt.Sprintf("%040x", i), Onto: idB, Expected: idC})
	}
	times := map[string]int{}
	for seed := range uint64(400) {
		for _, c := range replay.Sample(cases, 25, seed) {
			times[c.Fix]++
		}
	}
	for _, c := range cases { // 100 are expected, with a deviation of 8.7
		if n := times[c.Fix]; n < 60 || n > 140 {
			t.Errorf("%s is drawn %d times in 400", c.Fix, n)
		}
	}
}

// Samples are quoted in reports: a seed must mean the same for ever.
func TestSampleStays(t *testing.T) {
	t.Parallel()
	var cases []replay.Case
	for i := range 20 {
		cases = append(cases, replay.Case{Fix: fmt.Sprintf("%040x", i), Onto: idB, Expected: idC})
	}
	var got []string
	for _, c := range replay.Sample(cases, 4, 1) {
		got = append(got, c.Fix[38:])
	}
	if want := []string{"00", "05", "0f", "13"}; !slices.Equal(got, want) {
		t.Errorf("seed 1 draws %v, want %v", got, want)
	}
}
