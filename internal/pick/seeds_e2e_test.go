//go:build e2e

package pick_test

// seeds is how many random histories are compared with git.
const seeds = 150
