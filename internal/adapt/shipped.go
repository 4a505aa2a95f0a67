package adapt

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the shipped model
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// shipped is the model fitted to the five tuning repositories (docs/quality.md)
// by `make quality`.
//
//go:embed shipped.json.gz
var shipped []byte

// maxModel bounds a model that is read, in bytes.
const maxModel = 64 << 20

// Shipped is the model that comes with the program.
func Shipped() (*Model, error) { return ReadModel(bytes.NewReader(shipped)) }

// ReadModel reads what Write has written.
func ReadModel(r io.Reader) (*Model, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(z, maxModel)) // to its end, where the checksum is
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	m := &Model{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	if !m.Options.Sound() || !m.Cases.Sound() || !m.Scale.Sound() ||
		!slices.Equal(m.Options.Features, optionFeatures()) || !slices.Equal(m.Cases.Features, caseFeatures()) {
		return nil, errors.New("read model: it does not fit this program")
	}
	return m, nil
}

// Write writes a model as compressed JSON.
func (m *Model) Write(w io.Writer) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err == nil {
		err = json.NewEncoder(z).Encode(m)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return fmt.Errorf("write model: %w", err)
	}
	return nil
}
