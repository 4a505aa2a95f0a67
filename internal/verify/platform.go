package verify

import "time"

// The kinds of platforms.
const (
	Local     = "local"
	Container = "container"
	SSH       = "ssh"
	CI        = "ci"
)

// Platform is one place where backports are built and tested.
type Platform struct {
	Name string `json:"name"`
	// Kind is one of the constants; Local if empty.
	Kind string `json:"kind"`
	// Image is a container's; Engine the program that runs it, "" for podman or
	// docker, whichever is there.
	Image  string `json:"image,omitempty"`
	Engine string `json:"engine,omitempty"`
	// Host is where ssh goes, as ssh takes it; Remote the git remote whose forge
	// runs a CI platform.
	Host   string `json:"host,omitempty"`
	Remote string `json:"remote,omitempty"`
	// Forge is "github", "gitlab", "gitea" or "forgejo" where the remote's host
	// does not say which it is.
	Forge string `json:"forge,omitempty"`
	// Env are further variables, NAME=value.
	Env []string `json:"env,omitempty"`
	// Prepare, Build and Test are commands, each a program with its arguments;
	// no shell reads them. They run in this order at the top of a checkout.
	Prepare [][]string `json:"prepare,omitempty"`
	Build   [][]string `json:"build,omitempty"`
	Test    [][]string `json:"test,omitempty"`
	// Proof runs chosen tests: an argument {tests} stands for their names, one
	// argument each, {files} for their files. Without it the first command of
	// Test is narrowed where its program is known.
	Proof []string `json:"proof,omitempty"`
	// Results says how the tests' results are read: a format of package results
	// ("go-json", "tap", …), for those in files with the path behind a colon
	// ("junit:build/*.xml"). Empty: they are recognised in the output.
	Results string `json:"results,omitempty"`
	// Libraries are patterns of the shared libraries that Build makes, as of
	// platform.Place: those of target and backport are compared.
	Libraries []string `json:"libraries,omitempty"`
	// TestFiles are patterns for further test files, as of package glob.
	TestFiles []string `json:"test_files,omitempty"`
	// Network lets the commands reach the network; Prepare always may.
	Network bool `json:"network,omitempty"`
	// KeepCache keeps what the commands cache ($XDG_CACHE_HOME, of Go and Cargo
	// their modules) for later backports, which then trust what this one left
	// there. Without it only the runs of one backport share a cache.
	KeepCache bool   `json:"keep_cache,omitempty"`
	Limits    Limits `json:"limits"`
	// Reruns is how often a test that newly fails is run again.
	Reruns int `json:"reruns,omitempty"`
}

// Limits bound what one command may take; 0 is the default.
type Limits struct {
	// Time is 30 minutes by default.
	Time time.Duration `json:"time,omitempty"`
	// Memory is in bytes, of all processes together; unlimited by default.
	Memory int64 `json:"memory,omitempty"`
	// Processes is how many there may be at once; 4,096 by default.
	Processes int `json:"processes,omitempty"`
	// Output is in bytes; 64 MiB by default.
	Output int64 `json:"output,omitempty"`
	// Disk is in bytes, of what a command leaves in its folders; unlimited by
	// default, and of local platforms only.
	Disk int64 `json:"disk,omitempty"`
}
