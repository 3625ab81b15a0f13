"""From groups of words to typed lists, formulas and effects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from htn.hddl.errors import HddlError
from htn.hddl.model import (
    TRUE,
    And,
    Atom,
    Effect,
    Equal,
    Exists,
    Forall,
    Formula,
    Imply,
    Increase,
    Not,
    Number,
    Or,
    Typed,
    TypeOf,
    When,
    is_variable,
)
from htn.hddl.names import Names, suggestion
from htn.hddl.reader import Group

__all__ = ["MOST_NESTED", "Forms", "a", "number", "offset_of", "properties"]

# Formulas are plain values that Python compares and prints by recursion; nobody writes one nested as deeply as this.
MOST_NESTED = 100
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_SORT_OF = ("sortof", "sort-of", "sort", "typeof", "type-of", "type")
_NUMERIC = ("<=", ">=", "<", ">", "assign", "decrease", "scale-up", "scale-down")
_Part = TypeVar("_Part")


def offset_of(group: Group, index: int) -> int:
    """Return the offset of a group's item; of the group itself where items were read without offsets."""
    return group.starts[index] if index < len(group.starts) else group.end if group.starts else group.start


def a(what: str) -> str:
    """Return a word with its article."""
    return f"{'an' if what[0] in 'aeiou' else 'a'} {what}"


def number(word: str) -> Number | None:
    """Return the number that a word writes, or None.

    Examples
    --------
    >>> number("12"), number("0.5"), number("twelve")
    (12, 0.5, None)
    """
    if not _NUMBER.fullmatch(word):
        return None
    return int(word) if word.lstrip("+-").isdigit() else float(word)


class Forms:
    """Reads formulas, effects and typed lists, resolving names leniently.

    Parameters
    ----------
    names : Names
        What is declared, and where warnings go.
    variables : iterable of str
        Variables in scope: another spelling of one is taken for it.
    """

    def __init__(self, names: Names, variables: Iterable[str] = ()) -> None:
        self.names = names
        self.scope = _spellings({}, variables)

    def error(self, at: int, message: str) -> HddlError:
        """Return the error with its place."""
        return self.names.source.error(at, message)

    # ------------------------------------------------------------------------------------------------------ lists
    def typed(self, group: Group, what: str, first: int = 0) -> tuple[Typed, ...]:
        """Read ``a b - t c``: variables (`what` is ``"variable"``) or objects, from an item on."""
        found: list[Typed] = []
        waiting: list[tuple[str, int]] = []
        items, index = group.items, first
        while index < len(items):
            item, at = items[index], offset_of(group, index)
            if not isinstance(item, str):
                raise self.error(at, f"expected the name of {a(what)}, found a bracket")
            if item == "-" or (item[0] == "-" and len(item) > 1):
                # "?x -type", without the space, is a slip that leaves no doubt.
                named = items[index + 1] if item == "-" and index + 1 < len(items) else item[1:]
                if not isinstance(named, str):
                    raise self.error(at, "expected one type after '-'; (either ...) is not supported: declare a type")
                if not named or not waiting:
                    raise self.error(at, f"expected {'a type after' if waiting else f'{a(what)} before'} '-'")
                kind = self.names.resolve("type", named, at)
                found.extend(Typed(name, kind, start) for name, start in waiting)
                waiting = []
                index += 2 if item == "-" else 1
                continue
            if (what == "variable") != is_variable(item):
                raise self.error(at, f"expected the name of {a(what)}, found '{item}'")
            waiting.append((item, at))
            index += 1
        found.extend(Typed(name, "object", start) for name, start in waiting)
        return tuple(found)

    def terms(self, group: Group, first: int) -> tuple[str, ...]:
        """Read variables and objects, from an item on."""
        return tuple([self.term(group, index) for index in range(first, len(group.items))])

    def term(self, group: Group, index: int) -> str:
        """Read one variable or object."""
        item = group.items[index] if index < len(group.items) else None
        if not isinstance(item, str):
            found = "a bracket" if item is not None else "the end of the brackets"
            raise self.error(offset_of(group, index), f"expected a variable or an object, found {found}")
        if not is_variable(item):
            return self.names.resolve("object", item, offset_of(group, index))
        declared = self.scope.get(item) or self.scope.get(item.lower(), item)
        if declared != item:
            at = offset_of(group, index)
            self.names.warn(at, f"the variable '{item}' is not declared; taken for '{declared}'", (str(at), item))
        return declared

    # --------------------------------------------------------------------------------------------------- formulas
    def formula(self, group: Group, depth: int = 0) -> Formula:
        """Read a formula."""
        head, at, count = group.head, group.start, len(group.items)
        self._check_depth(at, depth)
        if not group.items:
            return TRUE
        if head in ("and", "or"):
            parts = tuple([self.formula(part, depth + 1) for part in self._groups(group, 1)])
            return And(parts, at) if head == "and" else Or(parts, at)
        if head == "not":
            return Not(self.formula(self._only(group, 1), depth + 1), at)
        if head == "imply":
            self._count(group, 2)
            condition, conclusion = self._groups(group, 1)
            return Imply(self.formula(condition, depth + 1), self.formula(conclusion, depth + 1), at)
        if head in ("forall", "exists"):
            variables, part = self._quantified(group, self.formula, depth)
            return Forall(variables, part, at) if head == "forall" else Exists(variables, part, at)
        if head == "=":
            if any(isinstance(item, Group) or number(item) is not None for item in group.items[1:]):
                raise self.error(at, "expected two variables or objects after '='; numbers are not compared")
            self._count(group, 2)
            return Equal(self.term(group, 1), self.term(group, 2), at)
        if head in _SORT_OF and count == 4 and group.items[2] == "-":
            (typed,) = self.typed(group, "variable", 1)
            return TypeOf(self.term(group, 1), typed.type, at)
        if head in (*_NUMERIC, "when", "increase", "preference"):
            raise self.error(at, f"expected a formula, found '({head}', which has no place in one here")
        return self.atom(group)

    def atom(self, group: Group, kind: str = "predicate") -> Atom:
        """Read a predicate (or function) with its terms."""
        name = group.items[0] if group.items else ""
        if not isinstance(name, str) or not name or is_variable(name) or name[0] == ":":
            found = f"'{name}'" if isinstance(name, str) and name else "a bracket" if name else "()"
            raise self.error(offset_of(group, 0), f"expected the name of {a(kind)}, found {found}")
        resolved = self.names.resolve("predicate" if kind == "predicate" else "function", name, group.start)
        return Atom(resolved, self.terms(group, 1), group.start)

    # ---------------------------------------------------------------------------------------------------- effects
    def effect(self, group: Group, depth: int = 0) -> Effect:
        """Read an effect."""
        head, at = group.head, group.start
        self._check_depth(at, depth)
        if not group.items:
            return TRUE
        if head == "and":
            return And(tuple([self.effect(part, depth + 1) for part in self._groups(group, 1)]), at)
        if head == "not":
            part = self._only(group, 1)
            if part.head in ("and", "or", "not", "forall", "exists", "when", "imply", "="):
                raise self.error(part.start, f"expected a predicate after 'not' in an effect, found '({part.head}'")
            return Not(self.atom(part), at)
        if head == "forall":
            variables, effect = self._quantified(group, self.effect, depth)
            return Forall(variables, effect, at)
        if head == "when":
            self._count(group, 2)
            condition, then = self._groups(group, 1)
            return When(self.formula(condition, depth + 1), self.effect(then, depth + 1), at)
        if head == "increase":
            return self._increase(group)
        if head in (*_NUMERIC, "or", "exists", "imply", "="):
            raise self.error(at, f"expected an effect, found '({head}', which has no place in one")
        return self.atom(group)

    def _increase(self, group: Group) -> Increase:
        self._count(group, 2)
        function, amount = group.items[1], group.items[2]
        target = self.atom(function, "function") if isinstance(function, Group) else Atom(function, (), group.starts[1])
        if isinstance(amount, Group):
            return Increase(target, self.atom(amount, "function"), group.start)
        value = number(amount)
        if value is None:
            raise self.error(group.starts[2], f"expected a number or a function, found '{amount}'")
        return Increase(target, value, group.start)

    # ---------------------------------------------------------------------------------------------------- helpers
    def _quantified(
        self, group: Group, read: Callable[[Group, int], _Part], depth: int
    ) -> tuple[tuple[Typed, ...], _Part]:
        self._count(group, 2)
        listed, part = self._groups(group, 1)
        variables = self.typed(listed, "variable")
        outer = self.scope
        self.scope = _spellings(outer, [variable.name for variable in variables])
        try:
            return variables, read(part, depth + 1)
        finally:
            self.scope = outer

    def _groups(self, group: Group, first: int) -> Sequence[Group]:
        for index, item in enumerate(group.items[first:], first):
            if isinstance(item, str):
                raise self.error(
                    offset_of(group, index), f"expected a bracket within ({group.head} ...), found '{item}'"
                )
        return group.items[first:]  # type: ignore[return-value]

    def _only(self, group: Group, first: int) -> Group:
        self._count(group, 1)
        return self._groups(group, first)[0]

    def _count(self, group: Group, wanted: int) -> None:
        if len(group.items) - 1 != wanted:
            has = len(group.items) - 1
            raise self.error(group.start, f"expected {wanted} after '{group.head}', found {has}")

    def _check_depth(self, at: int, depth: int) -> None:
        if depth > MOST_NESTED:
            raise self.error(at, f"formulas nested more than {MOST_NESTED} deep are not supported")


def _spellings(outer: dict[str, str], names: Iterable[str]) -> dict[str, str]:
    """Return a scope with further variables: each under its name, and in lower case where no other has that name."""
    scope = dict(outer)
    for name in names:
        scope.setdefault(name.lower(), name)
        scope[name] = name
    return scope


def properties(forms: Forms, group: Group, first: int, allowed: Iterable[str]) -> dict[str, tuple[Group, int]]:
    """Read ``:keyword (...)`` pairs from an item on; keywords in lower case with the offset of each."""
    found: dict[str, tuple[Group, int]] = {}
    allowed = tuple(allowed)
    index = first
    while index < len(group.items):
        keyword, at = group.items[index], offset_of(group, index)
        if not isinstance(keyword, str) or keyword[0] != ":":
            what = f"'{keyword}'" if isinstance(keyword, str) else "a bracket"
            raise forms.error(at, f"expected a keyword such as {allowed[0]}, found {what}")
        name = keyword.lower()
        if name not in allowed:
            raise forms.error(at, f"'{keyword}' has no place in ({group.head} ...){suggestion(name, allowed)}")
        if name in found:
            raise forms.error(at, f"'{keyword}' is given twice")
        value = group.items[index + 1] if index + 1 < len(group.items) else None
        if not isinstance(value, Group):
            what = f"'{value}'" if value is not None else "the end of the brackets"
            raise forms.error(offset_of(group, index + 1), f"expected a bracket after '{keyword}', found {what}")
        found[name] = (value, at)
        index += 2
    return found
