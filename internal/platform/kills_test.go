//go:build !e2e && unix

package platform

// kills is how often TestKilled kills.
const kills = 3

// mappedTests are those that TestMapped repeats.
const mappedTests = "^(TestRoom|TestOnePlace|TestLinksIntoTheRoom|TestNetwork|TestBlind|TestEscape)$"
