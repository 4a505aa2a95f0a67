package adapt

import (
	"path"
	"strings"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// rungNames are the rungs that have a column of their own. Others count as
// evidence like any other; their record says the rest.
var rungNames = strings.Fields(`ours theirs gone kept neighbour reuse
	tokens tokens-ours tokens-theirs line-tokens replay replay-tokens adjacent mixed increment
	renamed renamed-tokens renamed-file renamed-theirs overlap-ours overlap-theirs
	absent-dropped removed-gone stranded-dropped ours-theirs theirs-ours
	entries entries-fresh entries-moved entries-inner keys imports
	lines-line lines-branch pins-line pins-branch
	changelog-out changelog-entry go-sum-line go-mod-line
	place-file place-function place-beside place-lines`)

var classNames = strings.Fields("code test docs changelog fragment lock manifest version vendor generated ci data")

var languageNames = strings.Fields("c go java python ruby config")

var shapeNames = strings.Fields(`evidence neighbour fate options chunks parts
	is-ours is-theirs is-base empty base-lines ours-lines theirs-lines text-lines
	fix-added fix-removed target-added target-removed base-ours base-theirs text-ours text-theirs
	novel novel-source fix-kept fix-gone target-kept lines-from`)

var recordNames = strings.Fields(`prior repo-rate repo-asked class-rate class-asked path-rate path-asked
	best-class best-path other-class other-path other-neighbour rank`)

// optionFeatures names the columns of an option's row.
func optionFeatures() []string {
	var out []string
	for _, n := range rungNames {
		out = append(out, "rung:"+n)
	}
	for _, n := range classNames {
		out = append(out, "class:"+n)
	}
	for _, n := range languageNames {
		out = append(out, "language:"+n)
	}
	out = append(out, shapeNames...)
	return append(out, recordNames...)
}

// seen is what the options of one part have in common.
type seen struct {
	base, ours, theirs, fixAdds, fixDrops, targetAdds bag
	file, baseFile                                    bag
	known                                             map[string]bool // lines of the three sides
}

// shapes fills the rows of a part's options up to the record columns.
func (p *part) shapes(t *trial, files map[*conflict.File]*[2]bag) {
	var s seen
	if p.chunk != nil {
		s.base, s.ours, s.theirs = bagOf(p.chunk.Base), bagOf(p.chunk.Ours), bagOf(p.chunk.Theirs)
		s.fixAdds, s.fixDrops, s.targetAdds = s.theirs.minus(s.base), s.base.minus(s.theirs), s.ours.minus(s.base)
		if files[p.file] == nil {
			files[p.file] = &[2]bag{bagOf(p.file.Ours), bagOf(p.file.Base)}
		}
		s.file, s.baseFile = files[p.file][0], files[p.file][1]
		s.known = map[string]bool{}
		for _, side := range [][]byte{p.chunk.Base, p.chunk.Ours, p.chunk.Theirs} {
			for _, l := range textdiff.Lines(side) {
				s.known[string(l)] = true
			}
		}
	}
	for _, o := range p.options {
		o.row = make([]float32, 0, len(rungNames)+len(classNames)+len(languageNames)+len(shapeNames)+len(recordNames))
		for _, n := range rungNames {
			o.row = append(o.row, flag(o.has(n)))
		}
		for _, n := range classNames {
			o.row = append(o.row, flag(p.class == n))
		}
		language := language(p.path)
		for _, n := range languageNames {
			o.row = append(o.row, flag(language == n))
		}
		o.row = append(o.row, p.shape(t, o, &s)...)
	}
}

// shape is the middle of a row, in the order of shapeNames.
func (p *part) shape(t *trial, o *option, s *seen) []float32 {
	row := []float32{float32(len(o.answers)), flag(t.attempt.Neighbour), flag(p.chunk == nil), float32(len(p.options))}
	if p.chunk == nil { // a whole file
		row = append(row, 1, float32(len(t.parts)))
		return append(row, make([]float32, len(shapeNames)-len(row))...)
	}
	c := p.chunk
	text := bagOf(o.text)
	row = append(row, float32(len(p.file.Chunks)), float32(len(t.parts)),
		flag(string(o.text) == string(c.Ours)), flag(string(o.text) == string(c.Theirs)), flag(string(o.text) == string(c.Base)), flag(len(o.text) == 0),
		lines(c.Base), lines(c.Ours), lines(c.Theirs), lines(o.text),
		float32(s.fixAdds.size()), float32(s.fixDrops.size()), float32(s.targetAdds.size()), float32(s.base.minus(s.ours).size()),
		s.base.alike(s.ours), s.base.alike(s.theirs), text.alike(s.ours), text.alike(s.theirs))
	novel, source := 0, 0
	for w := range text {
		if s.file[w] == 0 {
			novel++
			if s.baseFile[w] > 0 {
				source++
			}
		}
	}
	foreign := 0
	for _, l := range textdiff.Lines(o.text) {
		if !s.known[string(l)] {
			foreign++
		}
	}
	return append(row, float32(novel), float32(source),
		share(s.fixAdds.common(text), s.fixAdds.size()), share(s.fixDrops.size()-s.fixDrops.common(text), s.fixDrops.size()),
		share(s.targetAdds.common(text), s.targetAdds.size()), float32(foreign))
}

// has reports whether a rung gave this option.
func (o *option) has(rung string) bool {
	for _, a := range o.answers {
		if a.Rung == rung {
			return true
		}
	}
	return false
}

// records appends the last columns: how these rungs fared before.
func (p *part) records(m *Model, q *Question) {
	type rates struct{ prior, repo, repoN, class, classN, path, pathN, bestClass, bestPath float32 }
	all := make([]rates, len(p.options))
	for i, o := range p.options {
		r := &all[i]
		for _, a := range o.answers {
			prior := m.prior(a.Rung, p.class)
			repo := q.Experience.of(a.Rung, q.Before)
			class := q.Experience.of(a.Rung+"\x00"+p.class, q.Before)
			path := q.Experience.of(a.Rung+"\x00\x00"+p.path, q.Before)
			repoRate := repo.rate(prior)
			classRate := class.rate(prior)
			pathRate := path.rate(classRate)
			if prior > r.prior {
				r.prior = prior
			}
			if r.repo <= repoRate {
				r.repo, r.repoN = repoRate, repo.asked
			}
			if r.class <= classRate {
				r.class, r.classN = classRate, class.asked
			}
			if r.path <= pathRate {
				r.path, r.pathN = pathRate, path.asked
			}
		}
		r.bestClass, r.bestPath = r.class, r.path
	}
	for i, o := range p.options {
		var otherClass, otherPath float32
		rank, neighbour := 0, false
		for k := range all {
			if k == i {
				continue
			}
			neighbour = neighbour || p.options[k].has("neighbour")
			otherClass, otherPath = max(otherClass, all[k].class), max(otherPath, all[k].path)
			if all[k].path > all[i].path {
				rank++
			}
		}
		r := all[i]
		o.row = append(o.row, r.prior, r.repo, r.repoN, r.class, r.classN, r.path, r.pathN,
			r.class-otherClass, r.path-otherPath, otherClass, otherPath, flag(neighbour), float32(rank))
	}
}

func flag(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

func lines(text []byte) float32 { return float32(len(textdiff.Lines(text))) }

// share is part of whole, 1 of nothing.
func share(part, whole int) float32 {
	if whole == 0 {
		return 1
	}
	return float32(part) / float32(whole)
}

// language groups the languages that are told apart.
func language(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".m", ".rs":
		return "c"
	case ".go":
		return "go"
	case ".java", ".kt", ".scala", ".groovy", ".js", ".ts", ".jsx", ".tsx", ".cs", ".php", ".swift":
		return "java"
	case ".py":
		return "python"
	case ".rb", ".rake", ".gemspec", ".tcl", ".sh", ".pl", ".lua":
		return "ruby"
	case ".yml", ".yaml", ".json", ".toml", ".xml", ".cfg", ".ini", ".conf", ".properties":
		return "config"
	}
	return ""
}
