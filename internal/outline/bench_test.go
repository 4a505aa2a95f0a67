package outline

import (
	"bytes"
	"testing"
)

// Each snippet, repeated to 100,000 bytes: figures are MB/s of a language.
func benchmark(b *testing.B, read func(Language, []byte)) {
	for _, s := range snippets[:16] {
		if s.lang == Go && bytes.Contains([]byte(s.src), []byte("f( {")) {
			continue // not what files are like
		}
		src := bytes.Repeat([]byte(s.src), 100_000/len(s.src))
		b.Run(string(s.lang), func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				read(s.lang, src)
			}
		})
	}
}

func BenchmarkTokens(b *testing.B) {
	benchmark(b, func(lang Language, src []byte) { Tokens(lang, src) })
}

func BenchmarkParse(b *testing.B) { benchmark(b, func(lang Language, src []byte) { Parse(lang, src) }) }

func BenchmarkUses(b *testing.B) { benchmark(b, func(lang Language, src []byte) { Uses(lang, src) }) }
