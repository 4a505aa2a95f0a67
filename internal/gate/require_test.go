package gate

import "testing"

func TestCovers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		here, there string
		want        bool
	}{
		{"lib>=1.9.0", "lib>=1.9.0", true},
		{"lib>=3.21.1 # Apache-2.0", "lib>=3.21.0 # Apache-2.0", true},
		{"lib>=3.9.0", "lib>=3.21.0", false},
		{"netaddr>=0.7.12,<=0.7.13", "netaddr>=0.7.12", true},
		{"eventlet!=0.18.3,!=0.20.1,<0.21.0,>=0.18.2 # MIT", "eventlet!=0.18.3,!=0.20.1,>=0.18.2 # MIT", true},
		{"lib<2", "lib>=1", false},
		{"lib", "lib>=1", false},
		{"lib>=1", "lib", false},
		{"lib != 3, >= 1", "lib >= 2", false},
		{"example.org/lib v1.10.0", "example.org/lib v1.9.3", true},
		{"example.org/lib v1.9.3 // indirect", "example.org/lib v1.10.0", false},
		{"example.org/lib v0.0.0-20200101000000-0123456789ab", "example.org/lib v0.0.0-20190101000000-0123456789ab", false},
		{`gem "lib", "~> 2.1"`, `gem "lib", "~> 2.0"`, true},
		{"lib2>=1", "lib2>=2", false},
		{"lib>=99999999999999999999", "lib>=1", false},
		{"", "", false},
	} {
		if got := covers(tt.here, tt.there); got != tt.want {
			t.Errorf("covers(%q, %q) = %v", tt.here, tt.there, got)
		}
	}
}

func FuzzCovers(f *testing.F) {
	f.Add("lib>=1.2,<2 # note", "lib v1.2.3-4")
	f.Add("~> 2.0", "!=")
	f.Fuzz(func(t *testing.T, a, b string) {
		if least(a) != "" && !covers(a, a) {
			t.Errorf("%q does not cover itself", a)
		}
		if older(least(a), least(b)) && covers(a, b) {
			t.Errorf("%q is older than %q and covers it", a, b)
		}
	})
}
