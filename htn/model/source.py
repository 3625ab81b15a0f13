"""The syntax tree of a function of a domain, as far as its source can be had."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

__all__ = ["own_nodes", "source_of"]


def source_of(function: Any) -> ast.FunctionDef | ast.Lambda | None:
    """Return a function's syntax tree, or None where it cannot be had or is not sure to be that function's.

    Examples
    --------
    >>> source_of(len) is None
    True
    """
    if hasattr(function, "__wrapped__"):
        return None  # the source is of what is inside, and nothing is known of what is around it
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return None
    found = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.Lambda))]
    if not found or (isinstance(found[0], ast.Lambda) and len(found) > 1):
        return None  # of several lambdas in a line nobody can tell which it is
    return found[0]


def own_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function, without those of functions inside it."""
    waiting = list(ast.iter_child_nodes(tree))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))
