//go:build e2e && linux

package cli_test

// verifyKills is how often TestVerifyKilled kills.
const verifyKills = 30
