package cli

import (
	"reflect"
	"testing"

	"backstay.dev/backstay/internal/backport"
)

func TestParsePart(t *testing.T) {
	t.Parallel()
	hunks := func(lines ...int) (out []backport.Hunk) {
		for i := 0; i < len(lines); i += 2 {
			out = append(out, backport.Hunk{NewLine: lines[i], NewLines: lines[i+1]})
		}
		return out
	}
	for spec, want := range map[string]struct {
		commit string
		part   *backport.Part
	}{
		"1a2b3c4":                {"1a2b3c4", nil},
		"main~3":                 {"main~3", nil},
		"a..b":                   {"a..b", nil},
		"1a2b3c4:net/a.c":        {"1a2b3c4", &backport.Part{Path: "net/a.c"}},
		"1a2b3c4:net/a.c:7":      {"1a2b3c4", &backport.Part{Path: "net/a.c", Hunks: hunks(7, 1)}},
		"1a2b3c4:a:7-9,12":       {"1a2b3c4", &backport.Part{Path: "a", Hunks: hunks(7, 3, 12, 1)}},
		"1a2b3c4:odd:name:3":     {"1a2b3c4", &backport.Part{Path: "odd:name", Hunks: hunks(3, 1)}},
		"1a2b3c4:odd:name":       {"1a2b3c4", &backport.Part{Path: "odd:name"}},
		"1a2b3c4:a:7-":           {"1a2b3c4", &backport.Part{Path: "a:7-"}},
		"1a2b3c4::7":             {"1a2b3c4", &backport.Part{Path: ":7"}},
		"1a2b3c4:a:99999999999":  {"1a2b3c4", &backport.Part{Path: "a:99999999999"}},
		"1a2b3c4: with blanks :": {"1a2b3c4", &backport.Part{Path: " with blanks :"}},
	} {
		commit, part, err := parsePart(spec)
		if err != nil || commit != want.commit || !reflect.DeepEqual(part, want.part) {
			t.Errorf("%q: %q %+v %v", spec, commit, part, err)
		}
	}
	for _, spec := range []string{"", ":", ":a", "-", "-:a", "a:", "a:b:0", "a:b:4-2", "a:b:1,0"} {
		if _, _, err := parsePart(spec); err == nil {
			t.Errorf("%q is understood", spec)
		}
	}
}

// What is read can be written, and is then read as the same.
func FuzzParsePart(f *testing.F) {
	for _, seed := range []string{"1a2b3c4", "a:b", "a:b:1", "a:b:1-3,7", "a:b:c:07-9", ":", "a::1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		commit, part, err := parsePart(spec)
		if err != nil || part == nil {
			return
		}
		again, same, err := parsePart(formatPart(commit, *part))
		if err != nil || again != commit || !reflect.DeepEqual(part, same) {
			t.Errorf("%q is %q %+v; written, it is %q %+v %v", spec, commit, part, again, same, err)
		}
	})
}
