package cli

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/platform"
	"backstay.dev/backstay/internal/verify/api"
)

// The limits of one abidiff.
const (
	maxCompare       = 5 * time.Minute
	maxCompareMemory = 4 << 30 // bytes
)

// abi compares built libraries with abidiff: what it reads was built from what
// others wrote, so that it runs as commands of a platform do. It is nil where
// there is none.
func (m *machines) abi() func(ctx context.Context, before, after string) ([]backport.APIChange, error) {
	path := m.app.getenv("PATH")
	program, err := platform.Find("abidiff", path)
	if err != nil {
		return nil
	}
	return func(ctx context.Context, before, after string) (changes []backport.APIChange, err error) {
		scratch, err := m.yard.Folder("abidiff")
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, platform.RemoveAll(scratch)) }()
		return api.ABI(ctx, func(ctx context.Context, argv []string) (string, int, error) {
			var out bytes.Buffer
			_, err := platform.Run(ctx, platform.Recipe{
				Run: append([]string{program}, argv[1:]...), Dir: filepath.Dir(after), Scratch: scratch,
				Path: path, Lang: "C", Hidden: platform.Secrets(m.app.getenv("HOME")),
				Timeout: maxCompare, Memory: maxCompareMemory, Log: &out,
			})
			var failed *platform.FailedError
			if errors.As(err, &failed) {
				return out.String(), failed.Status, nil
			}
			return out.String(), 0, err
		}, filepath.Base(before), filepath.Base(after))
	}
}
