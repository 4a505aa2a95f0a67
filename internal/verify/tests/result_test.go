package tests

import "testing"

func TestIs(t *testing.T) {
	t.Parallel()
	cases := []struct {
		test    Test
		yes, no []string
	}{
		{one("pkg/a/x_test.go", "", "TestA", 1), []string{"example.org/m/pkg/a.TestA", "example.org/m/pkg/a.TestA/sub"}, []string{"example.org/m/pkg/a.TestAB", "example.org/m/pkg/b.TestA", "example.org/m/pkg/a"}},
		{one("x_test.go", "", "TestA", 1), []string{"example.org/m.TestA"}, []string{"example.org/m.TestB"}},
		{one("tests/test_a.py", "A.In", "test_x", 1), []string{"tests/test_a.py::A::In::test_x", "tests/test_a.py::A::In::test_x[1-b]", "tests.test_a.A.In.test_x"}, []string{"tests/test_a.py::A::test_x", "tests/test_b.py::A::In::test_x", "tests/test_a.py::A::In::test_xy"}},
		{one("src/net.rs", "net::tests", "one", 1), []string{"m::net::tests::one", "net::tests::one", "net::tests::one::case_1"}, []string{"net::tests::one_more"}},
		{one("src/test/java/com/x/ATest.java", "com.x.ATest$In", "b", 1), []string{"com.x.ATest$In.b", "com.x.ATest$In.b(int)[1]"}, []string{"com.x.ATest.b", "com.x.ATest$In.bc"}},
		{one("src/a.test.ts", "outer", "does it", 1), []string{"src/a.test.ts > outer > does it", "outer does it"}, []string{"outer does it twice", "does it"}},
		{one("tests/unit/a.tcl", "", "PING", 1), []string{"PING"}, []string{"PING twice", "no PING"}},
		{one("tests/ATest.php", `App\ATest`, "testX", 1), []string{`App\ATest::testX`, `App.ATest.testX`}, []string{`App\ATest::testXY`}},
		{one("a_test.cc", "Suite", "Name", 1), []string{"Suite.Name", "All/Suite.Name/0"}, []string{"Suite.Names", "OtherSuite.Name"}},
	}
	for _, c := range cases {
		for _, id := range c.yes {
			if !c.test.Is(id) {
				t.Errorf("%+v is not %q", c.test, id)
			}
		}
		for _, id := range c.no {
			if c.test.Is(id) {
				t.Errorf("%+v is %q", c.test, id)
			}
		}
	}
	if (Test{File: "a_test.go", Func: "", Name: ""}).Is("x") {
		t.Error("a test without a name has a result")
	}
}
