package patch_test

import (
	"fmt"
	"strings"

	"backstay.dev/backstay/internal/patch"
)

func ExampleParse() {
	const mail = `From 8f3b5d0c41c2c9f0a7d1b3e4f5061728394a5b6c Mon Sep 17 00:00:00 2001
From: Grace <grace@example.org>
Date: Thu, 7 Apr 2005 15:14:13 -0700
Subject: [PATCH 2/2] [HTTP-7] fail on an empty reply

---
 http.txt | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/http.txt b/http.txt
index 7898192..6178079 100644
--- a/http.txt
+++ b/http.txt
@@ -1 +1 @@
-a
+b
`
	series, err := patch.Parse(strings.NewReader(mail), patch.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range series.Patches {
		fmt.Println(p.Subject, "by", p.Author.Name)
		for _, f := range p.Files {
			after, err := f.Apply([]byte("a\n")) // what blob 7898192 has
			fmt.Printf("%s: %q %v\n", f.NewPath, after, err)
		}
	}
	// Output:
	// [HTTP-7] fail on an empty reply by Grace
	// http.txt: "b\n" <nil>
}
