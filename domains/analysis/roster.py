"""Who has which capability, known without importing what the specialists compute with."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

__all__ = ["specialists"]


@cache
def specialists() -> dict[str, str]:
    """Return the specialist of every capability that the local analysts register.

    Planning shows who will carry out a step, and must stay light: the analysts' modules import statistics, so their
    source is read for ``@capability("name", specialist="...")`` instead. A test holds this against the registry.

    Examples
    --------
    >>> specialists()["retrieve_deals"]
    'retrieval'
    """
    found: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / "analysts").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "capability":
                name = _text(node.args[0] if node.args else None, constants)
                given = {keyword.arg: keyword.value for keyword in node.keywords}
                who = _text(given.get("specialist"), constants)
                if name and who:
                    found[name] = who
    return found


def _text(node: ast.expr | None, constants: dict[str, object]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name) and isinstance(constants.get(node.id), str):
        return str(constants[node.id])
    return None
