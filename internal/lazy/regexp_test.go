package lazy

import "testing"

func TestRegexp(t *testing.T) {
	t.Parallel()
	word := Regexp(`^[a-z]+$`)
	if word() != word() {
		t.Error("compiled twice")
	}
	if !word().MatchString("word") || word().MatchString("two words") {
		t.Error("it matches something else")
	}
}
