package gate

import "strings"

// builtins are the names that every file of a language has without asking: they
// are never missing, however small the target is. By family; from the Go
// specification (predeclared identifiers), the Python library reference
// (built-in functions, constants and exceptions), Ruby's Kernel, the global
// object of ECMAScript and the package java.lang, of which the members are known
// as well.
var builtins = func() map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for family, names := range map[string]string{
		"go": `any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint
			uint8 uint16 uint32 uint64 uintptr true false iota nil append cap clear close complex copy delete imag len make max min
			new panic print println real recover`,
		"python": `abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex
			delattr dict dir divmod enumerate eval exec filter float format frozenset getattr globals hasattr hash help hex id input int
			isinstance issubclass iter len list locals map max memoryview min next object oct open ord pow print property range repr
			reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip self cls
			ArithmeticError AssertionError AttributeError BaseException Exception FileNotFoundError ImportError IndexError IOError
			KeyError KeyboardInterrupt LookupError NameError NotImplemented NotImplementedError OSError OverflowError RuntimeError
			StopIteration SyntaxError SystemExit TypeError UnicodeDecodeError UnicodeEncodeError ValueError ZeroDivisionError`,
		"ruby": `puts print p pp raise require require_relative include extend prepend attr_accessor attr_reader attr_writer
			lambda proc loop catch throw format sprintf freeze dup clone nil? send public_send respond_to? tap then
			private protected public module_function define_method instance_variable_get instance_variable_set`,
		"java": `Appendable ArithmeticException ArrayIndexOutOfBoundsException AssertionError AutoCloseable Boolean Byte
			CharSequence Character Class ClassCastException ClassLoader ClassNotFoundException CloneNotSupportedException Cloneable
			Comparable Deprecated Double Enum Error Exception Float FunctionalInterface IllegalArgumentException
			IllegalStateException IndexOutOfBoundsException InheritableThreadLocal Integer InterruptedException Iterable
			LinkageError Long Math NoSuchFieldException NoSuchMethodException NullPointerException Number
			NumberFormatException Object OutOfMemoryError Override Package Process ProcessBuilder Runnable Runtime
			RuntimeException SafeVarargs SecurityException Short StackTraceElement StrictMath String StringBuffer
			StringBuilder SuppressWarnings System Thread ThreadGroup ThreadLocal Throwable UnsupportedOperationException Void`,
		"javascript": `console JSON Math Object Array String Number Boolean Symbol Map Set WeakMap WeakSet Promise Date RegExp Error
			TypeError RangeError parseInt parseFloat isNaN isFinite undefined NaN Infinity globalThis setTimeout clearTimeout setInterval
			clearInterval encodeURIComponent decodeURIComponent require module exports process window document`,
	} {
		out[family] = map[string]bool{}
		for _, n := range strings.Fields(names) {
			out[family][n] = true
		}
	}
	return out
}()
