//go:build e2e && unix

package platform

// kills is how often TestKilled kills.
const kills = 30

// mappedTests are those that TestMapped repeats.
const mappedTests = "^(TestRoom|TestOnePlace|TestLinksIntoTheRoom|TestNetwork|TestDaemons|TestForkBomb|TestMemory|TestRemoveAll|TestKilled|TestTakeover|TestBlind|TestEscape)$"
