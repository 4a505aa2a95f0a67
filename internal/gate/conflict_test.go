package gate_test

import (
	"slices"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gate"
)

// TestNamesakeOfAConflict asks about a pick that conflicts with what somebody made of
// the fix on the target, without a word.
func TestNamesakeOfAConflict(t *testing.T) {
	t.Parallel()
	b := open(t, `
-- commit start on main: start --
-- file cache.c --
int limit(void)
{
	return 100;
}
-- branch v1 from main --
-- commit fix on main: cache: never keep more than fits --
-- edit cache.c --
-	return 100;
+	if (entries > capacity_of(cache))
+		drop_the_oldest(cache);
+	return capacity_of(cache);
-- commit other on v1: cache: never keep more than fits --
author: Linus <linus@example.org>
-- edit cache.c --
-	return 100;
+	if (entries > capacity_of(cache))
+		drop_the_oldest(cache);
+	return 100 - entries;
`)
	q := gate.Question{Pick: backport.Pick{
		Fix:     backport.Fix{Steps: []backport.Step{{Commit: b.ID("fix"), Base: b.ID("start"), Origin: b.ID("fix")}}},
		Target:  backport.Target{Name: "v1", Commit: b.ID("v1")},
		Outcome: backport.Conflict,
	}}
	want := []string{"namesake warning :0 the target has the fix already, it seems: other of 2024-01-01 has its title and 75 % of its lines"}
	if got := b.told(t, q); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
