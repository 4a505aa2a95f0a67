package outline

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
)

// maxPath bounds the length of a key's path, so that deep nesting costs no more
// than wide.
const maxPath = 500

// under is the path of a key below another.
func under(parent, name string) string {
	switch {
	case parent == "":
		return name
	case len(parent)+len(name) > maxPath:
		return parent
	}
	return parent + "." + name
}

// outlineJSON notes the keys of all objects; encoding/json says what is wrong.
func (o *outliner) outlineJSON() {
	o.match()
	if len(bytes.TrimSpace(o.src)) > 0 {
		var value json.RawMessage
		err := json.Unmarshal(o.src, &value)
		o.problems = nil
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			o.problem(o.lineAt(min(len(o.src), max(0, int(syntax.Offset)-1))), syntax.Error())
		} else if err != nil {
			o.problem(0, err.Error())
		}
	}
	type level struct {
		end    int
		parent string
	}
	levels := []level{{end: len(o.toks)}}
	for i := 0; i < len(o.toks); i++ {
		for len(levels) > 1 && i >= levels[len(levels)-1].end {
			levels = levels[:len(levels)-1]
		}
		if (o.toks[i].kind != String && o.toks[i].kind != Word) || !o.is(i+1, ":") {
			continue
		}
		parent := levels[len(levels)-1].parent
		name := unquote(o.text(i))
		value := i + 2
		last := min(o.past(value)-1, len(o.toks)-1)
		o.add(Symbol{Kind: Key, Name: name, Parent: parent}, i, i, value, last)
		if last > value && len(levels) < maxScopes {
			path := under(parent, name)
			if o.is(value, "[") {
				path += "[]"
			}
			levels = append(levels, level{last, path})
		}
	}
}

// outlineXML notes the elements that hold nothing but text.
func (o *outliner) outlineXML() {
	o.problems = nil
	for d := xml.NewDecoder(bytes.NewReader(o.src)); ; {
		_, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		var syntax *xml.SyntaxError
		if errors.As(err, &syntax) {
			o.problem(max(0, syntax.Line-1), syntax.Msg)
		}
		if err != nil {
			break // another encoding is no fault of the text
		}
	}
	type element struct {
		name, path string
		at         int
		leaf       bool
	}
	var open []element
	for i := 0; i < len(o.toks); i++ {
		switch string(o.text(i)) {
		case "<", "</":
		default:
			continue
		}
		end := i + 1
		for end < len(o.toks) && o.toks[end].start == o.toks[end-1].end && (o.word(end) || o.is(end, ":") || o.toks[end].kind == Number) {
			end++
		}
		if end == i+1 {
			continue
		}
		name := string(o.src[o.toks[i+1].start:o.toks[end-1].end])
		if o.is(i, "<") {
			for end < len(o.toks) && !o.is(end, ">") && !o.is(end, "<") {
				end++
			}
			if n := len(open); n > 0 {
				open[n-1].leaf = false
			}
			if o.is(end, ">") && !o.is(end-1, "/") && len(open) < maxPath {
				path := ""
				if n := len(open); n > 0 {
					path = under(open[n-1].path, open[n-1].name)
				}
				open = append(open, element{name, path, i, true})
			}
			i = max(i, end-1)
			continue
		}
		n := len(open) - 1
		for k := n; k >= 0 && k > n-8; k-- {
			if open[k].name != name {
				continue
			}
			if e := open[k]; e.leaf {
				o.add(Symbol{Kind: Key, Name: e.name, Parent: e.path}, e.at+1, e.at, e.at, end)
			} else if len(open) > k+1 {
				for _, lost := range open[k+1:] {
					o.problem(o.line(lost.at), "unclosed <"+lost.name+">")
				}
			}
			open = open[:k]
			break
		}
		if n == len(open)-1 {
			o.problem(o.line(i), "unexpected </"+name+">")
		}
	}
	for _, lost := range open {
		o.problem(o.line(lost.at), "unclosed <"+lost.name+">")
	}
}

// outlineTables notes tables and keys of TOML and INI.
func (o *outliner) outlineTables() {
	if o.lang == TOML {
		o.match()
	}
	section, table := -1, ""
	for i := 0; i < len(o.toks); {
		end := o.past(i)
		for end < len(o.toks) && !o.toks[end].first {
			end = o.past(end)
		}
		end = min(end, len(o.toks))
		if o.is(i, "[") && (o.is(end-1, "]") || o.lang == INI) {
			first, last := i+1, end-1
			for first < last && o.is(first, "[") {
				first++
			}
			for last > first && o.is(last, "]") {
				last--
			}
			if last < first {
				return // a "[" ends the text
			}
			table = string(bytes.TrimRight(o.src[o.toks[first].start:o.toks[last].end], "]"))
			o.add(Symbol{Kind: Section, Name: table}, first, i, i, end-1)
			section = len(o.symbols) - 1
		} else {
			o.assignment(i, end, table)
		}
		if section >= 0 {
			o.symbols[section].End = o.last(end-1) + 1
		}
		i = end
	}
}

// assignment notes name = value, or in INI name: value.
func (o *outliner) assignment(i, end int, table string) {
	for at := i; at < end; at++ {
		if !o.is(at, "=") && (o.lang != INI || !o.is(at, ":")) {
			continue
		}
		if at > i {
			name := unquote(bytes.TrimSpace(o.src[o.toks[i].start:o.toks[at-1].end]))
			o.add(Symbol{Kind: Key, Name: name, Parent: table}, i, i, i, end-1)
		}
		return
	}
}
