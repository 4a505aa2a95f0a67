package api

import (
	"go/ast"
	"go/token"
)

// tame takes sums of two names out of the values of constants and variables and
// out of the lengths of arrays. A string that is twice the one before, sixty
// times, is a program of sixty lines, and whoever asks for its length or its
// value needs all memory there is. Where a sum stood nothing is known.
func tame(f *ast.File) {
	for _, d := range f.Decls {
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BlockStmt:
				return false
			case *ast.ValueSpec:
				for i, value := range n.Values {
					n.Values[i] = tamed(value)
				}
			case *ast.ArrayType:
				if n.Len != nil {
					n.Len = tamed(n.Len)
				}
			}
			return true
		})
	}
}

// maxOperators bounds an expression, for which the checker takes quadratic time.
const maxOperators = 300

func tamed(x ast.Expr) ast.Expr {
	if _, sums, n := operands(x); sums || n > maxOperators {
		return &ast.BadExpr{From: x.Pos(), To: x.End()}
	}
	return x
}

// operands says whether an expression has names in it, whether it has a sum with
// names on both sides, and how many operators.
func operands(x ast.Expr) (names, sums bool, operators int) {
	switch x := x.(type) {
	case *ast.BasicLit:
		return false, false, 0
	case *ast.ParenExpr:
		names, sums, operators = operands(x.X)
		return names, sums, operators + 1
	case *ast.UnaryExpr:
		names, sums, operators = operands(x.X)
		return names, sums, operators + 1
	case *ast.BinaryExpr:
		left, a, n := operands(x.X)
		right, b, m := operands(x.Y)
		return left || right, a || b || x.Op == token.ADD && left && right, n + m + 1
	}
	ast.Inspect(x, func(n ast.Node) bool {
		if _, ok := n.(*ast.BlockStmt); ok {
			return false
		}
		if inner, ok := n.(*ast.BinaryExpr); ok {
			_, s, m := operands(inner)
			sums = sums || s
			operators += m
			return false
		}
		return true
	})
	return true, sums, operators
}
