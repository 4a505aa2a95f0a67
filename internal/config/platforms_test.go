package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"backstay.dev/backstay/internal/verify"
)

func TestParsePlatforms(t *testing.T) {
	t.Parallel()
	got, err := Parse("f", []byte(`
platforms:
  - name: linux-amd64
    env: {CGO_ENABLED: 0, GOFLAGS: "-mod=vendor"}
    prepare: [go, mod, download]
    build:
      - [go, build, ./...]
      - [go, vet, ./...]
    test: [go, test, -json, ./...]
    results: go-json
    limits: {time: 20m, memory: 4G, processes: 200, output: 512K, disk: 10G}
    reruns: 3
    keep-cache: true
    test-files: [integration/**/*.sh]
    libraries: [build/*.so*]
  - name: s390x
    run: container
    image: docker.io/library/debian:12
    engine: podman
    network: true
    test: [[./run, tests]]
    proof: [./run, "--single={tests}"]
  - {name: arm, run: ssh, host: ci@arm.example, build: [make]}
  - {name: forge, run: ci, remote: origin, forge: gitea}
policy:
  - targets: [release/1.*]
    deviations: faithful
    platforms: [linux-amd64]
    proof: proven
  - {api: additions, findings: warning, original: known, uncompared: refused}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []verify.Platform{
		{
			Name: "linux-amd64", Kind: "local", Env: []string{"CGO_ENABLED=0", "GOFLAGS=-mod=vendor"},
			Prepare: [][]string{{"go", "mod", "download"}}, Build: [][]string{{"go", "build", "./..."}, {"go", "vet", "./..."}},
			Test: [][]string{{"go", "test", "-json", "./..."}}, Results: "go-json", Reruns: 3, KeepCache: true, TestFiles: []string{"integration/**/*.sh"},
			Libraries: []string{"build/*.so*"},
			Limits:    verify.Limits{Time: 20 * time.Minute, Memory: 4 << 30, Processes: 200, Output: 512 << 10, Disk: 10 << 30},
		},
		{
			Name: "s390x", Kind: "container", Image: "docker.io/library/debian:12", Engine: "podman", Network: true,
			Test: [][]string{{"./run", "tests"}}, Proof: []string{"./run", "--single={tests}"},
		},
		{Name: "arm", Kind: "ssh", Host: "ci@arm.example", Build: [][]string{{"make"}}},
		{Name: "forge", Kind: "ci", Remote: "origin", Forge: "gitea"},
	}
	if d := cmp.Diff(want, got.Platforms); d != "" {
		t.Error(d)
	}
	for target, want := range map[string]verify.Policy{
		"release/1.7": {Deviations: "faithful", Platforms: []string{"linux-amd64"}, Proof: "proven"},
		"release/2.0": {API: "additions", Findings: "warning", Original: "known", Uncompared: "refused"},
	} {
		if d := cmp.Diff(want, got.PolicyFor(target)); d != "" {
			t.Errorf("%s: %s", target, d)
		}
	}
}

func TestParsePlatformErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"platforms: x":                                                                 "a list of platforms",
		"platforms:\n- {test: [make]}":                                                 "needs a `name`",
		"platforms:\n- {name: a}":                                                      "needs a `test`",
		"platforms:\n- {name: all, test: [make]}":                                      `"all" cannot be`,
		"platforms:\n- {name: a, test: make}":                                          "a list of words",
		"platforms:\n- {name: a, test: [[]]}":                                          "no name",
		"platforms:\n- {name: a, test: [\"\"]}":                                        "no name",
		"platforms:\n- {name: a, test: [--version]}":                                   "no name",
		"platforms:\n- {name: a, test: [make]}\n- {name: a, test: [make]}":             "two platforms",
		"platforms:\n- {name: a, run: remote, test: [make]}":                           "one of local",
		"platforms:\n- {name: a, run: ssh, test: [make]}":                              "needs a `host`",
		"platforms:\n- {name: a, run: ssh, host: -oProxyCommand=x, test: [make]}":      "begins with a dash",
		"platforms:\n- {name: a, run: container, test: [make]}":                        "needs an `image`",
		"platforms:\n- {name: a, run: container, image: i, engine: ./e, test: [make]}": "one of podman",
		"platforms:\n- {name: a, run: container, image: i, engine: sh, test: [make]}":  "one of podman",
		"platforms:\n- {name: a, env: {A=B: c}, test: [make]}":                         "name of a variable",
		"platforms:\n- {name: a, limits: {time: soon}, test: [make]}":                  "a time such as",
		"platforms:\n- {name: a, limits: {memory: 4T}, test: [make]}":                  "a size such as",
		"platforms:\n- {name: a, limits: {memory: 9999999999999G}, test: [make]}":      "a size such as",
		"platforms:\n- {name: a, limits: {cpu: 4}, test: [make]}":                      "known are disk, memory",
		"platforms:\n- {name: a, results: \"junit:../x\", test: [make]}":               "no path below",
		"platforms:\n- {name: a, reruns: 21, test: [make]}":                            "from 0 to 20",
		"platforms:\n- {name: a, colour: red, test: [make]}":                           "known are build",
		"platforms:\n- {name: a, libraries: [\"*.so\"], test: [make]}":                 "`build` makes",
		"platforms:\n- {name: a, libraries: [../a], build: [make]}":                    "no path below",

		"policy: {api: any}":                                                   "a list of policies",
		"policy:\n- {api: all}":                                                "one of frozen",
		"policy:\n- {platforms: [a]}":                                          "not among",
		"policy:\n- {targets: [], api: any}":                                   "leave the key out for all targets",
		"policy:\n- {targets: [a], speed: any}":                                "known are api",
		"platforms:\n- {name: a, test: [" + strings.Repeat("x, ", 101) + "]}":  "more than 100 words",
		"platforms:\n- {name: a, test: [" + strings.Repeat("[x], ", 51) + "]}": "more than 50 commands",
		"platforms:\n" + strings.Repeat("- {name: a, test: [make]}\n", 51):     "more than 50 platforms",
		"platforms:\n- {name: a, test: [make], env: {A: b, C: [d]}}":           "one value",
	} {
		if _, err := Parse("f", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, err, want)
		}
	}
}
