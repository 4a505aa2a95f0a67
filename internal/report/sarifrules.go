package report

import (
	"strings"

	"backstay.dev/backstay/internal/say"
)

// checks says what a check looks for, and what to do about a finding, by the
// check's name.
var checks = map[string][2]string{
	"marker":    {"Conflict markers are in the result", "Resolve the region that the markers enclose."},
	"parse":     {"The file parses worse than before", "Look at the line: a bracket or a statement was lost when the change was carried."},
	"placement": {"A change landed in another function than it was made for", "Compare the function with that of the original, and move the change."},
	"unbound":   {"A name is used that nothing in the file makes known", "Add the import that the original's file has, or use what the target has instead."},
	"import":    {"An import of what the target does not have", "Carry what is imported first, or use what the target has instead."},
	"moved":     {"A member is taken from a module that does not have it on the target", "Take it from where the target has it."},
	"missing":   {"A name is used that the target does not have", "Carry the commit that brought it first, or write what the target has instead."},
	"arity":     {"A call does not fit the target's definition", "Write the call as the target's definition wants it."},
	"leftover":  {"A definition is taken away and still used", "Change the uses that only the target has, too."},
	"dialect":   {"The code says what the target's file says otherwise", "Write it as the rest of the file does."},
	"neighbour": {"An earlier backport of the fix has another text here", "Compare with the earlier backport, and say why this one differs."},
	"key":       {"A configuration key that the target does not have", "Carry the commit that declares it first, or use what the target has instead."},
	"namesake":  {"The target has a commit of the same title and lines", "Look whether the fix is there already."},
	"followup":  {"The fix was mended or taken back", "Carry what mends it as well."},
	"sibling":   {"A copy of the code that the fix mends is left as it was", "Mend the copy, too."},
}

// ruleOf is the rule for findings of a check.
func ruleOf(check string) sarifRule {
	about, ok := checks[check]
	if !ok {
		name := strings.ReplaceAll(say.Visible(check), "-", " ")
		about = [2]string{"A finding of the check " + name, "Look at the place, and compare it with the original."}
	}
	return newRule("check/"+say.Visible(check), about, "warning")
}

var (
	deviationRule = newRule("undeclared-deviation", [2]string{
		"The backport is other than the pick repeated, and does not say so",
		"Make it as git's merge does, or name the file in the Conflicts: paragraph of the message or in a [name: what was adapted] note.",
	}, "error")
	apiRule = newRule("api-break", [2]string{
		"What used the API of the release branch may fail",
		"Keep what is exported as it was: a release branch may lose nothing.",
	}, "error")
)

func newRule(id string, about [2]string, level string) sarifRule {
	return sarifRule{
		ID: id, Short: sarifText{about[0]}, Full: sarifText{about[0] + "."},
		Help:    sarifHelp{Text: about[1], Markdown: prose(about[1])},
		Default: sarifDefault{level},
	}
}
