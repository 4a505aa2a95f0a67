//go:build unix && !linux

package platform

// attack has nothing to try here: nothing is kept out.
func attack(string) int { return 2 }
