package report

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backstay.dev/backstay/internal/backport"
)

var update = flag.Bool("update", false, "write the golden files anew")

// formats are all formats, by the name of the golden file's end.
var formats = map[string]func(io.Writer, []backport.Verification) error{
	"txt": func(w io.Writer, vs []backport.Verification) error {
		return Text(w, vs, TextOptions{Width: 100, More: "--patch shows all"})
	},
	"patch.txt": func(w io.Writer, vs []backport.Verification) error { return Text(w, vs, TextOptions{Patch: true}) },
	"md":        func(w io.Writer, vs []backport.Verification) error { return Markdown(w, vs, MarkdownOptions{}) },
	"short.md": func(w io.Writer, vs []backport.Verification) error {
		return Markdown(w, vs, MarkdownOptions{Limit: 4000})
	},
	"html":      HTML,
	"json":      JSON,
	"junit.xml": JUnit,
	"sarif":     func(w io.Writer, vs []backport.Verification) error { return SARIF(w, vs, "/home/ann/a b") },
	"color.txt": func(w io.Writer, vs []backport.Verification) error {
		sgr := map[string]string{Bold: "1", Dim: "2", Red: "31", Green: "32", Yellow: "33", Cyan: "36"}
		var b bytes.Buffer
		o := TextOptions{Width: 72, Color: func(style, text string) string { return "\x1b[" + sgr[style] + "m" + text + "\x1b[0m" }}
		if err := Text(&b, vs, o); err != nil {
			return err
		}
		_, err := w.Write(bytes.ReplaceAll(b.Bytes(), []byte{0x1b}, []byte("^[")))
		return err
	},
}

// Every format of the report with all states, and of the hostile one, is as it
// was looked at. -update writes it anew; look at it before it is committed.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, vs := range map[string][]backport.Verification{"rich": rich(), "hostile": hostile(), "none": {}} {
		for format, write := range formats {
			t.Run(name+"."+format, func(t *testing.T) {
				t.Parallel()
				var got bytes.Buffer
				if err := write(&got, vs); err != nil {
					t.Fatal(err)
				}
				file := filepath.Join("testdata", name+"."+format)
				if *update {
					if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got.String()); diff != "" {
					t.Errorf("%s is other than %s (-want +got):\n%s", format, file, diff)
				}
			})
		}
	}
}
