package gate

import (
	"testing"

	"backstay.dev/backstay/internal/outline"
)

func TestStandard(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lang outline.Language
		path string
		want bool
	}{
		{outline.Python, "ctypes", true},
		{outline.Python, "ctypes.util", true},
		{outline.Python, "ctypes.c_uint", true},
		{outline.Python, "os.path.join", true},
		{outline.Python, "unittest.TestCase", true},
		{outline.Python, "unittest.mock", false},
		{outline.Python, "unittest.mock.patch", false},
		{outline.Python, "queue", false},
		{outline.Python, "neutron.os", false},
		{outline.Python, "", false},
		{outline.Java, "java.util.List", true},
		{outline.Java, "java.util.stream.Stream", false},
		{outline.Java, "javax.inject.Inject", false},
		{outline.Java, "javafoo.Bar", false},
		{outline.Rust, "std.collections.HashMap", true},
		{outline.Rust, "stdx.Map", false},
		{outline.JavaScript, "node:fs.readFile", true},
		{outline.JavaScript, "lodash.map", false},
		{outline.PHP, "std", false},
	} {
		if got := standard(tt.lang, tt.path); got != tt.want {
			t.Errorf("standard(%s, %q) = %v", tt.lang, tt.path, got)
		}
	}
}
