//go:build e2e && unix

package platform

// kills is how often TestKilled kills.
const kills = 30
