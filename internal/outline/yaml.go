package outline

// outlineYAML notes the keys of block mappings, by indentation. Items of a list
// have "[]" in their path.
func (o *outliner) outlineYAML() {
	o.match()
	o.problems = keep(o.problems, "unterminated")
	type level struct {
		indent, symbol int
		path           string
	}
	var levels []level
	leave := func(indent, i int) {
		for n := len(levels); n > 0 && levels[n-1].indent >= indent; n-- {
			if s := levels[n-1].symbol; s >= 0 {
				o.symbols[s].End = max(o.symbols[s].End, o.last(i-1)+1)
			}
			levels = levels[:n-1]
		}
	}
	for i := 0; i < len(o.toks); {
		end := o.past(i)
		for end < len(o.toks) && !o.toks[end].first {
			end = o.past(end)
		}
		end = min(end, len(o.toks))
		at, indent := i, o.column(i)
		if o.is(at, "--") && o.is(at+1, "-") && indent == 0 {
			indent, at = -1, end
		}
		if at < end && o.src[o.toks[at].start] == '\t' {
			o.problem(o.line(at), "tab in indentation")
		}
		leave(indent, i)
		for at < end && o.is(at, "-") {
			path := "[]"
			if n := len(levels); n > 0 {
				path = levels[n-1].path + path
			}
			if len(path) < maxPath && len(levels) < maxScopes {
				levels = append(levels, level{indent, -1, path})
			}
			if at++; at < end {
				indent = int(o.toks[at].start - o.lines[o.toks[at].line])
			}
		}
		if colon := o.yamlColon(at, end); colon > at {
			parent := ""
			if n := len(levels); n > 0 {
				parent = levels[n-1].path
			}
			name := unquote(o.src[o.toks[at].start:o.toks[colon-1].end])
			o.add(Symbol{Kind: Key, Name: name, Parent: parent}, at, at, min(colon+1, len(o.toks)-1), end-1)
			if len(levels) < maxScopes {
				levels = append(levels, level{indent, len(o.symbols) - 1, under(parent, name)})
			}
		}
		i = end
	}
	leave(-2, len(o.toks))
}

// yamlColon finds the ":" that ends the key which begins at a lexeme.
func (o *outliner) yamlColon(at, end int) int {
	for i := at; i < end && i < at+40; i++ {
		if o.is(i, "{") || o.is(i, "[") {
			if i == at {
				return -1
			}
			i = o.past(i) - 1
			continue
		}
		if !o.is(i, ":") {
			continue
		}
		if next := int(o.toks[i].end); next >= len(o.src) || o.src[next] == ' ' || o.src[next] == '\n' || o.src[next] == '\r' || o.src[next] == '\t' {
			return i
		}
	}
	return -1
}
