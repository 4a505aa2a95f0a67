package pick

import (
	"sync"

	"backstay.dev/backstay/internal/git"
)

// memo keeps what the engine worked out, within bounds by count: when a map is
// full it starts anew.
type memo struct {
	mu      sync.Mutex
	commits map[string]git.Commit
	diffs   map[string][]change
	paths   int // paths held by diffs
	blobs   map[git.Triple]git.MergedBlob
	speaks  map[string]bool // .gitattributes blobs: do they speak of merging?
}

func newMemo() *memo {
	return &memo{
		commits: map[string]git.Commit{}, diffs: map[string][]change{},
		blobs: map[git.Triple]git.MergedBlob{}, speaks: map[string]bool{},
	}
}

const (
	maxCommits = 50_000
	maxPaths   = 500_000
	maxBlobs   = 200_000
)

func (m *memo) commit(id string) (git.Commit, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.commits[id]
	return c, ok
}

func (m *memo) keepCommit(c git.Commit) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.commits) >= maxCommits {
		clear(m.commits)
	}
	m.commits[c.ID] = c
}

func (m *memo) change(key string) ([]change, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.diffs[key]
	return c, ok
}

func (m *memo) keepChange(key string, c []change) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.paths += len(c) + 1; m.paths > maxPaths {
		clear(m.diffs)
		m.paths = len(c) + 1
	}
	m.diffs[key] = c
}

func (m *memo) merged(t git.Triple) (git.MergedBlob, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.blobs[t]
	return b, ok
}

func (m *memo) keepMerged(t []git.Triple, b []git.MergedBlob) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range t {
		m.blobs[t[i]] = b[i]
	}
}

func (m *memo) attribute(id string) (speaks, known bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	speaks, known = m.speaks[id]
	return speaks, known
}

func (m *memo) keepAttribute(id string, speaks bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.speaks[id] = speaks
}

// trim makes room before a batch, never while one is on its way.
func (m *memo) trim() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.blobs) >= maxBlobs {
		clear(m.blobs)
	}
}
