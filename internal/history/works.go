package history

// maxWorks is how many commits may have one author, author date and subject, each
// on a branch of its own. More were not written by a person.
const maxWorks = 64

// findWorks finds, for every question, the commits with the author, the author
// date and the subject of the fix: somebody carried it and adapted it, without a
// word. In etcd's release branches (3.3 to 3.7, November 2026) that are 310 of 2,009
// commits.
//
// A fix that is in the same history as one of them says nothing: somebody wrote
// several commits under one subject and in one second, as programs do, or the fix
// was taken back and brought again.
func (p *presence) findWorks(open []*question) {
	wanted := map[uint64][]*question{}
	for _, q := range open {
		if work := p.c.works[q.fix]; work != 0 {
			wanted[work] = append(wanted[work], q)
		}
	}
	if len(wanted) == 0 {
		return
	}
	for i, work := range p.c.works {
		for _, q := range wanted[work] {
			if i := int32(i); i != q.fix && len(q.works) <= maxWorks && moment(q.query.Before).sees(p.c, i) {
				q.works = append(q.works, i)
			}
		}
	}
	for _, q := range open {
		if len(q.works) > maxWorks {
			q.works = nil
		}
		for _, i := range q.works {
			if p.c.isAncestor(i, q.fix) || p.c.isAncestor(q.fix, i) {
				q.works = nil
				break
			}
		}
	}
}
