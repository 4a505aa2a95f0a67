package cli

import "errors"

// paint is a colour of the terminal: the parameters of SGR (ECMA-48, 8.3.117).
type paint string

const (
	bold   paint = "1"
	dim    paint = "2"
	red    paint = "31"
	green  paint = "32"
	yellow paint = "33"
	cyan   paint = "36"
)

// colorMode is the value of --color.
type colorMode string

func (m *colorMode) String() string {
	if *m == "" {
		return "auto"
	}
	return string(*m)
}

func (m *colorMode) Set(s string) error {
	switch s {
	case "auto", "always", "never":
		*m = colorMode(s)
		return nil
	}
	return errors.New("want auto, always or never")
}

func (m *colorMode) Type() string { return "WHEN" }

// colored decides for one stream. NO_COLOR is the convention of no-color.org.
func (a *app) colored(width int) bool {
	switch a.color {
	case "always":
		return true
	case "never":
		return false
	}
	return width > 0 && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb"
}

// style paints text that goes to standard output.
func (a *app) style(p paint, text string) string { return painted(a.colored(a.OutWidth), p, text) }

// errStyle paints text that goes to standard error.
func (a *app) errStyle(p paint, text string) string {
	return painted(a.colored(a.ErrWidth), p, text)
}

func painted(on bool, p paint, text string) string {
	if !on || text == "" {
		return text
	}
	return "\x1b[" + string(p) + "m" + text + "\x1b[0m"
}
