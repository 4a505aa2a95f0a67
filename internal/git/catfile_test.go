package git_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
)

var nothing = strings.Repeat("12", 20)

func oneReader(t *testing.T) *git.Store {
	t.Helper()
	r := gittest.New(t, twoBranches, gittest.Bare())
	_, s := openWith(t, r.Dir, 1, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	return s
}

func TestReadAllHandsOverMissingObjectsInPlace(t *testing.T) {
	t.Parallel()
	s := oneReader(t)
	ids := blobs(t, s, 5)
	for _, at := range []int{0, 2, 5} {
		asked := slices.Insert(slices.Clone(ids), at, nothing)
		var got []string
		err := s.ReadAll(t.Context(), asked, func(i int, o git.Object) error {
			if o.ID != asked[i] || i != len(got) {
				t.Errorf("answer %d is %s, want %s", i, o.ID, asked[i])
			}
			got = append(got, o.Kind+" "+string(o.Content))
			return nil
		})
		want := slices.Insert([]string{"blob blob 0\n", "blob blob 1\n", "blob blob 2\n", "blob blob 3\n", "blob blob 4\n"}, at, " ")
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("missing at %d: got %q %v, want %q", at, got, err, want)
		}
	}
	_, err := s.Read(t.Context(), nothing, 0)
	lacks(t, err, nothing)
	_, _, err = s.Info(t.Context(), nothing)
	lacks(t, err, nothing)
	readsRight(t.Context(), t, s, ids)
}

// What a callback leaves unread must not become the answer to the next
// question, whatever the callback's error looks like.
func TestReadAllStoppedByItsCallback(t *testing.T) {
	t.Parallel()
	s := oneReader(t)
	ids := blobs(t, s, 50)
	long := slices.Concat(ids, ids, ids)
	for _, stop := range []error{errors.New("enough"), &git.MissingError{IDs: ids[:1]}, context.Canceled, git.ErrTooLarge} {
		for _, at := range []int{0, 70, len(long) - 1} {
			err := s.ReadAll(t.Context(), long, func(i int, _ git.Object) error {
				if i == at {
					return stop
				}
				return nil
			})
			if err != stop {
				t.Errorf("got %v, want %v", err, stop)
			}
			readsRight(t.Context(), t, s, ids[:3])
		}
	}
}

func TestReadAllTenThousand(t *testing.T) {
	t.Parallel()
	s := oneReader(t)
	ids := blobs(t, s, 100)
	var asked []string
	for i := range 10_000 {
		if i%7 == 0 {
			asked = append(asked, nothing)
		} else {
			asked = append(asked, ids[i%100])
		}
	}
	n := 0
	err := s.ReadAll(t.Context(), asked, func(i int, o git.Object) error {
		if want := fmt.Sprintf("blob %d\n", i%100); i%7 == 0 && o.Kind != "" || i%7 != 0 && string(o.Content) != want {
			return fmt.Errorf("answer %d is %q", i, o.Content)
		}
		n++
		return nil
	})
	if err != nil || n != len(asked) {
		t.Errorf("%d answers, %v", n, err)
	}
	if err := s.ReadAll(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
}

func TestReadingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := oneReader(t)
	ids := blobs(t, s, 20)
	many := slices.Repeat(ids, 500)
	for _, at := range []int{0, 100, len(many) - 1} {
		ctx, cancel := context.WithCancel(t.Context())
		seen := 0
		err := s.ReadAll(ctx, many, func(i int, _ git.Object) error {
			if i == at {
				cancel()
			}
			seen = i
			return nil
		})
		cancel()
		if !errors.Is(err, context.Canceled) || seen < at {
			t.Errorf("cancelled at %d: got %v after %d", at, err, seen)
		}
		if _, err := s.Read(ctx, ids[0], 0); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v from a context that had ended", err)
		}
		readsRight(t.Context(), t, s, ids)
	}
}

func TestReadBounds(t *testing.T) {
	t.Parallel()
	s := oneReader(t)
	ids := blobs(t, s, 3)
	big, err := s.Write("blob", make([]byte, 3<<20))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(t.Context(), big, 3<<20-1); !errors.Is(err, git.ErrTooLarge) {
		t.Errorf("got %v, want too large", err)
	}
	readsRight(t.Context(), t, s, ids)
	if o, err := s.Read(t.Context(), big, 3<<20); err != nil || len(o.Content) != 3<<20 {
		t.Errorf("got %d bytes, %v", len(o.Content), err)
	}
	readsRight(t.Context(), t, s, ids)
}

func TestReadNames(t *testing.T) {
	t.Parallel()
	s := oneReader(t)
	ids := blobs(t, s, 5)
	for _, name := range []string{
		"", "a", "HEAD", "--help", "-x", "refs/heads/main", ids[0] + "\ncontents " + ids[1], ids[0] + "^{blob}",
		ids[0] + " x", " " + ids[0], ids[0] + "\x00", strings.ToUpper(ids[0]) + "G", strings.Repeat("a", 65), strings.Repeat("b", 1<<20),
		"info", "flush\n", ":/x", "@{u}",
	} {
		var missing *git.MissingError
		_, err := s.Read(t.Context(), name, 0)
		_, _, infoErr := s.Info(t.Context(), name)
		allErr := s.ReadAll(t.Context(), []string{name}, func(int, git.Object) error { return nil })
		for _, err := range []error{err, infoErr, allErr} {
			if err == nil || errors.As(err, &missing) || len(err.Error()) > 500 {
				t.Errorf("%.50q: got %.200v", name, err)
			}
		}
	}
	readsRight(t.Context(), t, s, ids)
	if o, err := s.Read(t.Context(), ids[1][:12], 0); err != nil || o.ID != ids[1] {
		t.Errorf("abbreviated: got %s %v, want %s", o.ID, err, ids[1])
	}
	if err := s.ReadAll(t.Context(), []string{ids[1][:12]}, nil); err == nil {
		t.Error("ReadAll took an abbreviated id")
	}
}

func TestManyReaders(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, twoBranches, gittest.Bare())
	_, s := openAt(t, r.Dir)
	ids := blobs(t, s, 30)
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			for range 5 {
				readsRight(t.Context(), t, s, ids)
				ctx, cancel := context.WithCancel(t.Context())
				go cancel()
				if o, err := s.Read(ctx, ids[n], 0); err == nil && string(o.Content) != fmt.Sprintf("blob %d\n", n) {
					t.Errorf("got %q", o.Content)
				}
				cancel()
			}
		})
	}
	wg.Wait()
}

func TestClosedStore(t *testing.T) {
	t.Parallel()
	s := oneReader(t)
	ids := blobs(t, s, 2)
	waiting := make(chan error)
	err := s.ReadAll(t.Context(), ids, func(i int, o git.Object) error {
		if i == len(ids)-1 {
			go func() { // has to wait for the only reader, or comes too late
				_, err := s.Read(t.Context(), ids[0], 0)
				waiting <- err
			}()
			return s.Close()
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if err := <-waiting; !errors.Is(err, os.ErrClosed) {
		t.Errorf("got %v from a closed store", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := s.Read(t.Context(), ids[0], 0); !errors.Is(err, os.ErrClosed) {
		t.Errorf("got %v from a closed store", err)
	}
	if _, err := os.Stat(s.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the store's folder: %v", err)
	}
}
