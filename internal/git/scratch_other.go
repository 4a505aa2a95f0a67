//go:build !linux

package git

// MemoryScratch returns "": no folder in memory is known here.
func MemoryScratch() string { return "" }
