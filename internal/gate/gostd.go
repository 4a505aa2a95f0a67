package gate

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// goStandard are packages of Go's standard library that are younger than what
// release branches build with, by the minor version of Go 1 that brought them
// (go.dev/doc/devel/release). Older ones every branch has.
var goStandard = map[string]int{
	"embed": 16, "io/fs": 16, "runtime/metrics": 16, "testing/fstest": 16,
	"debug/buildinfo": 18, "net/netip": 18, "go/doc/comment": 19,
	"crypto/ecdh": 20, "runtime/coverage": 20,
	"cmp": 21, "log/slog": 21, "maps": 21, "slices": 21, "testing/slogtest": 21,
	"go/version": 22, "math/rand/v2": 22, "iter": 23, "structs": 23, "unique": 23,
	"crypto/fips140": 24, "crypto/hkdf": 24, "crypto/mlkem": 24, "crypto/pbkdf2": 24, "crypto/sha3": 24, "weak": 24,
	"testing/synctest": 25,
}

// goLacks says why the Go that a file of a tree is built with may lack a package
// of the standard library, "" if it has it; library is false for another
// package. The version is that of the go line in the nearest go.mod.
func (c *Checker) goLacks(ctx context.Context, tree, file, pkg string) (why string, library bool, err error) {
	if first, _, _ := strings.Cut(pkg, "/"); strings.Contains(first, ".") {
		return "", false, nil // a module's
	}
	since := goStandard[pkg]
	if since == 0 {
		return "", true, nil
	}
	for dir := file; ; {
		dir = dir[:max(strings.LastIndexByte(dir, '/'), 0)]
		id, err := c.objects.file(ctx, tree, strings.TrimPrefix(dir+"/go.mod", "/"))
		if err != nil {
			return "", true, err
		}
		if id != "" {
			src, err := c.objects.blob(ctx, id)
			if has := goLine(src); has < since {
				why = fmt.Sprintf("%s came with Go 1.%d, and go.mod says 1.%d", pkg, since, has)
			}
			return why, true, err
		}
		if dir == "" {
			return fmt.Sprintf("%s came with Go 1.%d, and no go.mod says what this is built with", pkg, since), true, nil
		}
	}
}

// goLine is the minor version in the go line of a go.mod; 0 if there is none.
func goLine(mod []byte) int {
	for line := range strings.Lines(string(mod)) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "go 1."); ok {
			digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
			n, _ := strconv.Atoi(rest[:digits]) // 0 for no number
			return n
		}
	}
	return 0
}

// goFolder is the folder of a package of a tree's own module, as the go.mod at
// its top has it; "" for other packages.
func (c *Checker) goFolder(ctx context.Context, tree, pkg string) (string, error) {
	id, err := c.objects.file(ctx, tree, "go.mod")
	if err != nil || id == "" {
		return "", err
	}
	src, err := c.objects.blob(ctx, id)
	for line := range strings.Lines(string(src)) {
		if module, ok := strings.CutPrefix(line, "module "); ok {
			folder, _ := strings.CutPrefix(pkg, strings.Trim(strings.TrimSpace(module), `"`)+"/")
			if folder == pkg {
				folder = ""
			}
			return folder, err
		}
	}
	return "", err
}
