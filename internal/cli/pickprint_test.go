package cli

import (
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/carry"
)

const anID = "0123456789abcdef0123456789abcdef01234567"

func TestConflictText(t *testing.T) {
	t.Parallel()
	chunk := func(line, lines int) backport.Chunk { return backport.Chunk{Line: line, Lines: lines} }
	for _, tt := range []struct {
		f    backport.File
		want string
	}{
		{backport.File{Path: "a.c", Kind: "contents", Chunks: []backport.Chunk{chunk(41, 12)}}, "a.c:41-52"},
		{backport.File{Path: "a.c", Kind: "contents", Chunks: []backport.Chunk{chunk(3, 1), chunk(9, 0)}}, "a.c:3,9"},
		{backport.File{Path: "a.c", Kind: "contents", Chunks: []backport.Chunk{chunk(1, 1), chunk(2, 1), chunk(3, 1), chunk(4, 1), chunk(5, 1), chunk(6, 1), chunk(7, 1)}}, "a.c:1,2,3,4,5 and 2 more"},
		{backport.File{Path: "a\n", Kind: "modify/delete", Sides: &backport.Sides{Base: anID, Theirs: anID}}, `a\n  not on this branch (modify/delete)`},
		{backport.File{Path: "a", Kind: "modify/delete", Sides: &backport.Sides{Base: anID, Ours: anID}}, "a  deleted by the fix, changed on this branch (modify/delete)"},
		{backport.File{Path: "a", Kind: "binary", Detail: "warning: Cannot merge binary files: a"}, "a  changed on both sides (binary)"},
		{backport.File{Path: "a", Kind: "rename/rename", Detail: "CONFLICT (rename/rename): a renamed to b and c.\n"}, "a  a renamed to b and c. (rename/rename)"},
		{backport.File{Path: "a", Kind: "submodule not initialized", Detail: "Failed to merge submodule a (not checked out)"}, "a  changed on both sides (submodule)"},
	} {
		if got := conflictText(tt.f); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestPresence(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		p    *backport.Presence
		want string
	}{
		{nil, ""},
		{&backport.Presence{How: "content"}, "merging it changes nothing"},
		{&backport.Presence{How: "trailer", Commit: anID, Dialect: "git-x", Parts: 1}, "picked as 0123456789ab (git-x)"},
		{&backport.Presence{How: "trailer", Commit: anID, Dialect: "git-x", Parts: 3}, "each of its 3 commits, one of them picked as 0123456789ab (git-x)"},
		{&backport.Presence{How: "patch-id", Commit: anID, Parts: 2}, "each of its 2 commits, one of them the same change as 0123456789ab (patch-id)"},
	} {
		if got := presence(tt.p); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestOpenText(t *testing.T) {
	t.Parallel()
	sides := &backport.Sides{Base: anID, Ours: anID, Theirs: anID}
	for _, tt := range []struct {
		f    carry.EditFile
		want string
	}{
		{carry.EditFile{Path: "a"}, "resolved"},
		{carry.EditFile{Path: "a", Left: "decide with git add or git rm", Kind: "binary", Sides: sides}, "decide with git add or git rm (binary)"},
		{carry.EditFile{Path: "a b", Left: "decide", Kind: "submodule not initialized", Sides: sides}, "take the fix's with git update-index --cacheinfo '160000," + anID + ",a b', or another commit (submodule)"},
	} {
		if got := openText(tt.f); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestPicksOfEveryState(t *testing.T) {
	t.Parallel()
	fix := backport.Fix{Name: "HEAD", Slug: "s", Subject: "the subject", Steps: []backport.Step{{Commit: anID, Origin: anID}}, Notes: []string{"guessed"}}
	at := func(name string) backport.Target { return backport.Target{Name: name, Ref: "refs/heads/" + name} }
	branch := func(state string) *backport.Branch {
		return &backport.Branch{Name: "refs/heads/backport/x", State: state}
	}
	picks := []backport.Pick{
		{Fix: fix, Target: at("a"), Outcome: backport.Clean, Files: []backport.File{{Path: "p"}}},
		{Fix: fix, Target: at("bb"), Outcome: backport.Clean, Branch: branch("created")},
		{Fix: fix, Target: at("c"), Outcome: backport.Clean, Branch: branch("moved")},
		{Fix: fix, Target: at("d"), Outcome: backport.Clean, Branch: branch("planned")},
		{Fix: fix, Target: at("e"), Outcome: backport.Clean, Branch: branch("unchanged")},
		{Fix: fix, Target: at("f"), Outcome: backport.Clean, Branch: branch("refused"), Error: "not ours"},
		{Fix: fix, Target: at("g"), Outcome: backport.Failed, Error: "a\x07b"},
		{Fix: fix, Target: at("h"), Outcome: backport.Present, Presence: &backport.Presence{How: "ancestor", Commit: anID}},
		{Fix: fix, Target: at("i"), Outcome: backport.Present, Presence: &backport.Presence{How: "content"}},
		{
			Fix: fix, Target: at("j"), Outcome: backport.Conflict, Files: []backport.File{
				{Path: "ok", Outcome: backport.Clean},
				{Path: "x", Outcome: backport.Conflict, Kind: "contents", Chunks: []backport.Chunk{{Line: 2, Lines: 1}}},
				{Path: "y", Outcome: backport.Conflict, Kind: "submodule"},
			},
			Findings: []backport.Finding{{Severity: backport.Warning, Path: "x", Line: 3, Text: "look"}},
		},
	}
	want := `fix 0123456789ab the subject
  note: guessed
  a   clean     1 file
  bb  clean     → backport/x
  c   clean     → backport/x (replaced)
  d   clean     → backport/x (dry run)
  e   clean     → backport/x (unchanged)
  f   refused   not ours
  g   error     a\ab
  h   present   in its history
  i   present   merging it changes nothing
  j   conflict  x:2
                y  changed on both sides (submodule)
                warning: x:3: look

10 picks: 2 present, 5 clean, 1 conflict, 1 error, 1 refused
`
	a, out, _ := testApp(t)
	(&pickView{app: a, w: out}).picks(picks)
	if got := out.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestCausesNameTheirFiles has sentences that hold for one of several files.
func TestCausesNameTheirFiles(t *testing.T) {
	t.Parallel()
	a := backport.Cause{Path: "a.c", Text: "the fix changes line 5"}
	b := backport.Cause{Path: "b.c", Text: "the fix changes b.c, made by 1a2b3c4d5e"}
	c := backport.Cause{Path: "c\n", Text: "the fix changes line 7"}
	for _, tt := range []struct {
		causes []backport.Cause
		want   string
	}{
		{[]backport.Cause{a, a}, "the fix changes line 5\nthe fix changes line 5\n"},
		{[]backport.Cause{a, b}, "a.c: the fix changes line 5\nthe fix changes b.c, made by 1a2b3c4d5e\n"},
		{[]backport.Cause{c, a, a, b}, `c\n: the fix changes line 7` + "\na.c: the fix changes line 5\nand 2 more regions\n"},
	} {
		app, out, _ := testApp(t)
		(&pickView{app: app, w: out}).causes(backport.Pick{Causes: tt.causes})
		if got := out.String(); got != tt.want {
			t.Errorf("got\n%s\nwant\n%s", got, tt.want)
		}
	}
}

func TestManyFilesAreCut(t *testing.T) {
	t.Parallel()
	p := backport.Pick{Outcome: backport.Conflict}
	for range maxFiles + 3 {
		p.Files = append(p.Files, backport.File{Path: "p", Outcome: backport.Conflict, Kind: "contents"})
	}
	got := conflictTexts(p)
	if len(got) != maxFiles+1 || got[maxFiles] != "and 3 more files (--json has all)" {
		t.Errorf("%d lines, the last is %q", len(got), got[len(got)-1])
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	a, _, _ := testApp(t)
	a.dir = folder{"/r"}
	fix := backport.Fix{Name: anID, Slug: "s", Steps: []backport.Step{{Commit: anID, Origin: anID}}}
	clean := backport.Pick{Fix: fix, Target: backport.Target{Name: "x", Ref: "refs/remotes/origin/x"}, Outcome: backport.Clean}
	conflict := clean
	conflict.Outcome = backport.Conflict
	written, planned := clean, clean
	written.Branch = &backport.Branch{Name: "refs/heads/backport/x/s", State: "created"}
	planned.Branch = &backport.Branch{Name: "refs/heads/backport/x/s", State: "planned"}
	for name, tt := range map[string]struct {
		o       pickOptions
		picks   []backport.Pick
		remotes []string
		want    []string
	}{
		"tried": {pickOptions{fixes: []string{anID}, squash: true}, []backport.Pick{clean}, nil, []string{
			"backstay -C /r pick 0123456789ab --squash --all-releases",
		}},
		"planned": {pickOptions{fixes: []string{"a b"}, to: []string{"x", "y"}, dryRun: true}, []backport.Pick{planned}, nil, []string{
			"backstay -C /r pick 'a b' --to x --to y",
		}},
		"written": {pickOptions{fixes: []string{anID}, all: true}, []backport.Pick{written, written}, []string{"b", "origin"}, []string{
			"git -C /r log -p origin/x..backport/x/s",
			"git -C /r push origin backport/x/s backport/x/s",
		}},
		"conflict": {pickOptions{fixes: []string{anID}, mainline: 2}, []backport.Pick{conflict}, nil, []string{
			"backstay -C /r explain 0123456789ab -m 2 --to x",
			"backstay -C /r pick 0123456789ab -m 2 --to x --dry-run --patch",
			"backstay -C /r pick 0123456789ab -m 2 --to x --edit",
		}},
		"input": {pickOptions{fixes: []string{"-"}}, []backport.Pick{clean}, nil, nil},
	} {
		tt.o.app = a
		var got []string
		for _, s := range tt.o.next(answer{Picks: tt.picks}, tt.remotes) {
			got = append(got, s.command)
		}
		if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, tt.want)
		}
	}
}
