package outline

import "strings"

// A words is a set of words.
type words map[string]struct{}

func set(list string) words {
	out := make(words)
	for w := range strings.FieldsSeq(list) {
		out[w] = struct{}{}
	}
	return out
}

func (s words) has(word []byte) bool {
	_, ok := s[string(word)]
	return ok
}

// Keyword says whether a word is reserved in a language, or one of its literals
// (true, nil, None) or built-in type names that read like keywords (int, void).
// Words that are reserved only in some places, like Java's record, are not.
func Keyword(lang Language, word []byte) bool { return keywords[lang].has(word) }

const (
	cWords = `auto break case char const continue default do double else enum extern float for goto if inline int long
		register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
		_Alignas _Alignof _Atomic _Bool _Complex _Generic _Imaginary _Noreturn _Static_assert _Thread_local __inline
		__inline__ __restrict __restrict__ __volatile__ __const __extension__ __asm__ asm __asm __attribute__ __typeof__ typeof NULL true false bool`
	cppWords = cWords + ` alignas alignof and and_eq bitand bitor catch char8_t char16_t char32_t class compl concept consteval constexpr
		constinit const_cast co_await co_return co_yield decltype delete dynamic_cast explicit export friend mutable namespace
		new noexcept not not_eq nullptr operator or or_eq private protected public reinterpret_cast requires static_assert
		static_cast template this thread_local throw try typeid typename using virtual wchar_t xor xor_eq`
	javaWords = `abstract assert boolean break byte case catch char class const continue default do double else enum extends final
		finally float for goto if implements import instanceof int interface long native new package private protected public
		return short static strictfp super switch synchronized this throw throws transient try void volatile while true false null`
	jsWords = `async await break case catch class const continue debugger default delete do else enum export extends false finally for
		function if import in instanceof let new null return static super switch this throw true try typeof undefined var void while with yield`
)

var keywords = map[Language]words{
	C:      set(cWords),
	CPP:    set(cppWords),
	Java:   set(javaWords),
	Groovy: set(javaWords + ` as def in trait`),
	Go: set(`break case chan const continue default defer else fallthrough for func go goto if import interface map package
		range return select struct switch type var true false nil iota`),
	Python: set(`False None True and as assert async await break class continue def del elif else except finally for from global
		if import in is lambda nonlocal not or pass raise return try while with yield`),
	JavaScript: set(jsWords),
	TypeScript: set(jsWords + ` abstract any as boolean declare implements interface is keyof namespace never number private protected
		public readonly string unknown`),
	Ruby: set(`BEGIN END alias and begin break case class def defined? do else elsif end ensure false for if in module next nil
		not or redo rescue retry return self super then true undef unless until when while yield __FILE__ __LINE__ __method__`),
	Rust: set(`as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref
		return self Self static struct super trait true type unsafe use where while bool char str u8 u16 u32 u64 u128 usize i8 i16
		i32 i64 i128 isize f32 f64`),
	PHP: set(`abstract and array as break callable case catch class clone const continue declare default do echo else elseif empty
		enddeclare endfor endforeach endif endswitch endwhile enum extends final finally fn for foreach function global goto if
		implements include include_once instanceof insteadof interface isset list match namespace new or parent print private
		protected public readonly require require_once return self static switch throw trait try unset use var while xor yield
		true false null TRUE FALSE NULL $this`),
	Shell: set(`if then else elif fi case esac for select while until do done in function time local export readonly declare
		typeset return break continue exit shift set unset eval exec trap`),
	YAML: set(`true false null yes no on off True False Null ~`),
	JSON: set(`true false null`),
	TOML: set(`true false inf nan`),
	INI:  set(`true false yes no on off`),
	Make: set(`define else endef endif export ifdef ifeq ifndef ifneq include override private sinclude undefine unexport vpath`),
	CSS:  set(`important`),
	Kotlin: set(`as break class continue do else false for fun if in interface is null object package return super this throw true
		try typealias typeof val var when while abstract companion data final import internal open override private protected public
		sealed suspend`),
	CSharp: set(javaWords + ` as base bool checked decimal delegate event explicit extern fixed foreach implicit in internal is lock
		namespace object operator out override params readonly ref sbyte sealed sizeof stackalloc string struct typeof uint ulong
		unchecked unsafe ushort using virtual var async await`),
	Proto: set(`syntax import package option message enum service rpc returns stream repeated optional required oneof map reserved
		extensions extend true false double float int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 bool
		string bytes`),
	Tcl: set(`after break catch continue else elseif error eval expr for foreach global if incr lappend namespace package proc
		puts return set switch then try unset uplevel upvar variable while`),
	Lua: set(`and break do else elseif end false for function goto if in local nil not or repeat return then true until while`),
	SQL: set(`select from where insert into update delete create table drop alter index primary key foreign references not null
		default unique and or join left inner on as values set begin commit
		SELECT FROM WHERE INSERT INTO UPDATE DELETE CREATE TABLE DROP ALTER INDEX PRIMARY KEY FOREIGN REFERENCES NOT NULL
		DEFAULT UNIQUE AND OR JOIN LEFT INNER ON AS VALUES SET BEGIN COMMIT`),
}
