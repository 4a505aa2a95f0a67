package gate

import (
	"slices"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/outline"
)

func TestQuoted(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lang outline.Language
		src  string
		want string // callee, ":" and name of each; "=" before one that is assigned
	}{
		{outline.Python, "cfg.CONF.set_override('max_retries', 'forever', group='agent')", "cfg.CONF.set_override:max_retries :forever =cfg.CONF.set_override:group :agent"},
		{outline.Python, "OPTS = [cfg.IntOpt(\n    'max_retries',\n    help='How often.')]", "cfg.IntOpt:max_retries =cfg.IntOpt:help"},
		{outline.Python, "CONF.agent.max_retries = 3", "=CONF.agent:max_retries"},
		{outline.Python, "os.environ['HOME_DIR'].get(key, 'fallback')", "os.environ:HOME_DIR os.environ.get:fallback"},
		{outline.Python, "load(conf)['retries'] == b'12'", "load:retries"},
		{outline.Python, "{'retries': 'first name'}", ":retries"},
		{outline.Go, "type c struct {\n\tA int `toml:\"max_retry,omitempty\" json:\"maxRetry\"`\n}", ":max_retry :maxRetry"},
		{outline.Go, `viper.GetString("agent.max-retry")`, "viper.GetString:agent.max-retry"},
		{outline.C, `createBoolConfig("lazy-delete", NULL, server.lazy_delete)`, "createBoolConfig:lazy-delete"},
		{outline.C, `if (x) { return strcmp(name->key, "lazy-delete"); }`, "strcmp:lazy-delete"},
		{outline.Java, `System.getProperty("app.retry.limit")`, "System.getProperty:app.retry.limit"},
		{outline.Java, `if ("name".equals(x)) {}`, ":name"},
		{outline.Ruby, "config.fetch(:retries)\nmattr_accessor :limits, :others", "config.fetch:retries mattr_accessor:limits mattr_accessor:others"},
		{outline.Ruby, "ENV['HOME_DIR'] || ENV.fetch(\"HOME_DIR\")", "ENV:HOME_DIR ENV.fetch:HOME_DIR"},
		{outline.Ruby, "config.active_record.retries = true", "=config.active_record:retries"},
		{outline.Ruby, "a ? Module::Name : other", ""},
		{outline.Python, "print('')\nprint('", ""},
	} {
		var got []string
		eachQuoted(&text{lang: tt.lang, src: []byte(tt.src)}, func(q quoted) {
			sign := ""
			if q.assigned {
				sign = "="
			}
			got = append(got, sign+q.callee+":"+q.name)
		})
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %s\n got %q\nwant %q", tt.lang, tt.src, s, tt.want)
		}
	}
}

func TestHoldsSettings(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"cfg.CONF.get": true, "ENV": true, "System.getProperty": true, "cfg.StrOpt": true, "createBoolConfig": true,
		"os.Getenv": true, "HTTPConfig.x": true, "self.config": true, "add_option": true, "viper.BindPFlag": true,
		"json.optString": false, "confirm": false, "optimise": false, "environmental": false, "flagged": false, "": false, "é.x": false,
	} {
		if got := holdsSettings(name); got != want {
			t.Errorf("holdsSettings(%q) = %v", name, got)
		}
	}
}

func TestEntries(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][2]string{ // in a script, in a configuration
		"lazy-delete yes-or-no":                    {"lazy-delete yes-or-no", "lazy-delete"},
		"# lazy-delete yes":                        {},
		"    r config set lazy-delete $some-value": {"lazy-delete", ""},
		"- max_retry: 3":                           {"max_retry", "max_retry"},
		`  "max-retry": "one-two",`:                {"max-retry one-two", "max-retry"},
		`export HOME_DIR="${TMP_DIR:-/tmp}"`:       {"HOME_DIR", ""},
		"make --max-retry=3 -x":                    {"max-retry", ""},
		"version: 1.2.3":                           {},
		"":                                         {},
	} {
		for i, script := range []bool{true, false} {
			var got []string
			eachEntry([]byte(line), 0, script, func(q quoted) { got = append(got, q.name) })
			if s := strings.Join(got, " "); s != want[i] {
				t.Errorf("%q, script %v: got %q, want %q", line, script, s, want[i])
			}
		}
	}
}

func FuzzQuoted(f *testing.F) {
	for _, lang := range []outline.Language{outline.Python, outline.Go, outline.Ruby, outline.Java, outline.C} {
		f.Add(string(lang), "cfg.CONF.get('max_retries')[\"a_b\"] = `x:\"name,z\"` :sym ))}}")
		f.Add(string(lang), "a.b.c(d=1, 'eeee'\n.f['gggg'] :h")
	}
	f.Fuzz(func(t *testing.T, lang, src string) {
		if !slices.Contains([]string{"python", "go", "ruby", "java", "c"}, lang) {
			return
		}
		lines := strings.Count(src, "\n") + 1
		last := 0
		eachQuoted(&text{lang: outline.Language(lang), src: []byte(src)}, func(q quoted) {
			if !nameShaped(q.name) || q.line < last || q.line >= lines || len(q.callee) > len(src)+1 {
				t.Errorf("%+v", q)
			}
			last = q.line
		})
	})
}
