package config

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// errUnreadable stands for a panic of the YAML library.
var errUnreadable = errors.New("the text is not YAML that can be read")

// guarded calls into the YAML library, which indexes and dereferences without
// looking on some malformed texts.
func guarded(call func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errUnreadable
		}
	}()
	return call()
}

// parse returns the keys and values of the one document, in their order.
func (s source) parse() ([]*ast.MappingValueNode, error) {
	var tokens token.Tokens
	var file *ast.File
	err := guarded(func() error {
		tokens = lexer.Tokenize(s.text)
		return nil
	})
	if err == nil {
		err = s.shape(tokens)
	}
	if err == nil {
		err = guarded(func() (err error) {
			file, err = parser.Parse(tokens, 0)
			return err
		})
	}
	if err != nil {
		return nil, s.explain(err)
	}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType || doc.Body.Type() == ast.NullType {
			continue
		}
		if body != nil {
			return nil, s.fail(doc.Body.GetToken().Position.Line, 0, "a second document: one is read")
		}
		body = doc.Body
	}
	switch n := body.(type) {
	case nil:
		return nil, nil
	case *ast.MappingNode:
		return n.Values, nil
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, nil
	}
	return nil, s.at(body, "expected `key: value` lines")
}

// refused are tokens of YAML that the file has no use for.
var refused = map[token.Type]string{
	token.AnchorType:     "anchors are not read here",
	token.AliasType:      "aliases are not read here",
	token.MergeKeyType:   "merge keys are not read here",
	token.TagType:        "tags are not read here",
	token.DirectiveType:  "directives are not read here",
	token.MappingKeyType: "`? key` is not read here; write `key: value`",
}

// shape refuses what would cost the parser more than it is worth: the cost of
// what is left is about linear in the number of tokens.
func (s source) shape(tokens token.Tokens) error {
	if len(tokens) > MaxTokens {
		return s.fail(0, 0, fmt.Sprintf("the file has more than %d YAML tokens", MaxTokens))
	}
	var columns []int // where the blocks that enclose the token began
	flow, line := 0, 0
	for _, t := range tokens {
		if t.Type == token.InvalidType {
			return s.fail(t.Position.Line, t.Position.Column, firstLine(t.Error))
		}
		if problem := refused[t.Type]; problem != "" {
			return s.fail(t.Position.Line, t.Position.Column, problem)
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow = max(0, flow-1)
		}
		// A block begins with the first token of a line, or with a dash.
		if t.Position.Line != line || t.Type == token.SequenceEntryType {
			for len(columns) > 0 && columns[len(columns)-1] >= t.Position.Column {
				columns = columns[:len(columns)-1]
			}
			columns = append(columns, t.Position.Column)
			line = t.Position.Line
		}
		if len(columns)+flow > MaxDepth {
			return s.fail(t.Position.Line, t.Position.Column, fmt.Sprintf("nested more than %d deep", MaxDepth))
		}
	}
	return nil
}
