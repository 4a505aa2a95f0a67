package provenance

import (
	"strings"
	"testing"
)

// typical is a mix as release branches have it: picks, plain commits, merges,
// reverts, kernel style.
var typical = []string{
	"net: close the socket when the peer is gone\n\nThe socket leaked when the peer went away between the handshake and\nthe first read, since nobody owned it then. Close it in the error path.\n\nCloses-Bug: #1834308\nChange-Id: I" + hopC + "\nSigned-off-by: A U Thor <author@example.org>\n(cherry picked from commit " + hopA + ")\n(cherry picked from commit " + hopB + ")\nSigned-off-by: C O Mitter <committer@example.org>\n",
	"Merge pull request #13999 from robot/cherry-pick-13818-to-release/2.3\n\n[release/2.3] map host IDs back to container IDs\n",
	"Bump the timeout\n\nTen seconds is not enough on a busy machine. See\nhttps://example.org/issues/12 for what happened.\n\nThis is the first of several steps:\n- raise it here\n- make it configurable\n- remove it\n\nReviewed-by: R E Viewer <r@example.org>\n",
	"Revert \"Bump the timeout\"\n\nThis reverts commit " + hopA + ".\n\nIt hides a real bug.\n",
	"usb: core: fix a leak\n\n[ Upstream commit " + hopA + " ]\n\nIf the port is gone when the hub event is handled, the reference that was\ntaken in hub_event() is never dropped. Drop it.\n\nFixes: 0bcd1fe07a2b (\"usb: core: add it\")\nCc: stable@vger.kernel.org # 5.15+\nStable-dep-of: " + hopB + " (\"usb: more\")\nSigned-off-by: A U Thor <author@example.org>\nLink: https://lore.kernel.org/r/20240101.1-1-author@example.org\nSigned-off-by: Sasha <s@example.org>\n",
	"Fix typo (#12)\n",
}

func BenchmarkParse(b *testing.B) {
	size := 0
	for _, m := range typical {
		size += len(m)
	}
	b.SetBytes(int64(size / len(typical)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Parse(typical[i%len(typical)])
	}
}

// The worst that 64 KiB could do so far.
func BenchmarkParseHostile(b *testing.B) {
	for name, unit := range map[string]string{
		"brackets":  "[a: b\n",
		"picks":     "(cherry picked from commit " + hopA + "\n",
		"reverts":   "This reverts commits:\n",
		"list":      hopA + ",",
		"conflicts": "\ta/" + "\n",
		"dashes":    "cve-",
	} {
		message := "x\n\nConflicts:\n" + strings.Repeat(unit, (maxHead+maxTail)/len(unit))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(message)))
			for b.Loop() {
				Parse(message)
			}
		})
	}
}

func BenchmarkNormalSubject(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		NormalSubject("[release/1.7] net: close the socket when the peer is gone (#12)")
	}
}
