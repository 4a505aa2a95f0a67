package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/report"
)

// A format writes a report.
type format func(io.Writer, []backport.Verification) error

// formatOf is the format of a report by the ending of its name; nil for none.
// root is the folder that paths are relative to.
func formatOf(name, root string) format {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".html":
		return report.HTML
	case ".md":
		return markdown
	case ".json":
		return report.JSON
	case ".xml":
		return report.JUnit
	case ".sarif":
		return func(w io.Writer, vs []backport.Verification) error { return report.SARIF(w, vs, root) }
	}
	return nil
}

func markdown(w io.Writer, vs []backport.Verification) error {
	return report.Markdown(w, vs, report.MarkdownOptions{})
}

// stay refuses to write a report through a link of the checkout at top: whoever
// made what is checked out would choose the file. top is "" where there is none.
func (o *verifyOptions) stay(top string) error {
	real, err := filepath.EvalSymlinks(top)
	if top == "" || err != nil {
		return err
	}
	for _, name := range o.reports {
		file := name
		if !filepath.IsAbs(name) {
			here, err := filepath.Abs(o.app.dir.path())
			if err != nil {
				return err
			}
			if here, err = filepath.EvalSymlinks(here); err != nil {
				return err
			}
			file = filepath.Join(here, name)
		}
		way, err := filepath.Rel(real, file)
		if err != nil || !filepath.IsLocal(way) {
			continue // it is elsewhere, where the checkout has no say
		}
		for file = real; way != ""; {
			var element string
			element, way, _ = strings.Cut(way, string(filepath.Separator))
			file = filepath.Join(file, element)
			if info, err := os.Lstat(file); err == nil && info.Mode()&os.ModeSymlink != 0 {
				return wrongUse("write it to a folder outside of the checkout", "--report %s: a link of the checkout leads elsewhere", name)
			}
		}
	}
	return nil
}

// report prints what came of it and writes the files that were asked for: what
// keeps a file from being written takes no answer away.
func (o *verifyOptions) report(vs []backport.Verification, root string) error {
	err := o.print(vs)
	for _, name := range o.reports {
		if writeErr := o.write(name, vs, root); writeErr != nil {
			err = also(err, fmt.Errorf("write %s: %w", name, writeErr))
		}
	}
	return err
}

func (o *verifyOptions) write(name string, vs []backport.Verification, root string) error {
	var text bytes.Buffer
	if err := formatOf(name, root)(&text, vs); err != nil {
		return err
	}
	return os.WriteFile(o.app.dir.within(name), text.Bytes(), 0o644)
}

func (o *verifyOptions) print(vs []backport.Verification) error {
	switch {
	case o.json:
		return report.JSON(o.app.Out, vs)
	case o.markdown:
		return markdown(o.app.Out, vs)
	}
	return report.Text(o.app.Out, vs, report.TextOptions{Width: o.app.OutWidth, Color: o.app.paints, Patch: o.patch, More: "--patch shows all"})
}

// paints are the colours of a report.
func (a *app) paints(style, text string) string {
	paints := map[string]paint{
		report.Bold: bold, report.Dim: dim, report.Red: red, report.Green: green, report.Yellow: yellow, report.Cyan: cyan,
	}
	return a.style(paints[style], text)
}
