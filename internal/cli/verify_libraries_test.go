//go:build unix

package cli_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/report"
)

const libraryProject = `
-- commit on main: start --
-- file build.sh 755 --
#!/bin/sh
set -e
mkdir -p build
gcc -g -shared -fPIC -o build/libjar.so.1 jar.c
ln -sf libjar.so.1 build/libjar.so
-- file jar.c --
struct jar { int size; int lid; };
int jar_size(struct jar *j) { return j->size; }
-- branch release from main --
-- commit fix on main: jar: without the lid --
-- file jar.c --
struct jar { int size; };
int jar_size(struct jar *j) { return j->size; }
-- branch breaks from release --
-- commit on breaks: jar: without the lid --
-- pick fix --
-- branch keeps from release --
-- commit on keeps: jar: no size is negative --
-- file jar.c --
struct jar { int size; int lid; };
int jar_size(struct jar *j) { return j->size < 0 ? 0 : j->size; }
`

// A member that leaves a structure of a .c file is seen in the built library
// alone, and refuses the backport.
func TestVerifyLibraries(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"abidiff", "gcc"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed (Debian: abigail-tools, gcc)", program)
		}
	}
	r := gittest.New(t, libraryProject)
	v := newVerifying(t, r, "platforms:\n- name: here\n  build: [./build.sh]\n  libraries: [build/*.so*]\n")
	for _, test := range []struct {
		branch, rule string
		changes      int
	}{{"breaks", "broken", 1}, {"keeps", "held", 0}} {
		_, out, said := v.run("--build", "--json", "release.."+test.branch)
		var d report.Document
		if err := json.Unmarshal([]byte(out), &d); err != nil || len(d.Verifications) != 1 || len(d.Verifications[0].Runs) != 1 {
			t.Fatalf("%s: %v\n%s%s", test.branch, err, out, said)
		}
		run := d.Verifications[0].Runs[0]
		if run.State != backport.RunPassed || len(run.API) != test.changes || strings.Contains(run.Detail, "not compared") {
			t.Errorf("%s: %s (%s), %+v", test.branch, run.State, run.Detail, run.API)
		}
		for _, c := range run.API {
			if c.Path != "build/libjar.so.1" || c.Symbol != "jar_size" || c.Kind != "changed" || !c.Breaks || !strings.Contains(c.Text, "lid") {
				t.Errorf("%+v", c)
			}
		}
		for _, rule := range d.Verifications[0].Verdict.Rules {
			if rule.Rule == "api" && rule.State != test.rule {
				t.Errorf("%s: api %s (%s)", test.branch, rule.State, rule.Text)
			}
		}
	}
	if left := v.left(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
