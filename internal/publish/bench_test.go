package publish

import (
	"fmt"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
)

// tenReleases has release branches r/0 to r/9.
func tenReleases() string {
	var text strings.Builder
	text.WriteString(story)
	for i := range 10 {
		fmt.Fprintf(&text, "-- branch r/%d from base --\n-- commit on r/%d: %d --\n-- file version --\n%d\n", i, i, i, i)
	}
	return text.String()
}

func BenchmarkTenBranches(b *testing.B) {
	for _, c := range []struct {
		name  string
		again bool
	}{{"created", false}, {"unchanged", true}} {
		b.Run(c.name, func(b *testing.B) {
			bench := newBench(b, gittest.New(b, tenReleases()))
			n := 0
			for b.Loop() {
				b.StopTimer()
				var picks []backport.Pick
				for i := range 10 {
					picks = append(picks, bench.pick(b, fmt.Sprintf("x%d", n), fmt.Sprintf("r/%d", i), bench.ID("fix")))
				}
				if c.again {
					bench.publish(b, Options{}, picks...)
				}
				n++
				b.StartTimer()
				bench.publish(b, Options{}, picks...)
			}
		})
	}
}
