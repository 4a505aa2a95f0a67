package outline

import "testing"

func TestOutlineConfigurations(t *testing.T) {
	t.Parallel()
	checkOutline(t, []outlineTest{
		{
			name: "mappings and lists", lang: YAML, src: `
# about
on: push
jobs:
  build:
    runs-on: "ubuntu"
    steps:
      - uses: actions/checkout@v4
        with: {depth: 1}
      - run: |
          echo: no
          it's

          done: no
    env:
      'quoted key': 1
---
next: 1
`,
			want: []string{
				"key on 2", "key jobs 3-15", "key jobs|build 4-15", "key jobs.build|runs-on 5", "key jobs.build|steps 6-13",
				"key jobs.build.steps[]|uses 7", "key jobs.build.steps[]|with 8", "key jobs.build.steps[]|run 9-13",
				"key jobs.build|env 14-15", "key jobs.build.env|quoted key 15", "key next 17",
			},
		},
		{
			name: "objects", lang: JSON, src: "{\n  \"a\": {\n    \"b\": [\n      {\"c\": 1}\n    ]\n  },\n  \"d\": null\n}\n",
			want: []string{"key a 2-6", "key a|b 3-5", "key a.b[]|c 4", "key d 7"},
		},
		{name: "a comma too many", lang: JSON, src: "{\n  \"a\": 1,\n}\n", want: []string{"key a 2"}, problems: []string{"3 invalid character '}' looking for beginning of object key string"}},
		{
			name: "tables", lang: TOML, src: "a = 1\n[b.c]\nd = [\n  1, # e = 2\n]\n[[f]]\n\"g h\" = '''\ni = j\n'''\n",
			want: []string{"key a 1", "section b.c 2-5", "key b.c|d 3-5", "section f 6-9", "key f|g h 7-9"},
		},
		{name: "an open list", lang: TOML, src: "a = [\n1\n", want: []string{"key a 1"}, problems: []string{"1 unclosed ["}},
		{
			name: "sections", lang: INI, src: "; it's\n[a b]\nc.d = e\nf: g\n",
			want: []string{"section a b 2-4", "key a b|c.d 3", "key a b|f 4"},
		},
		{
			name: "elements", lang: XML, src: "<?xml version=\"1.0\"?>\n<p a='1'>\n  <!-- <x> -->\n  <q:r>1.2</q:r>\n  <s/>\n  <t><u>don't</u></t>\n</p>\n",
			want: []string{"key p|q:r 4", "key p.t|u 6"},
		},
		{name: "an open element", lang: XML, src: "<a>\n<b>\n</a>\n", problems: []string{"2 unclosed <b>"}},
		{
			name: "headings", lang: Markdown, src: "Title\n=====\n\ntext\n\n## One\n\n```sh\n# no heading\n```\n\n### Deep ###\n\n## Two\n#hashtag\n",
			want: []string{"section Title 1-15 body 2", "section Title|One 6-13", "section One|Deep 12-13", "section Title|Two 14-15"},
		},
		{
			name: "targets", lang: Make, src: "CC ?= gcc\nFLAGS := -O2 \\\n  -g\ninclude a.mk\n\nall: a.o \\\n     b.o\n\techo 'it'\n\n\techo $(CC): x\n%.o: %.c ; cc\n-include b.mk\n",
			want: []string{"variable CC 1", "variable FLAGS 2-3", "import a.mk 4", "function all 6-10", "function %.o 11", "import b.mk 12"},
		},
		{name: "no keys", lang: Plain, src: "a: b\n"},
	})
}
