//go:build e2e && linux

package cli_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/gittest"
)

// The demo's project, built and tested for this processor and, emulated, for
// arm64 and for s390x, which is big-endian; the fix's test proves it on each.
func TestVerifyEmulated(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"go", "qemu-aarch64-static", "qemu-s390x-static"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not here: %v", program, err)
		}
	}
	text, err := os.ReadFile(filepath.Join("demo", "ferry.txt"))
	if err != nil {
		t.Fatal(err)
	}
	r := gittest.New(t, string(text))
	v := newVerifying(t, r, `
platforms:
  - name: amd64
    test: [go, test, -json, ./...]
  - name: arm64
    env: {GOARCH: arm64, CGO_ENABLED: "0"}
    test: [go, test, -json, -exec, qemu-aarch64-static, ./...]
  - name: s390x
    env: {GOARCH: s390x, CGO_ENABLED: "0"}
    test: [go, test, -json, -exec, qemu-s390x-static, ./...]
`)
	exit, stdout, stderr := v.run("--pick", r.ID("turn"), "--to", "release/2.0", "--build", "--json")
	var got struct{ Verifications []backport.Verification }
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || exit != 0 || len(got.Verifications) != 1 {
		t.Fatalf("exit %d, %v\n%s\n%s", exit, err, stderr, stdout)
	}
	runs := got.Verifications[0].Runs
	if len(runs) != 3 {
		t.Fatalf("%d platforms", len(runs))
	}
	for _, run := range runs {
		if run.State != backport.RunPassed || run.Proof == nil || run.Proof.State != backport.Proven {
			t.Errorf("%s: %s %+v %s", run.Platform, run.State, run.Proof, run.Detail)
		}
	}
}
