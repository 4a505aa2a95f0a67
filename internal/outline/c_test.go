package outline

import "testing"

func TestOutlineC(t *testing.T) {
	t.Parallel()
	checkOutline(t, []outlineTest{
		{
			name: "functions", lang: C, src: `
#include <stdio.h>
#include "dev.h"

static int dev_open(void) { return 0; }

static ssize_t
dev_write(struct file *file, const char __user *buf,
	  size_t count, loff_t *pos)
{
	if (count) {
		return -EINVAL;
	}
	return 0;
}
int (wrapped)(int a);
void log_it(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *find(char *s) __must_check {
	return s; }
`,
			want: []string{
				"import stdio.h 1", "import dev.h 2", "function dev_open/0 4", "function dev_write/4 6-14 body 9",
				"prototype wrapped/1 15", "prototype log_it/1+ 16", "function find/1 17-18",
			},
		},
		{
			name: "macros around heads", lang: C, src: `
MODULE_LICENSE("GPL");
EXPORT_SYMBOL(before)

static int __init my_init(void)
{
}
SYSCALL_DEFINE3(my_read, unsigned int, fd, char __user *, buf)
{
	return 0;
}
TEST_BEGIN(test_basic) {
	f();
}
__attribute__((noreturn)) void die(int code)
{
}
static void unlock(struct rq *rq) __releases(rq->lock)
{
}
PUBLIC(int) api_call(int a, int b)
{
}
`,
			want: []string{
				"function my_init/0 4-6 body 5", "function my_read 7-10 body 8", "function test_basic 11-13",
				"function die/1 14-16 body 15", "function unlock/1 17-19 body 18", "function api_call/2 20-22 body 21",
			},
		},
		{
			name: "branches that don't balance", lang: C, src: `
int pick(int a)
{
#ifdef FAST
	if (a > 1) {
#else
	if (a > 2) {
#endif
		a++;
	}
	return a;
}

#if 0
int dead(
#else
int alive(int x)
#endif
{
	return x;
}

#ifdef __cplusplus
extern "C" {
#endif
int inside(void) { return 1; }
#ifdef __cplusplus
}
#endif

#ifdef A
int both(int a) { return a; }
#else
int both(void) { return 0; }
#endif
`,
			want: []string{
				"function pick/1 1-11 body 2", "function alive/1 16-20 body 18", "function inside/0 25",
				"function both/1 31", "function both/0 33",
			},
		},
		{
			name: "parameters declared behind the head", lang: C, src: `
int
old(a, b)
	int a;
	char *b[];
{
	return a;
}
int next(int c) { return c; }
`,
			want: []string{"function old/2 1-7 body 5", "function next/1 8"},
		},
		{
			name: "types and data", lang: C, src: `
struct ops {
	int (*open)(struct dev *d);
	uint64_t (*hash)(const void *key);
	unsigned flags:3, *mask, table[4];
	union { int x; long y; } u;
};
typedef struct { int a; } pair_t;
enum color { RED, GREEN = 2 };
typedef unsigned long ulong_t, (*callback)(int);
static const struct ops dev_ops = {
	.open = dev_open,
	.flags = 1,
};
extern int debug;
struct opaque;
int grid[2][2] = { { 1, 2 }, { 3, 4 } }, *cursor = NULL;
struct ops *get(void) { return 0; }
`,
			want: []string{
				"type ops 1-6", "field ops|open 2", "field ops|hash 3", "field ops|flags 4", "field ops|mask 4", "field ops|table 4",
				"type ops|u 5", "field u|x 5", "field u|y 5", "field ops|u 5",
				"type pair_t 7", "field pair_t|a 7", "type color 8", "constant color|RED 8", "constant color|GREEN 8", "type callback 9",
				"constant dev_ops 10-13", "variable debug 14", "variable grid 16", "variable cursor 16", "function get/0 17",
			},
		},
		{
			name: "macros", lang: C, src: `
#define EMPTY
#define MAX(a, b) \
	((a) > (b) ? (a) : (b))
#define LOG(fmt, ...) printf(fmt, __VA_ARGS__)
#define OLD(args...) f(args)
#define PAREN (1)
#define CALL() f()
`,
			want: []string{"macro EMPTY 1", "macro MAX/2 2-3", "macro LOG/1+ 4", "macro OLD/0+ 5", "macro PAREN 6", "macro CALL/0 7"},
		},
		{
			name: "a lost bracket spoils one function", lang: C, src: `
int a(void)
{
	if (x) {
		y();
}

int b(void)
{
	return (1;
}

int c(void)
{
	}
	return 1;
}
`,
			want:     []string{"function a/0 1-5 body 2", "function b/0 7-10 body 8", "function c/0 12-16 body 13"},
			problems: []string{"3 unclosed {", "9 unclosed (", "14 unexpected }"},
		},
		{
			name: "what ends too soon", lang: C, src: "#if A\nint f(void) {\n\tg(\"x);\n",
			want:     []string{"function f/0 2-3"},
			problems: []string{"1 unterminated #if", "2 unclosed {", "3 unterminated string", "3 unclosed ("},
		},
		{
			name: "classes", lang: CPP, src: `
namespace net {
template <typename T, typename U = int>
class Box final : public Base<T>, Other {
public:
	explicit Box(int a, T b = T()) : a_(a), b_{b} { init(); }
	virtual ~Box();
	bool operator==(const Box &o) const { return true; }
	std::map<int, std::string> find(std::pair<int, int> key, ...) const override;
private:
	int a_ = 0;
	T b_;
	static constexpr int kMax = 3;
};
}
int net::Box::get(int x) const noexcept {
	auto f = [](int y) { return y; };
	return f(x);
}
enum class Mode : uint8_t { On, Off };
using Alias = int;
`,
			want: []string{
				"type Box 2-13 body 3", "method Box|Box/1-2 5", "method Box|~Box/0 6", "method Box|operator==/1 7", "method Box|find/1+ 8",
				"field Box|a_ 10", "field Box|b_ 11", "field Box|kMax 12",
				"method Box|get/1 15-18", "type Mode 19", "constant Mode|On 19", "constant Mode|Off 19",
			},
		},
		{
			name: "a header that is C++", lang: C, src: "class A {\npublic:\n\tint f(int a);\n\tA();\n};\n",
			want: []string{"type A 1-5", "method A|f/1 3", "method A|A/0 4"},
		},
	})
}
