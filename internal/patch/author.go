package patch

import (
	"strconv"
	"strings"
	"time"
)

// signature puts the author together from a "From" and a "Date" field.
func signature(from, date string) Signature {
	var s Signature
	s.Name, s.Email = parseFrom(from)
	var ok bool
	s.Seconds, s.Offset, ok = parseDate(date)
	s.Known = ok && s.Email != ""
	return s
}

// parseFrom finds name and e-mail in the forms "Name <e@mail>", "e@mail
// (Name)", "e@mail" and, for lack of an @, "Name <anything>". A name that is
// missing or holds an address is replaced by the e-mail, as git does.
func parseFrom(from string) (name, email string) {
	s := unquotePairs(from)
	if at := strings.IndexByte(s, '@'); at >= 0 {
		start := strings.LastIndexAny(s[:at], " \t\n\r\v\f<") + 1
		end := at + strings.IndexAny(s[at:]+">", " \t\n\r\v\f>")
		email = s[start:end]
		rest := ""
		if end < len(s) {
			rest = s[end+1:]
		}
		name = strings.TrimSuffix(s[:start], "<") + " " + rest
	} else {
		before, rest, open := strings.Cut(s, "<")
		inside, _, closed := strings.Cut(rest, ">")
		if !open || !closed {
			return "", ""
		}
		name, email = before, inside
	}
	name = strings.Join(strings.Fields(name), " ")
	if strings.HasPrefix(name, "(") && strings.HasSuffix(name, ")") {
		name = name[1 : len(name)-1]
	}
	email = trimCrud(email)
	if name == "" || len(name) > 60 || strings.ContainsAny(name, "@<>") {
		name = email
	}
	return trimCrud(name), email
}

// trimCrud removes what git removes from both ends of a name or e-mail before
// it writes them into a commit, and what can't stand inside. The dot of "Jr."
// stays, as in newer versions of git.
func trimCrud(s string) string {
	return strings.TrimFunc(dropReserved(s), func(r rune) bool {
		return r <= ' ' || strings.ContainsRune(`,:;"\'`, r)
	})
}

// dropReserved removes what would end a name or e-mail in a commit.
func dropReserved(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '<' || r == '>' || r == '\n' || r == 0 {
			return -1
		}
		return r
	}, s)
}

// unquotePairs removes the quotes of quoted strings and the backslashes of
// quoted pairs in strings and comments (RFC 5322, section 3.2).
func unquotePairs(s string) string {
	var b strings.Builder
	quoted, depth := false, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && (quoted || depth > 0):
			if i++; i == len(s) {
				return b.String()
			}
		case c == '"' && depth == 0:
			quoted = !quoted
			continue
		case c == '(' && !quoted:
			depth++
		case c == ')' && depth > 0:
			depth--
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// zones are the obsolete zone names of RFC 5322, section 4.3.
var zones = map[string]string{
	"UT": "+0000", "UTC": "+0000", "GMT": "+0000", "Z": "+0000",
	"EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500",
	"MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700",
}

// dateLayouts are those of mail and of git's --date=rfc, iso, iso-strict and default.
var dateLayouts = [...]string{
	"2 Jan 2006 15:04:05 -0700",
	"2 Jan 2006 15:04 -0700",
	"2006-01-02 15:04:05 -0700",
	"2006-01-02T15:04:05Z07:00",
	"Mon Jan 2 15:04:05 2006 -0700",
	"Mon Jan 2 15:04:05 -0700 2006",
}

// parseDate reads a date with its zone: seconds since 1970 and minutes east of
// UTC. Without a zone, and before 1970, there is no answer.
func parseDate(date string) (seconds int64, offset int, ok bool) {
	if i := strings.IndexByte(date, '('); i > 0 {
		date = date[:i]
	}
	if i := strings.IndexByte(date, ','); i == 3 || i == 4 { // a day of the week
		date = date[i+1:]
	}
	f := strings.Fields(date)
	if len(f) == 0 || len(f) > 8 || len(date) > 100 {
		return 0, 0, false
	}
	if zone, named := zones[strings.ToUpper(f[len(f)-1])]; named {
		f[len(f)-1] = zone
	}
	if len(f) == 2 && isDigits(strings.TrimPrefix(f[0], "@")) { // --date=raw
		return rawDate(f[0], f[1])
	}
	date = strings.Join(f, " ")
	for _, layout := range dateLayouts {
		t, err := time.ParseInLocation(layout, date, time.UTC)
		if err == nil && t.Unix() >= 0 {
			_, east := t.Zone()
			return t.Unix(), east / 60, true
		}
	}
	return 0, 0, false
}

func rawDate(seconds, zone string) (int64, int, bool) {
	s, err := strconv.ParseInt(strings.TrimPrefix(seconds, "@"), 10, 64)
	t, err2 := time.ParseInLocation("-0700", zone, time.UTC)
	_, east := t.Zone()
	return s, east / 60, err == nil && err2 == nil
}
