package outline

import "testing"

func TestOutlineJava(t *testing.T) {
	t.Parallel()
	checkOutline(t, []outlineTest{
		{
			name: "classes", lang: Java, src: `
package a.b;

import static c.D.*;
import java.util.Map;

@Deprecated(since = "1")
public abstract class Box<T extends Comparable<T>> implements Runnable {
    private static final int LIMIT = 1, SIZES[] = {1, 2};
    private Map<String, List<T>> byName = new HashMap<>() {{ put("a", null); }};
    static { init(); }

    enum Mode implements X {
        ON(1) { @Override void f() {} },
        @Old OFF;
        private int n;
        Mode(int... n) {}
    }

    @Inject
    public Box(@Named("}") Map<String, T> names, int n) {
        super(new Object() { void hidden() {} });
    }

    public <K, V> Map<K, V> find(K key, V... rest)
            throws IOException
    {
        return switch (key) { default -> null; };
    }

    abstract void g();
    interface Inner { <X> X act(X x); default void h() {} }
    record Point(int x, List<String> y) { Point { check(x); } }
}
`,
			want: []string{
				"import c.D.* 3", "import java.util.Map 4", "type Box 7-33", "constant Box|LIMIT 8", "constant Box|SIZES 8", "field Box|byName 9",
				"type Box|Mode 12-17", "constant Mode|ON 13", "constant Mode|OFF 14", "field Mode|n 15", "method Mode|Mode/0+ 16",
				"method Box|Box/2 20-22", "method Box|find/1+ 24-28 body 26", "method Box|g/0 30",
				"type Box|Inner 31", "method Inner|act/1 31", "method Inner|h/0 31",
				"type Box|Point 32", "field Point|x 32", "field Point|y 32", "method Point|Point 32",
			},
		},
		{
			name: "C#", lang: CSharp, src: "using A = B.C;\nnamespace D {\n  [X(\"]\")]\n  public class E : F {\n    public int G { get; set; }\n    void H(int a = 1, params int[] b) { }\n  }\n}\n",
			want: []string{"import B.C as A 1", "type E 4-7", "field E|G 5", "method E|H/0+ 6"},
		},
	})
}

func TestOutlineJavaScript(t *testing.T) {
	t.Parallel()
	checkOutline(t, []outlineTest{
		{
			name: "functions and classes", lang: JavaScript, src: `
import React, { useState } from 'react'
import * as path from "path";
const { join } = require('a/b'), fs = require("fs")
export const LIMIT = 3
let a = 1, b

export default async function main(x, { y, z } = {}, ...rest) {
  if (x) { return }
  function helper(n = 1) { return /[}]/.test(n) }
}

const add = (p, q) => p + q
const twice = async n => {
  return n * 2
}

class Box extends Base {
  #size = 1
  static make() { return new Box() }
  get size() { return this.#size }
  onClick = (e) => { this.#size++ }
  async *items(a, b) {
    yield* [1]
  }
}

Box.prototype.grow = function (by) { }
module.exports = {
  run: function (a) { },
  stop() { },
  go: (x) => x,
}
describe("a", function () {
  function inner() { }
  it('works', () => { const t = () => 1 })
})
`,
			want: []string{
				"import react as React 1", "import path as path 2", "import a/b 3", "import fs as fs 3", "constant LIMIT 4", "variable a 5", "variable b 5",
				"function main/1+ 7-10", "function helper/0-1 9", "function add/2 12", "function twice/1 13-15",
				"type Box 17-25", "field Box|#size 18", "method Box|make/0 19", "method Box|size/0 20", "method Box|onClick/1 21", "method Box|items/2 22-24",
				"method Box|grow/1 27", "method exports|run/1 29", "method exports|stop/0 30", "method exports|go/1 31",
				"function inner/0 34", "function t/0 35",
			},
		},
		{
			name: "types", lang: TypeScript, src: `
export interface Shape<T> {
  name?: string
  area(scale: number, unit?: Map<string, T>): number
}
type Id = string | { a: 1 }
export enum Mode { On = 'on', Off }
abstract class Circle implements Shape<number> {
  private readonly r: number = 1;
  constructor(private x: number) { super() }
  abstract scale(by: number): void
  async area(scale: number): Promise<Array<{ a: number }>> {
    return []
  }
}
export const id = <T,>(a: T): T => a
function parse(a: string): { ok: boolean } {
  return { ok: true }
}
`,
			want: []string{
				"type Shape 1-4", "field Shape|name 2", "method Shape|area/1-2 3", "type Id 5", "type Mode 6", "constant Mode|On 6", "constant Mode|Off 6",
				"type Circle 7-14", "field Circle|r 8", "method Circle|constructor/1 9", "method Circle|scale/1 10", "method Circle|area/1 11-13",
				"function id/1 15", "function parse/1 16-18",
			},
		},
	})
}

func TestOutlineRust(t *testing.T) {
	t.Parallel()
	checkOutline(t, []outlineTest{
		{
			name: "items", lang: Rust, src: `
use std::{fmt::{self, Display as D}, io};

#[derive(Debug)]
pub struct Pair<'a, T> where T: Copy {
    pub first: &'a str,
    second: Vec<(T, u8)>,
}
struct Unit;
pub enum Mode { On(u8), Off { why: String }, Odd = 3 }

impl<'a, T: Copy> Display for Pair<'a, T> {
    const N: usize = 1;
    pub(crate) async fn fmt<F>(&mut self, f: impl Fn(u8, u8) -> u8, m: HashMap<K, V>) -> fmt::Result
    where
        F: Fn(),
    {
        let c = '}';
        m.iter().map(|x| { x });
    }
}
trait Shape { fn area(&self) -> f64; fn name() -> &'static str { "shape" } }
macro_rules! square { ($x:expr) => { $x * $x }; }
mod tests {
    #[test]
    fn works() { }
}
pub static LIMIT: [u8; 2] = [1, 2];
type Alias = Vec<u8>;
`,
			want: []string{
				"import std::fmt::self 1", "import std::fmt::Display as D 1", "import std::io 1",
				"type Pair 4-7", "field Pair|first 5", "field Pair|second 6", "type Unit 8",
				"type Mode 9", "constant Mode|On 9", "constant Mode|Off 9", "constant Mode|Odd 9",
				"constant Pair|N 12", "method Pair|fmt/2 13-19 body 16", "type Shape 21", "method Shape|area/0 21", "method Shape|name/0 21",
				"macro square 22", "function works/0 25", "constant LIMIT 27", "type Alias 28",
			},
		},
	})
}

func TestOutlinePHP(t *testing.T) {
	t.Parallel()
	checkOutline(t, []outlineTest{
		{
			name: "classes", lang: PHP, src: `
<p>it's {</p>
<?php
namespace A\B;

use C\{D, E as F};
use G\H;
require_once __DIR__ . '/lib.php';
const LIMIT = 3;
define('OTHER', 4);

#[Attr]
abstract class Box extends Base {
    use Shared;
    const int MAX = 1;
    private ?int $size = null;

    public function find(array $a, &$b = null, ...$c): ?Item
    {
        return fn($x) => "}";
    }
    abstract protected function grow();
}
if (!function_exists('helper')) {
    function helper($a) { }
}
`,
			want: []string{
				`import C\D 5`, `import C\E as F 5`, `import G\H 6`, "import /lib.php 7", "constant LIMIT 8", "constant OTHER 9",
				"type Box 12-22", "constant Box|MAX 14", "field Box|$size 15", "method Box|find/1+ 17-20 body 18", "method Box|grow/0 21",
				"function helper/1 24",
			},
		},
	})
}
