package provenance

import "strings"

// quotePath writes a path as one word of a line: as it is where it has letters,
// digits and harmless signs only, else in quotes with C escapes, as git's
// core.quotePath does. Bytes above 127 stay.
func quotePath(path string) string {
	plain := path != "" && !strings.HasSuffix(path, ".")
	for i := 0; i < len(path) && plain; i++ {
		b := path[i]
		plain = b >= 0x80 || isWord(b) || strings.IndexByte("./+@%=~^{}", b) >= 0
	}
	if plain && path[0] != '-' {
		return path
	}
	var sb strings.Builder
	sb.WriteByte('"')
	for i := 0; i < len(path); i++ {
		switch b := path[i]; {
		case b == '"' || b == '\\':
			sb.WriteByte('\\')
			sb.WriteByte(b)
		case b == '\n':
			sb.WriteString(`\n`)
		case b == '\t':
			sb.WriteString(`\t`)
		case b < ' ' || b == 0x7f:
			sb.Write([]byte{'\\', '0' + b>>6, '0' + b>>3&7, '0' + b&7})
		default:
			sb.WriteByte(b)
		}
	}
	sb.WriteByte('"')
	return sb.String()
}

// unquotePath reads a quoted path at the start of s and returns what follows.
func unquotePath(s string) (path, rest string, ok bool) {
	var sb strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return sb.String(), s[i+1:], sb.Len() > 0
		case '\\':
			i++
			if i == len(s) {
				return "", "", false
			}
			switch b := s[i]; {
			case strings.IndexByte("abtnvfr", b) >= 0:
				sb.WriteByte("\a\b\t\n\v\f\r"[strings.IndexByte("abtnvfr", b)])
			case '0' <= b && b <= '3' && i+2 < len(s):
				sb.WriteByte((b-'0')<<6 | (s[i+1]-'0')&7<<3 | (s[i+2]-'0')&7)
				i += 2
			default:
				sb.WriteByte(b)
			}
		default:
			sb.WriteByte(s[i])
		}
	}
	return "", "", false
}
