package api_test

import "testing"

// pairs are versions of one package without imports. golang.org/x/exp/apidiff
// (v0.0.0-20250620022241) comes to the same verdicts, but for two: to it a method
// of the pointer that the value gets is an addition, and a constraint's terms
// are not compared.
var pairs = []struct {
	name, before, after string
	want                []string
}{
	{"nothing", "func F(a int) {}", "// F is.\nfunc F(b int) { println(b) }", nil},
	{"added", "", "func F() {}", []string{"+ a.go:3 p.F"}},
	{"removed", "func F() {}", "", []string{"-! a.go:3 p.F"}},
	{"not exported", "func f() {}\ntype t struct{ A int }", "type t struct{ B int }", nil},
	{"parameter", "func F(a int) {}", "func F(a int, b ...string) {}", []string{"~! a.go:3 p.F"}},
	{"names of parameters", "var F func(a, b int) (err error)", "var F func(x int, y int) error", nil},
	{"byte and uint8", "func F(a []byte, b any) {}", "func F(a []uint8, b interface{}) {}", nil},
	{"variable", "var V = []int{1}", "var V = map[int]int{}", []string{"~! a.go:3 p.V"}},
	{"function to variable", "func F() {}", "const F = 1", []string{"~! a.go:3 p.F"}},
	{"constant's value", "const C = 1", "const C = 2", []string{"~! a.go:3 p.C"}},
	{"constant's type", "const C = 1", "const C int64 = 1", []string{"~! a.go:3 p.C"}},
	{"field added", "type T struct{ A int }", "type T struct{ A, B int }", []string{"+ a.go:3 p.T.B"}},
	{"field removed", "type T struct{ A, b int }", "type T struct{ c, d int }", []string{"-! a.go:3 p.T.A"}},
	{"field's type", "type T struct{ A int }", "type T struct{ A string }", []string{"~! a.go:3 p.T.A"}},
	{"fields in another order", "type T struct{ A, B int }", "type T struct{ B, A int }", nil},
	{"no longer comparable", "type T struct{ a int }", "type T struct{ a []int }", []string{"~! a.go:3 p.T"}},
	{"promoted field", "type base struct{ A int }\ntype T struct{ base }", "type base struct{}\ntype T struct{ base }", []string{"-! a.go:3 p.T.A"}},
	{"promoted method", "type base struct{}\nfunc (base) M() {}\ntype T struct{ base }", "type base struct{}\ntype T struct{ base }", []string{"-! a.go:4 p.T.M"}},
	{"method added", "type T int", "type T int\nfunc (T) M() {}", []string{"+ a.go:4 p.T.M"}},
	{"method of the pointer", "type T int\nfunc (T) M() {}", "type T int\nfunc (*T) M() {}", []string{"~! a.go:4 p.T.M"}},
	{"method of the value", "type T int\nfunc (*T) M() {}", "type T int\nfunc (T) M() {}", nil},
	{"another kind of type", "type T struct{ A int }\nfunc (T) M() {}", "type T interface{ M() }", []string{"~! a.go:3 p.T"}},
	{"another type", "type T map[string]int", "type T map[string]bool", []string{"~! a.go:3 p.T"}},
	{"interface gains", "type I interface{ A() }", "type I interface{ A(); B() }", []string{"+! a.go:3 p.I.B"}},
	{"interface loses", "type I interface{ A(); B() }", "type I interface{ A() }", []string{"-! a.go:3 p.I.B"}},
	{"closed interface gains", "type I interface{ a(); A() }", "type I interface{ a(); A(); B() }", []string{"+ a.go:3 p.I.B"}},
	{"interface is closed", "type I interface{ A() }", "type I interface{ A(); b() }", []string{"~! a.go:3 p.I"}},
	{"type added", "", "type T struct{ A int }\nfunc (T) M() {}", []string{"+ a.go:3 p.T"}},
	{"type removed", "type T struct{ A int }\nfunc (T) M() {}", "", []string{"-! a.go:3 p.T"}},
	{"handed out", "type t struct{ A int }\nfunc New() *t { return nil }", "type t struct{ B int }\nfunc New() *t { return nil }", []string{"-! a.go:3 p.t.A", "+ a.go:3 p.t.B"}},
	{"type parameter", "type T[P any] struct{ A P }", "type T[P comparable] struct{ A P }", []string{"~! a.go:3 p.T"}},
	{"name of a type parameter", "func F[K comparable, V any](m map[K]V) {}", "func F[A comparable, B any](m map[A]B) {}", nil},
	{"constraint", "type C interface{ ~int | ~string }\nfunc F[T C](T) {}", "type C interface{ ~int | ~string }\nfunc F[T interface{ ~int }](T) {}", []string{"~! a.go:4 p.F"}},
	{"alias", "type A = int", "type A = string", []string{"~! a.go:3 p.A"}},
	{"alias of a type", "type T struct{ X int }\ntype A = T", "type T struct{ X int }\ntype A = T\nfunc F(a A) {}", []string{"+ a.go:5 p.F"}},
	{"alias in a signature", "type A = map[string]int\nfunc F(a A) {}", "type A = map[string]int\nfunc F(a map[string]int) {}", nil},
	{"channel", "var C <-chan int", "var C chan int", []string{"~! a.go:3 p.C"}},
	{"embedding error", "type E interface{ error }", "type E interface{ error; Code() int }", []string{"+! a.go:3 p.E.Code"}},
	{"recursive", "type T struct{ Next *T; f func(T) T }", "type T struct{ Next *T; f func(*T) T }", nil},
}

func TestGo(t *testing.T) {
	t.Parallel()
	oneWay := map[string]bool{"method of the value": true, "method of the pointer": true, "no longer comparable": true}
	var tests []test
	for _, p := range pairs {
		head := "-- go.mod --\nmodule example.org/m\n-- a.go --\npackage p\n\n"
		tests = append(tests, test{p.name, head + p.before + "\n", head + p.after + "\n", p.want, oneWay[p.name]})
	}
	run(t, tests)
}

// TestGoPackages is about what surrounds a package: imports, modules, folders,
// build constraints.
func TestGoPackages(t *testing.T) {
	t.Parallel()
	run(t, []test{
		{
			"the types of other modules are names",
			"-- go.mod --\nmodule m\n-- a.go --\npackage p\n\nimport (\n\t\"context\"\n\tv1 \"k8s.io/api/core/v1\"\n\t\"gopkg.in/yaml.v3\"\n)\n\nfunc F(context.Context, *v1.Pod, yaml.Node) error { return nil }\n",
			"-- go.mod --\nmodule m\n-- a.go --\npackage p\n\nimport (\n\t\"context\"\n\tcorev1 \"k8s.io/api/core/v1\"\n\t\"gopkg.in/yaml.v3\"\n)\n\nfunc F(ctx context.Context, p *corev1.Pod, n yaml.Node) error { return nil }\n\nfunc G(p corev1.Pod) {}\n",
			[]string{"+ a.go:11 p.G"},
			false,
		},
		{
			"another type of another module",
			"-- go.mod --\nmodule m\n-- a.go --\npackage p\n\nimport \"net/http\"\n\nfunc F(*http.Request, map[string]http.Header) {}\n",
			"-- go.mod --\nmodule m\n-- a.go --\npackage p\n\nimport \"net/http\"\n\nfunc F(*http.Response, map[string]http.Header) {}\n",
			[]string{"~! a.go:5 p.F"},
			false,
		},
		{
			"errors", "-- go.mod --\nmodule m\n-- a.go --\npackage p\n\nimport \"errors\"\n\nvar ErrA = errors.New(\"a\")\n",
			"-- go.mod --\nmodule m\n-- a.go --\npackage p\n\nimport \"fmt\"\n\nvar ErrA = fmt.Errorf(\"a %d\", 1)\n", nil, false,
		},
		{
			"what isn't known is not compared",
			"-- go.mod --\nmodule m\n-- a.go --\npackage p\n\nimport \"x.org/a\"\n\nvar V = a.F()\n\nvar W = []int{a.C}\n",
			"-- go.mod --\nmodule m\n-- a.go --\npackage p\n\nvar V = 1\n\nvar W = []int{1}\n", nil, false,
		},
		{
			"a generic type of another module",
			"-- go.mod --\nmodule m\n-- a.go --\npackage p\n\nimport \"sync/atomic\"\n\nvar V atomic.Pointer[int]\n",
			"-- go.mod --\nmodule m\n-- a.go --\npackage p\n\nimport \"sync/atomic\"\n\nvar V atomic.Pointer[string]\n",
			[]string{"~! a.go:5 p.V"},
			false,
		},
		{
			"imports within the module are loaded",
			"-- go.mod --\nmodule m\n-- a/a.go --\npackage a\n\ntype Base struct{}\n\nfunc (Base) M(n int) {}\n\nfunc New() *Base { return nil }\n-- b/b.go --\npackage b\n\nimport \"m/a\"\n\ntype T struct{ a.Base }\n\nvar V = a.New()\n",
			"-- go.mod --\nmodule m\n-- a/a.go --\npackage a\n\ntype Base struct{}\n\nfunc (Base) M(n string) {}\n\nfunc New() *Base { return nil }\n-- b/b.go --\npackage b\n\nimport \"m/a\"\n\ntype T struct{ a.Base; X int }\n\nvar V = a.New\n",
			[]string{"~! a/a.go:5 a.Base.M", "+ b/b.go:5 b.T.X", "~! b/b.go:7 b.V"},
			false,
		},
		{
			"packages that import one another",
			"-- go.mod --\nmodule m\n-- a/a.go --\npackage a\n\nimport \"m/b\"\n\ntype A struct{ b.B }\n-- b/b.go --\npackage b\n\nimport \"m/a\"\n\ntype B struct{ a.A }\n",
			"-- go.mod --\nmodule m\n-- a/a.go --\npackage a\n\nimport \"m/b\"\n\ntype A struct{ b.B; C int }\n-- b/b.go --\npackage b\n\nimport \"m/a\"\n\ntype B struct{ a.A }\n",
			[]string{"+ a/a.go:5 a.A.C"},
			false,
		},
		{
			"folders that are no API",
			"-- go.mod --\nmodule m\n-- internal/a/a.go --\npackage a\n\nfunc F() {}\n-- cmd/x/main.go --\npackage main\n\nfunc F() {}\n-- a_test.go --\npackage p\n\nfunc F() {}\n-- vendor/x/x.go --\npackage x\n\nfunc F() {}\n-- examples/e/e.go --\npackage e\n\nfunc F() {}\n",
			"-- go.mod --\nmodule m\n-- internal/a/a.go --\npackage a\n-- cmd/x/main.go --\npackage main\n-- a_test.go --\npackage p\n-- vendor/x/x.go --\npackage x\n-- examples/e/e.go --\npackage e\n", nil, false,
		},
		{
			"a package comes, another goes", "-- go.mod --\nmodule m\n-- a/a.go --\npackage a\n\nfunc F() {}\n", "-- go.mod --\nmodule m\n-- b/b.go --\npackage b\n\nfunc F() {}\n",
			[]string{"-! a:0 a", "+ b:0 b"},
			false,
		},
		{
			"a function moves between files",
			"-- go.mod --\nmodule m\n-- a.go --\npackage p\n\nfunc F() {}\n-- b.go --\npackage p\n",
			"-- go.mod --\nmodule m\n-- a.go --\npackage p\n-- b.go --\npackage p\n\nfunc F() {}\n", nil, false,
		},
		{
			"build constraints",
			"-- go.mod --\nmodule m\n-- a_linux.go --\npackage p\n\nfunc F(int) {}\n-- a_other.go --\n//go:build !linux\n\npackage p\n\nfunc F(int) {}\n-- ignored.go --\n//go:build ignore\n\npackage main\n\nfunc main() {}\n",
			"-- go.mod --\nmodule m\n-- a_linux.go --\npackage p\n\nfunc F(string) {}\n-- a_other.go --\n//go:build !linux\n\npackage p\n\nfunc F(int) { println() }\n-- ignored.go --\n//go:build ignore\n\npackage main\n\nfunc main() { println() }\n",
			[]string{"~! a_linux.go:3 p.F"},
			false,
		},
		{
			"without a module", "-- a/a.go --\npackage a\n\nimport \"github.com/x/y/b\"\n\nfunc F(b.T) {}\n", "-- a/a.go --\npackage a\n\nimport \"github.com/x/y/b\"\n\nfunc F(b.U) {}\n",
			[]string{"~! a/a.go:5 a.F"},
			false,
		},
	})
}
