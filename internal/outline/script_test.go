package outline

import "testing"

func TestOutlinePython(t *testing.T) {
	t.Parallel()
	checkOutline(t, []outlineTest{
		{
			name: "classes and functions", lang: Python, src: `
import os, sys as system
from .a.b import (c as d,
                  e)
from . import f

LIMIT = 3
names: list = []


@decorate("x")
class A(Base):
    """Doc: of it."""
    kind = None

    @property
    def size(self):
        return self._size

    @staticmethod
    def make(a, b=1, *, c, d=2): return A()

    async def run(self, a, *rest, **more):
        self.state = {
'x': 1}
        def inner(x):
            pass
        # the end

if LIMIT:
    def late(a,
             b):
        return a
`,
			want: []string{
				"import os 1", "import sys as system 1", "import .a.b.c as d 2-3", "import .a.b.e 2-3", "import .f 4",
				"constant LIMIT 6", "variable names 7", "type A 11-26 body 12", "field A|kind 13", "method A|size/0 16-17 body 17",
				"method A|make/2-4 20", "method A|run/1+ 22-26 body 23", "field A|state 23-24", "function inner/1 25-26 body 26",
				"function late/2 30-32 body 32",
			},
		},
		{
			name: "indentation", lang: Python, src: "def f():\n    a\n      b\n  c\n\ndef g():\nh\n",
			want:     []string{"function f/0 1-4 body 2", "function g/0 6-7 body 7"},
			problems: []string{"3 unexpected indentation", "4 bad indentation", "7 missing indentation"},
		},
		{
			name: "an open bracket", lang: Python, src: "def f(:\n    g(1\n\ndef h(a):\n    return ')'\n",
			want:     []string{"function f/0 1-2 body 2", "function h/1 4-5 body 5"},
			problems: []string{"1 unclosed (", "2 unclosed ("},
		},
	})
}

func TestOutlineRuby(t *testing.T) {
	t.Parallel()
	checkOutline(t, []outlineTest{
		{
			name: "modules and methods", lang: Ruby, src: `
require "json"
require_relative "a/b"

module Net
  class Http::Client < Base
    LIMIT = 3
    attr_reader :host, :port

    class << self
      def build(*args, **options, &block)
        new(*args) if block
      end
    end

    def initialize(host, port = 80, tls:, retries: 3)
      @host = host
      x = if port then 1 else 2 end
      while ready? do wait end
      return unless host
      items.each do |item|
        puts "end #{item["end"]}" while item
      end
      sql = <<~SQL
        if end
      SQL
    end

    def port=(value)
      @port = value
    end

    def ==(other) = host == other.host
    def empty?; true; end
    private def call a, b = {}
      { class: a, end: b }.end
    end
  end
end

def top = 1
`,
			want: []string{
				"import json 1", "import a/b 2", "type Net 4-38 body 5", "type Net|Http::Client 5-37 body 6", "constant Http::Client|LIMIT 6",
				"field Http::Client|host 7", "field Http::Client|port 7", "method Http::Client|build/0+ 10-12 body 11",
				"method Http::Client|initialize/2-4 15-26 body 16", "method Http::Client|port=/1 28-30 body 29",
				"method Http::Client|==/1 32", "method Http::Client|empty?/0 33", "method Http::Client|call/1-2 34-36 body 35", "function top/0 40",
			},
		},
		{
			name: "a lost end", lang: Ruby, src: "class A\n  def f\n    if x\n      y\n  end\n\n  def g\n  end\nend\nend\n",
			want:     []string{"type A 1-9 body 2", "method A|f/0 2-5 body 3", "method A|g/0 7-8 body 8"},
			problems: []string{"3 unclosed if", "10 unexpected end"},
		},
	})
}

func TestOutlineShell(t *testing.T) {
	t.Parallel()
	checkOutline(t, []outlineTest{
		{
			name: "functions", lang: Shell, src: `
#!/bin/sh
. "$(dirname "$0")/lib.sh"
LIMIT=3
export NAME=x

usage() {
	cat <<EOF
}
EOF
	case $1 in
	a) echo "${2:-}}" ;;
	esac
}

function run-it
{
	local x=1
	if true; then x=2; fi
}
one() { two; }
usage
`,
			want: []string{
				`import $(dirname "$0")/lib.sh 2`, "variable LIMIT 3", "variable NAME 4",
				"function usage 6-13", "function run-it 15-19 body 16", "function one 20",
			},
		},
		{name: "a lost fi", lang: Shell, src: "f() {\n  if x; then y\n}\ndone\n", want: []string{"function f 1-3"}, problems: []string{"2 unclosed if", "4 unexpected done"}},
	})
}
