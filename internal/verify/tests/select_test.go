package tests

import (
	"slices"
	"strings"
	"testing"
)

// edited gives both versions of a text: lines that begin with "-" are the old
// one's, those with "+" the new one's, the others begin with a blank.
func edited(text string) (before, after []byte) {
	var a, b strings.Builder
	for line := range strings.Lines(strings.TrimPrefix(text, "\n")) {
		switch rest := line[1:]; line[0] {
		case '-':
			a.WriteString(rest)
		case '+':
			b.WriteString(rest)
		case ' ':
			a.WriteString(rest)
			b.WriteString(rest)
		default:
			a.WriteString(line)
			b.WriteString(line)
		}
	}
	return []byte(a.String()), []byte(b.String())
}

func TestSelect(t *testing.T) {
	t.Parallel()
	for name, c := range selectCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, after := edited(c.text)
			s := Select([]Change{{Path: c.path, Before: before, After: after}}, nil)
			if got := s.Names(); !slices.Equal(got, c.want) {
				t.Errorf("tests %q, want %q", got, c.want)
			}
			if got := len(s.Whole) > 0; got != c.whole {
				t.Errorf("whole = %v, want %v", s.Whole, c.whole)
			}
		})
	}
}

type selectCase struct {
	path, text string
	want       []string
	whole      bool
}

var selectCases = map[string]selectCase{
	"go table row": {path: "a/x_test.go", text: `
 package a

 import "testing"

 func TestA(t *testing.T) {
 	for _, c := range []int{
 		1,
+		2,
 	} {
 		t.Run("x", func(t *testing.T) { _ = c })
 	}
 }

 func TestB(t *testing.T) {}
+
+func TestC(t *testing.T) {}
`, want: []string{"TestA", "TestC"}},
	"go imports and comments alone": {path: "x_test.go", text: `
 package a

 import (
 	"testing"
+	_ "embed"
 )

+// TestA tests.
 func TestA(t *testing.T) {}
`},
	"go helper through another": {path: "x_test.go", text: `
 package a

 func one(t *testing.T) int {
-	return 1
+	return 2
 }

 func two(t *testing.T) int { return one(t) }

 func TestA(t *testing.T) { two(t) }

 func TestB(t *testing.T) { one(t) }

 func TestC(t *testing.T) {}
`, want: []string{"TestA", "TestB"}},
	"go helper that nobody mentions": {path: "x_test.go", text: `
 package a

 func used() int {
-	return 1
+	return 2
 }

 func TestA(t *testing.T) {}
 func TestB(t *testing.T) {}
`, want: []string{"TestA", "TestB"}},
	"go new helper that nobody mentions": {path: "x_test.go", text: `
 package a

+func fresh() int { return 2 }
+
 func TestA(t *testing.T) {}
`},
	"go TestMain": {path: "x_test.go", text: `
 package a

 func TestMain(m *testing.M) {
+	os.Exit(m.Run())
 }
 func TestA(t *testing.T) {}
 func TestB(t *testing.T) {}
 func Testify(t *testing.T) {}
 func BenchmarkA(b *testing.B) {}
`, want: []string{"TestA", "TestB"}},
	"go suite": {path: "x_test.go", text: `
 package a

 type S struct{ suite.Suite }

 func TestSuite(t *testing.T) { suite.Run(t, new(S)) }
 func TestOther(t *testing.T) {}

 func (s *S) TestOne() {
+	s.True(true)
 }
`, want: []string{"TestSuite"}},
	"go suite of another file": {path: "x_test.go", text: `
 package a

 func (s *S) TestOne() {
+	s.True(true)
 }
`, whole: true},
	"go test removed": {path: "x_test.go", text: `
 package a

 func TestA(t *testing.T) {}
-
-func TestB(t *testing.T) {
-}
`},
	"go line removed": {path: "x_test.go", text: `
 package a

 func TestA(t *testing.T) {
-	t.Skip()
 }
 func TestB(t *testing.T) {}
`, want: []string{"TestA"}},
	"python": {path: "tests/test_a.py", text: `
 import os

 def helper():
+    return 1

 class TestA(Base):
     @mock.patch('x')
     def test_one(self):
         helper()

     class Inner:
         def test_deep(self):
+            pass

 @pytest.mark.parametrize('x', [
     1,
+    2,
 ])
 def test_top(x):
     pass

 def test_other():
     pass
`, want: []string{"tests/test_a.py::TestA::test_one", "tests/test_a.py::TestA::Inner::test_deep", "tests/test_a.py::test_top"}},
	"python setUp": {path: "test_a.py", text: `
 class TestA(Base):
     def setUp(self):
+        self.x = 1
         pass

     def test_one(self):
         pass
`, want: []string{"test_a.py::TestA::test_one"}},
	"python class field": {path: "test_a.py", text: `
 class TestA(Base):
+    field = 2
     def test_one(self):
         pass

 class TestB(Base):
     def test_two(self):
         pass
`, want: []string{"test_a.py::TestA::test_one"}},
	"python setUp of a base class": {path: "test_a.py", text: `
 class Base(unittest.TestCase):
     def setUp(self):
+        self.x = 1
         pass

 class TestA(Base):
     def test_one(self):
         pass

 class TestB(unittest.TestCase):
     def setUp(self):
         pass
     def test_two(self):
         pass
`, want: []string{"test_a.py::TestA::test_one"}},
	"python setUp that calls a helper": {path: "test_a.py", text: `
 def helper():
+    return 1
     pass

 class TestA(unittest.TestCase):
     def setUp(self):
         helper()
     def test_one(self):
         pass

 class TestB(unittest.TestCase):
     def test_two(self):
         pass
`, want: []string{"test_a.py::TestA::test_one"}},
	"go suite's setup": {path: "x_test.go", text: `
 package a

 func TestSuite(t *testing.T) { suite.Run(t, new(S)) }
 func TestOther(t *testing.T) {}

 func (s *S) SetupTest() {
+	s.x = 1
 }
`, want: []string{"TestSuite"}},
	"junit": {path: "src/test/java/com/x/ATest.java", text: `
 package com.x;
 import org.junit.Test;
 public class ATest {
     private int helper() {
+        return 1;
     }
     @Test
-    @Issue("JENKINS-1")
+    @Issue({"JENKINS-1", "JENKINS-2"})
     public void bar() throws Exception {
     }
     @org.junit.Test(expected = X.class) public void old() {
         helper();
     }
     @Nested class Inner {
         @ParameterizedTest
         @ValueSource(ints = 1)
         void z(int i) {
+            i++;
         }
     }
     public void noTest() {}
 }
`, want: []string{"com.x.ATest.bar", "com.x.ATest.old", "com.x.ATest$Inner.z"}},
	"rust inline": {path: "src/net/frame.rs", text: `
 pub fn f() -> i32 {
-    1
+    2
 }
 #[cfg(test)]
 mod tests {
     use super::*;
     fn helper() {
+        f();
     }
     #[test]
     fn one() { helper() }
     #[test]
     fn two() { }
     mod inner {
         #[tokio::test(flavor = "multi_thread")]
         pub(crate) async fn deep() {
+            f().await;
         }
     }
 }
`, want: []string{"net::frame::tests::one", "net::frame::tests::inner::deep"}},
	"rust product": {path: "src/lib.rs", text: `
 pub fn f() -> i32 {
-    1
+    2
 }
 #[cfg(test)]
 mod tests {
     #[test]
     fn one() { }
 }
`},
	"rust integration": {path: "tests/cli.rs", text: `
 #[test]
 fn one() {
+    run();
 }
`, want: []string{"one"}},
	"jest": {path: "src/a.test.ts", text: `
 import x from 'x'
 describe('outer', () => {
   beforeEach(() => {
     reset()
   })
   describe('inner', () => {
     const y = 1
+    const z = 2
     it('works', async () => {
       expect(1)
     })
     it.only("too", function () {})
   })
   test('else', () => {})
 })
`, want: []string{"outer inner works", "outer inner too"}},
	"jest each": {path: "src/a.test.ts", text: "\n test.each([\n   1,\n+  2,\n ])('adds %i', () => {})\n", whole: true},
	"rspec": {path: "spec/a_spec.rb", text: `
 RSpec.describe Foo do
   context "when x" do
     it "does" do
+      expect(1).to eq 1
     end
     it("other") do |x|
     end
   end
 end
`, want: []string{"Foo when x does"}},
	"minitest": {path: "test/a_test.rb", text: `
 class ATest < ActiveSupport::TestCase
   test "the thing" do
+    assert true
   end
   def test_plain
+    assert true
   end
   def test_other
   end
 end
`, want: []string{"the thing", "ATest#test_plain"}},
	"phpunit": {path: "tests/ATest.php", text: `
 <?php
 namespace App\Tests;
 class ATest extends TestCase {
     /** @test */
     public function it_works() {
+        $a = 1;
     }
     #[DataProvider('x')]
     public function testY(): void {
+        $a = 1;
     }
     public function testZ(): void {
     }
 }
`, want: []string{`App\Tests\ATest::it_works`, `App\Tests\ATest::testY`}},
	"googletest": {path: "foo_test.cc", text: `
 #include <x>
 TEST(SuiteA, NameB) {
+  int a;
 }
 TEST_F(Fix, NameC)
 {
 }
 TEST_CASE("a title", "[tag]") {
+  SECTION("x") { }
 }
`, want: []string{"SuiteA.NameB", "a title"}},
	"kunit": {path: "lib/list-test.c", text: `
 static void list_test_init(struct kunit *test)
 {
+	KUNIT_EXPECT_TRUE(test, 1);
 }
`, want: []string{"list_test_init"}},
	"redis": {path: "tests/unit/type/list.tcl", text: `
 start_server {tags {"list"}} {
     test {LPUSH foo} {
+        r set a b
     } {OK}

     test {Other} {
         r ping
     }
     test "quoted" {
+        r ping
     }
 }
`, want: []string{"LPUSH foo", "quoted"}},
	"redis blocks": {path: "tests/unit/x.tcl", text: `
 proc helper {a} {
+    return 1
 }
 proc other {a b} {
     helper 1
 }
 start_server {tags {"one"}} {
     test {first} {
         other 1 2
     }
     test {unconcerned} {
     }
 }
 start_server {tags {"two"} overrides {a b}} {
+    r set a b
     test {second} {
     }
 }
`, want: []string{"first", "second"}},
	"git": {path: "t/t1234-x.sh", text: `
 #!/bin/sh
 test_description='x'
 . ./test-lib.sh
 test_expect_success 'setup' '
 	echo a
 '
 test_expect_success PREREQ "quoted" '
+	echo b
 '
 test_expect_success 'here' - <<\EOT
+	x 'y'
 EOT
 test_done
`, want: []string{"quoted", "here"}},
	"bats": {path: "test/a.bats", text: `
 @test "one works" {
+  run x
 }
 @test "two" {
 }
`, want: []string{"one works"}},
	"perl":    {path: "t/a.t", text: "\n use Test::More;\n+ok 1;\n", whole: true},
	"product": {path: "main.go", text: "\n package main\n+func TestA() {}\n"},
	"helper":  {path: "pkg/testutil/a.go", text: "\n package testutil\n+func TestA() {}\n"},
}
