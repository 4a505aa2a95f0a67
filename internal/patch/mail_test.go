package patch_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/patch"
)

const smallDiff = "diff --git a/x b/x\nindex 1111111..2222222 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"

// mails are heads and bodies up to the diff, and what is to be read from them.
var mails = []struct {
	name, mail string
	want       patch.Patch
	notGit     string // why git mailinfo reads it otherwise, "" if it doesn't
}{
	{
		name: "plain",
		mail: "From: A U Thor <a@example.org>\nDate: Thu, 7 Apr 2005 15:14:13 -0700\nSubject: [PATCH v2 1/3] net: fix it\n\nBody.\n---\nnotes\n\n",
		want: patch.Patch{
			Author:  patch.Signature{Name: "A U Thor", Email: "a@example.org", Seconds: 1112912053, Offset: -420, Known: true},
			Subject: "net: fix it", Message: "net: fix it\n\nBody.\n",
		},
	},
	{
		name: "from line, reply, tags of a list and of the author",
		mail: "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: a@example.org (A U Thor)\nDate: 7 Apr 2005 15:14 +0200 (CEST)\nSubject: Re: [list] [PATCH RFC 1/3] [JIRA-1] fix\n\nBody.\n",
		want: patch.Patch{
			ID:      "0123456789012345678901234567890123456789",
			Author:  patch.Signature{Name: "A U Thor", Email: "a@example.org", Seconds: 1112879640, Offset: 120, Known: true},
			Subject: "[JIRA-1] fix", Message: "[JIRA-1] fix\n\nBody.\n",
		},
		notGit: "it keeps every bracket that doesn't say PATCH",
	},
	{
		name: "no PATCH in the brackets",
		mail: "From: A U Thor <a@example.org>\nSubject: RE:  [list] Re: [x] fix   this\n\n",
		want: patch.Patch{
			Author:  patch.Signature{Name: "A U Thor", Email: "a@example.org"},
			Subject: "fix this", Message: "fix this\n",
		},
		notGit: "it keeps every bracket that doesn't say PATCH",
	},
	{
		name: "encoded words, latin1, folded",
		mail: "From: =?ISO-8859-1?Q?J=F6rg_M=FCller?= <j@example.org>\nDate: Thu, 07 Apr 2005 15:14:13 GMT\nSubject: [PATCH] =?UTF-8?q?f=C3=BCr=20al?=\n =?UTF-8?q?le=20F=C3=A4lle?=\n und mehr\nContent-Type: text/plain; charset=iso-8859-1\n\nGr\xfc\xdfe\n---\n",
		want: patch.Patch{
			Author:  patch.Signature{Name: "Jörg Müller", Email: "j@example.org", Seconds: 1112886853, Known: true},
			Subject: "für alle Fälle und mehr", Message: "für alle Fälle und mehr\n\nGrüße\n",
		},
	},
	{
		name: "character split between base64 words",
		mail: "From: A U Thor <a@example.org>\nSubject: =?utf-8?b?w6TD?= =?UTF-8?B?tg==?=\n\n",
		want: patch.Patch{
			Author:  patch.Signature{Name: "A U Thor", Email: "a@example.org"},
			Subject: "äö", Message: "äö\n",
		},
	},
	{
		name: "japanese and a damaged word",
		mail: "From: A U Thor <a@example.org>\nSubject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?= =?utf-8?x?no?= =?utf-8?q?no\nContent-Type: text/plain; charset=\"ISO-2022-JP\"\n\n\x1b$BF|K\\\x1b(B\n---\n",
		want: patch.Patch{
			Author:  patch.Signature{Name: "A U Thor", Email: "a@example.org"},
			Subject: "日本 =?utf-8?x?no?= =?utf-8?q?no", Message: "日本 =?utf-8?x?no?= =?utf-8?q?no\n\n日本\n",
		},
		notGit: "it reads a word of unknown encoding as text of quoted-printable",
	},
	{
		name: "no charset: each line is UTF-8 or latin1",
		mail: "From: A U Thor <a@example.org>\nSubject: x\n\n\xe4\n\u00e4\n---\n",
		want: patch.Patch{
			Author:  patch.Signature{Name: "A U Thor", Email: "a@example.org"},
			Subject: "x", Message: "x\n\nä\nä\n",
		},
		notGit: "it leaves the bytes, and commits text that is no UTF-8",
	},
	{
		name: "author and more in the body",
		mail: "From: List <list@example.org>\nDate: Thu, 7 Apr 2005 15:14:13 -0700\nSubject: [PATCH] short\n\n\nFrom: =?UTF-8?q?=C3=84?= Name\n <in@example.org>\nSubject: [PATCH] long\n subject\nDate: 2005-04-07 22:13:13 +0200\n\nBody\nFrom: not this\n---\n",
		want: patch.Patch{
			Author:  patch.Signature{Name: "Ä Name", Email: "in@example.org", Seconds: 1112904793, Offset: 120, Known: true},
			Subject: "long subject", Message: "long subject\n\nBody\nFrom: not this\n",
		},
	},
	{
		name: "forwarded separator in the body",
		mail: "From: List <list@example.org>\nSubject: x\n\n>From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n[PATCH] y\n\nBody\n",
		want: patch.Patch{
			Author:  patch.Signature{Name: "List", Email: "list@example.org"},
			Subject: "y", Message: "y\n\nBody\n",
		},
	},
	{
		name: "quoted names, comments, no at-sign",
		mail: "From: \"Th\\\"or, \\(A\\) U.\" <a@example.org> (work)\nSubject: x\n\n",
		want: patch.Patch{
			Author:  patch.Signature{Name: "Th\"or, (A) U. (work)", Email: "a@example.org"},
			Subject: "x", Message: "x\n",
		},
	},
	{
		name: "no at-sign in the address",
		mail: "From: Some Body <somebody>\nSubject: x\n\n",
		want: patch.Patch{
			Author:  patch.Signature{Name: "Some Body", Email: "somebody"},
			Subject: "x", Message: "x\n",
		},
	},
	{
		name: "address alone",
		mail: "From: a@example.org\nSubject: x\nDate: Thu Apr 7 15:14:13 2005 EST\n\n",
		want: patch.Patch{
			Author:  patch.Signature{Name: "a@example.org", Email: "a@example.org", Seconds: 1112904853, Offset: -300, Known: true},
			Subject: "x", Message: "x\n",
		},
	},
	{
		name: "CRLF throughout",
		mail: "From: A U Thor <a@example.org>\r\nSubject: [PATCH] a\r\n b\r\n\r\nBody\r\n\r\nMore\r\n---\r\n",
		want: patch.Patch{
			Author:  patch.Signature{Name: "A U Thor", Email: "a@example.org"},
			Subject: "a b", Message: "a b\n\nBody\n\nMore\n",
		},
	},
	{
		name: "attributes of the content type",
		mail: "From: A U Thor <a@example.org>\nSubject: x\nContent-Type: text/plain; format=flowed;\n charset=koi8-r; delsp=yes\nContent-Transfer-Encoding: 8bit\n\n\xf0\xd2\xc9\n---\n",
		want: patch.Patch{
			Author:  patch.Signature{Name: "A U Thor", Email: "a@example.org"},
			Subject: "x", Message: "x\n\nПри\n",
		},
	},
	{
		name: "unknown charset of plain ASCII",
		mail: "From: A U Thor <a@example.org>\nSubject: =?x-none?q?x?=\nContent-Type: text/plain; charset=x-none\n\nBody\n---\n",
		want: patch.Patch{
			Author:  patch.Signature{Name: "A U Thor", Email: "a@example.org"},
			Subject: "x", Message: "x\n\nBody\n",
		},
		notGit: "it dies",
	},
	{
		name: "quilt header without a blank line before the diff",
		mail: "From: A U Thor <a@example.org>\nSubject: from quilt\nPatch-mainline: v5.4\n",
		want: patch.Patch{
			Author:  patch.Signature{Name: "A U Thor", Email: "a@example.org"},
			Subject: "from quilt", Message: "from quilt\n",
		},
	},
	{
		name: "Debian header",
		mail: "Description: Fix the widget\n Widgets went\n .\n too fast.\nAuthor: John Doe <j@example.org>\nLast-Update: 2010-03-29\n\nMore.\n---\nThis patch header follows DEP-3\n",
		want: patch.Patch{
			Author:  patch.Signature{Name: "John Doe", Email: "j@example.org"},
			Subject: "Fix the widget", Message: "Fix the widget\n\nWidgets went\n\ntoo fast.\n\nMore.\n",
		},
		notGit: "it doesn't know DEP-3",
	},
	{
		name: "free text",
		mail: "Make it work: a tale\nof two lines.\n\nLonger text.\n\n",
		want: patch.Patch{
			Subject: "Make it work: a tale of two lines.", Message: "Make it work: a tale\nof two lines.\n\nLonger text.\n",
		},
		notGit: "it is no mail",
	},
	{
		name: "free text about a commit",
		mail: "commit 0123456789012345678901234567890123456789 upstream.\n\ncommit 0123456789012345678901234567890123456789\n    indented\n",
		want: patch.Patch{
			Subject: "commit 0123456789012345678901234567890123456789 upstream.",
			Message: "commit 0123456789012345678901234567890123456789 upstream.\n\ncommit 0123456789012345678901234567890123456789\n    indented\n",
		},
		notGit: "it is no mail",
	},
	{
		name: "git show with refs, quotes in the name",
		mail: "commit 0123456789012345678901234567890123456789 (HEAD -> main)\nMerge: 1111111 2222222\nAuthor:     A \"U\" Thor <a@example.org>\nAuthorDate: Thu Apr 7 15:14:13 2005 -0700\nCommit:     C <c@example.org>\n\n    subject\n    goes on\n\n      indented\n\nNotes:\n    not this\n\n",
		want: patch.Patch{
			ID:      "0123456789012345678901234567890123456789",
			Author:  patch.Signature{Name: "A \"U\" Thor", Email: "a@example.org", Seconds: 1112912053, Offset: -420, Known: true},
			Subject: "subject goes on", Message: "subject\ngoes on\n\n  indented\n",
		},
		notGit: "it is no mail",
	},
	{
		name:   "nothing but a diff",
		notGit: "it is no mail",
	},
}

func TestMailHeads(t *testing.T) {
	t.Parallel()
	for _, test := range mails {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			diff := smallDiff
			if strings.Contains(test.mail, "\r\n") {
				diff = strings.ReplaceAll(diff, "\n", "\r\n")
			}
			got := parseOne(t, test.mail+diff)
			got.Files = nil
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(patch.File{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if test.notGit == "" {
				compareMailinfo(t, test.mail+diff, got)
			}
		})
	}
}

// parseOne parses an input of one patch to x, from "a" to "b".
func parseOne(t *testing.T, text string) patch.Patch {
	t.Helper()
	series, err := patch.Parse(strings.NewReader(text), patch.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if len(series.Patches) != 1 || len(series.Patches[0].Files) != 1 {
		t.Fatalf("want one patch of one file, got %+v", series)
	}
	p := series.Patches[0]
	post, err := p.Files[0].Apply([]byte("a\n"))
	if err != nil || string(post) != "b\n" || p.Files[0].NewPath != "x" {
		t.Fatalf("%q becomes %q, %v", p.Files[0].NewPath, post, err)
	}
	return p
}

// compareMailinfo asks git for author and message of the mail.
func compareMailinfo(t *testing.T, mail string, got patch.Patch) {
	t.Helper()
	repo := gittest.New(t, "-- commit on main: base --\n")
	if strings.Contains(mail, "\r\n") { // git mailsplit does this before
		mail = strings.ReplaceAll(mail, "\r\n", "\n")
	}
	dir := t.TempDir()
	said := repo.Run(t, mail, "mailinfo", "-b", filepath.Join(dir, "msg"), filepath.Join(dir, "patch"))
	body, err := os.ReadFile(filepath.Join(dir, "msg"))
	if err != nil || said.Exit != 0 {
		t.Fatal(err, said)
	}
	info := map[string]string{}
	for line := range strings.Lines(said.Stdout) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		info[key] = value
	}
	message := repo.Run(t, info["Subject"]+"\n\n"+string(body), "stripspace").Stdout
	if got.Message != message {
		t.Errorf("message is %q, git says %q", got.Message, message)
	}
	if got.Author.Name != info["Author"] || got.Author.Email != info["Email"] {
		t.Errorf("author is %+v, git says %q <%s>", got.Author, info["Author"], info["Email"])
	}
}

func TestTransferEncodings(t *testing.T) {
	t.Parallel()
	const head = "From: A U Thor <a@example.org>\nSubject: [PATCH] x\nMIME-Version: 1.0\n"
	tests := map[string]string{
		"quoted-printable": head + "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: quoted-printable\n\n" +
			"Gr=C3=BC=\n=C3=9Fe =3D=\n =XY\n---\n" + strings.ReplaceAll(smallDiff, "b/x\n", "b=\n/x\n"),
		"quoted-printable with CRLF": strings.ReplaceAll(head+"Content-Transfer-Encoding: Quoted-Printable\n\n"+
			"Gr=FC=DFe =3D =XY\n---\n"+smallDiff, "\n", "\r\n"),
		"base64": head + "Content-Type: text/plain; charset=\"utf-8\"\nContent-Transfer-Encoding: base64\n\n" +
			"R3LDvMOfZSA9ID1YWQotLS0KZGlmZiAtLWdpdCBhL3ggYi94CmluZGV4IDExMTExMTEuLjIyMjIy\n" +
			"MjIgMTAwNjQ0Ci0tLSBhL3gKKysrIGIveApAQCAtMSArMSBAQAotYQorYgo=\n\n-- \nadded by the list\n",
		"multipart": head + "Content-Type: multipart/mixed; boundary=\"=-=\"\n\nignored\n--=-=\nContent-Type: multipart/alternative;\n boundary=inner\n\n" +
			"--inner\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe =3D =XY\n--inner\nContent-Type: text/html\n\n<p>no</p>\n--inner--\n" +
			"--=-=\nContent-Type: application/octet-stream; name=x.diff\n\n---\n" + smallDiff + "--=-=\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\nAAAA\n--=-=--\nfooter\n",
	}
	for name, mail := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, want := parseOne(t, mail).Message, "x\n\nGrüße = =XY\n"; got != want {
				t.Errorf("message is %q, want %q", got, want)
			}
		})
	}
	t.Run("mbox attached to a mail", func(t *testing.T) {
		t.Parallel()
		inner := "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: B <b@example.org>\nSubject: [PATCH] inner\n\n---\n" + smallDiff
		p := parseOne(t, head+"Content-Type: multipart/mixed; boundary=q\n\n--q\n\nSee attachment.\n--q\nContent-Type: text/x-patch\n\n"+inner+"--q--\n")
		if p.Subject != "inner" || p.Author.Email != "b@example.org" {
			t.Errorf("got %+v", p)
		}
	})
}

// TestSeries reads an mbox with a cover letter, mail footers and prose that
// looks like a separator.
func TestSeries(t *testing.T) {
	t.Parallel()
	mbox := "\nFrom 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\nSubject: [PATCH 0/2] cover\n\nText.\n\n--\nbase-commit: " + strings.Repeat("c", 40) + "\n\n" +
		"From a@example.org Tue Jan  1 10:00:00 2019\nFrom: A <a@example.org>\nSubject: [PATCH 1/2] one\n\nFrom here on, it is 10:00 in 2019 and all is well\n>From there\n>>From afar\n---\n" + smallDiff + "-- \n2.39.5\n\n_______\nlist mailing list\n" +
		"From b@example.org Tue Jan  1 10:00:00 2019 +0100\nFrom: B <b@example.org>\nSubject: [PATCH 2/2] two\n\n---\n" + smallDiff + "\nbase-commit: " + strings.Repeat("d", 40) + "\n"
	series, err := patch.Parse(strings.NewReader(mbox), patch.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range series.Patches {
		got = append(got, p.Message)
	}
	want := []string{"one\n\nFrom here on, it is 10:00 in 2019 and all is well\nFrom there\n>From afar\n", "two\n"}
	if diff := cmp.Diff(want, got); diff != "" || series.BaseCommit != strings.Repeat("c", 40) {
		t.Errorf("base %s, messages (-want +got):\n%s", series.BaseCommit, diff)
	}
}
