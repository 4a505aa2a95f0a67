package patch_test

import (
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/patch"
)

// TestHostile feeds a megabyte of each construct that a careless parser would
// read again and again. Linear work takes milliseconds, quadratic work minutes.
func TestHostile(t *testing.T) {
	t.Parallel()
	rep := func(s string) string { return strings.Repeat(s, 1<<20/len(s)) }
	const mail = "From: a@b.c\nSubject: x\n"
	const format = "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n" + mail + "\n"
	const hunk = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n"
	for name, text := range map[string]string{
		"blank lines":                   rep("\n"),
		"blank lines behind a diffstat": "x\n\n a changed, \n" + rep("\n"),
		"almost separators":             rep("\nFrom "),
		"separators":                    rep("From a 1:11 2001\n"),
		"ends of messages":              format + rep("--- x\n") + "---\n x | 1 +\n 1 file changed\n\n" + smallDiff,
		"diffstats":                     format + "x\n--- y\n" + rep("---\n a changed, \n\n"),
		"diffstat lines":                rep(" x\n") + smallDiff,
		"encoded words":                 mail + "Subject: " + rep("=?u?q? ") + "\n\n" + smallDiff,
		"starts of encoded words":       mail + "Subject: " + rep("=?") + "\n\n" + smallDiff,
		"brackets":                      mail + "Subject: " + rep("[PATCH]") + rep("[") + "\n\n" + smallDiff,
		"fields":                        rep("From: a\n") + "\n" + smallDiff,
		"folded field":                  mail + rep(" a\n") + "\n" + smallDiff,
		"folded field in the body":      mail + "\nFrom: x\n" + rep(" a\n") + smallDiff,
		"comments in an address":        "From: " + rep("(") + "\n\n" + smallDiff,
		"attributes":                    mail + "Content-Type: x" + rep(";") + "\n\n" + smallDiff,
		"parts":                         mail + "Content-Type: multipart/mixed; boundary=b\n\n" + rep("--b\nContent-Type: multipart/x; boundary=c\n\n--c\n--c--\n"),
		"mboxes in parts":               mail + "Content-Type: multipart/mixed; boundary=b\n\n" + rep("--b\n\n"+format+"\n"),
		"quoted-printable":              mail + "Content-Transfer-Encoding: quoted-printable\n\n" + rep("="),
		"base64":                        mail + "Content-Transfer-Encoding: base64\n\n" + rep("A\n"),
		"plain headers":                 rep("--- a\n+++ b\n"),
		"long name":                     "diff --git a/" + rep("x ") + "\n",
		"long quoted name":              "diff --git \"a/" + rep(`\"`) + "\n",
		"markers":                       hunk + rep("\\ No newline at end\n"),
		"carriage returns":              rep("a\r\n") + strings.ReplaceAll(smallDiff, "\n", "\r\n"),
		"show":                          "commit 0123456789012345678901234567890123456789\n" + rep("a b\n") + "\n" + smallDiff,
		"deep path":                     "diff --git a/" + rep("a/") + "x b/" + rep("a/") + "x\nnew file mode 100644\n",
	} {
		begin := time.Now()
		series, err := patch.Parse(strings.NewReader(text), patch.Limits{})
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("%s: took %s", name, took)
		}
		if (err == nil) != (len(series.Patches) == 1) {
			t.Errorf("%s: %v with %d patches", name, err, len(series.Patches))
		}
	}
}
