package api

import "testing"

func TestBodiless(t *testing.T) {
	t.Parallel()
	const base = "package p\n\nimport (\n\t\"io\"\n\t\"os\"\n)\n\n// F is.\nfunc F(r io.Reader) { os.Exit(1) }\n\nvar V io.Writer\n"
	tests := []struct {
		name, src string
		same      bool
	}{
		{"itself", base, true},
		{"body, comments, imports of bodies", "package p\n\nimport \"io\"\n\n// F does.\nfunc F(r io.Reader) {\n\tprintln()\n}\n\nvar V io.Writer\n", true},
		{"parameter", "package p\n\nimport \"io\"\n\nfunc F(r io.Writer) {}\n\nvar V io.Writer\n", false},
		{"import of a declaration", "package p\n\nimport io \"x.org/io\"\n\nfunc F(r io.Reader) {}\n\nvar V io.Writer\n", false},
		{"package", "package q\n\nimport \"io\"\n\nfunc F(r io.Reader) {}\n\nvar V io.Writer\n", false},
		{"constraint", "//go:build windows\n\n" + base, false},
	}
	want, ok := bodiless([]byte(base))
	if !ok {
		t.Fatal("the first doesn't parse")
	}
	for _, test := range tests {
		got, ok := bodiless([]byte(test.src))
		if !ok || (string(got) == string(want)) != test.same {
			t.Errorf("%s: %q, want %q", test.name, got, want)
		}
	}
	if _, ok := bodiless([]byte("package p\n\nfunc F( {")); ok {
		t.Error("what doesn't parse has declarations")
	}
}
