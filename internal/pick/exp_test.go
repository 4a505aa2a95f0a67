package pick_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/pick"
)

func TestExp(t *testing.T) {
	dir := os.Getenv("EXP")
	if dir == "" {
		t.Skip()
	}
	ctx := context.Background()
	run := func(args ...string) []string {
		out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Fields(string(out))
	}
	fixes := run("rev-list", "--no-merges", "-n", os.Getenv("N"), os.Getenv("MAIN"))
	branches := strings.Fields(os.Getenv("BRANCHES"))
	repo, err := git.Open(ctx, dir, git.Options{Env: os.Environ(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	var reqs []pick.Request
	for _, b := range branches {
		tree := run("rev-parse", b+"^{tree}")[0]
		for _, f := range fixes {
			p := run0(t, store, f)
			reqs = append(reqs, pick.Request{Commit: f, Base: p, Onto: tree})
		}
	}
	start := time.Now()
	e := pick.New(store, pick.Options{Jobs: 2, Brief: true})
	res, err := e.Merge(ctx, reqs)
	if err != nil {
		t.Fatal(err)
	}
	mine := time.Since(start)
	fmt.Printf("memory: %v for %d, %+v\n", mine, len(reqs), e.Stats())
	clean := 0
	why := map[string]int{}
	for _, r := range res {
		if r.Clean {
			clean++
		}
		why[r.Engine+fmt.Sprint(r.Clean)]++
		if r.Err != nil {
			why[r.Err.Error()]++
		}
	}
	fmt.Println(clean, why)
	for k, v := range pick.Why {
		fmt.Println(v, k)
	}
	if os.Getenv("BASE") == "" {
		return
	}
	store2, _ := repo.NewStore(ctx, 2)
	defer store2.Close()
	var ms []git.Merge
	for _, r := range reqs {
		o, err := store2.Trial(r.Onto, r.Base)
		if err != nil {
			t.Fatal(err)
		}
		ms = append(ms, git.Merge{Ours: o, Theirs: r.Commit})
	}
	start = time.Now()
	got, err := store2.MergeTrees(ctx, "", ms)
	if err != nil {
		t.Fatal(err)
	}
	base := time.Since(start)
	bad := 0
	for i, g := range got {
		if g.Clean != res[i].Clean || g.Clean && g.Tree != res[i].Tree {
			bad++
			if bad < 10 {
				fmt.Println("DIFF", reqs[i], g.Clean, g.Tree, res[i].Clean, res[i].Tree, res[i].Engine)
			}
		}
	}
	fmt.Printf("git: %v ratio %.2f bad %d\n", base, float64(base)/float64(mine), bad)
}

func run0(t *testing.T, s *git.Store, id string) string {
	c, err := s.Commit(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Parents) == 0 {
		return ""
	}
	return c.Parents[0]
}
