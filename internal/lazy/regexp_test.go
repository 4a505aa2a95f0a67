package lazy

import "testing"

func TestRegexp(t *testing.T) {
	t.Parallel()
	word := Regexp(`^[a-z]+$`)
	first := word()
	if second := word(); first != second {
		t.Error("compiled twice")
	}
	if !first.MatchString("word") || first.MatchString("two words") {
		t.Error("it matches something else")
	}
}
