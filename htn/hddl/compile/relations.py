"""Relations: the facts of one fluent predicate as a set, with the indexes that joins ask for, undone by the trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from htn.model.state import ABSENT, State, Trail

__all__ = ["FactState", "Relation", "index_name", "key_code", "relation_class"]


class Relation(dict[Any, Any]):
    """The facts of one predicate: what stands for the arguments, in order of arrival, each with the value True.

    Facts of one argument are plain strings, of several tuples, of none the empty tuple. Subclasses made by
    `relation_class` keep indexes and write their changes to the trail.

    Parameters
    ----------
    name : str
        The fluent's name in the state.
    items : mapping
        The facts.
    trail : Trail
        Where changes are noted.
    """

    __slots__ = ("_name", "_trail")

    def __init__(self, name: str, items: Mapping[Any, Any], trail: Trail) -> None:
        super().__init__(items)
        self._name = name
        self._trail = trail

    def add(self, key: Any) -> None:
        """Make a fact true."""
        raise NotImplementedError

    def discard(self, key: Any) -> None:
        """Make a fact false."""
        raise NotImplementedError


class FactState(State):
    """A state whose fluents are relations."""

    __slots__ = ()

    def _fluent(self, name: str, items: Mapping[Any, Any]) -> dict[Any, Any]:
        assert isinstance(items, Relation)
        return type(items)(name, items, self._trail)

    def _check_items(self, name: str, items: Mapping[Any, Any]) -> None:
        pass  # made by the compiler, of strings only


def index_name(bound: Iterable[int]) -> str:
    """Return the attribute that holds the index on the given arguments."""
    return "by" + "_".join(map(str, bound))


def key_code(terms: Iterable[str]) -> str:
    """Return the code of the key for arguments given as code.

    Examples
    --------
    >>> key_code(["a"]), key_code(["a", "b"]), key_code([])
    ('a', '(a, b)', '()')
    """
    listed = list(terms)
    return listed[0] if len(listed) == 1 else f"({', '.join(listed)})"


def relation_class(name: str, arity: int, indexes: Iterable[tuple[int, ...]]) -> type[Relation]:
    """Return the class of relations with some number of arguments and the given indexes.

    An index on some of the arguments maps their key to the keys of the others, in order of arrival.

    Examples
    --------
    >>> at = relation_class("At", 2, [(0,)])("at", {("truck", "home"): True}, [])
    >>> at.add(("truck", "work"))
    >>> list(at.by0["truck"])
    ['home', 'work']
    """
    listed = sorted(set(indexes))
    unpack = f"{', '.join(f'a{i}' for i in range(arity))} = key" if arity > 1 else "a0 = key"
    enter: list[str] = [unpack] if listed else []
    leave: list[str] = [unpack] if listed else []
    for bound in listed:
        table = f"self.{index_name(bound)}"
        key = key_code(f"a{i}" for i in bound)
        rest = key_code(f"a{i}" for i in range(arity) if i not in bound)
        enter += [
            "try:",
            f"    {table}[{key}][{rest}] = None",
            "except KeyError:",
            f"    {table}[{key}] = {{{rest}: None}}",
        ]
        leave += [f"row = {table}[{key}]", f"del row[{rest}]", "if not row:", f"    del {table}[{key}]"]
    slots = [index_name(bound) for bound in listed]
    source = [
        f"class {name}(Relation):",
        f"    __slots__ = {tuple(slots)!r}",
        "    def __init__(self, name, items, trail):",
        "        Relation.__init__(self, name, items, trail)",
        *[f"        self.{slot} = {{}}" for slot in slots],
        "        for key in self:",
        *_indented(enter or ["pass"], 3),
        "    def add(self, key):",
        "        if key not in self:",
        "            self._trail.append((self, key, ABSENT))",
        "            _set(self, key, True)",
        *_indented(enter, 3),
        "    def discard(self, key):",
        "        if key in self:",
        "            self._trail.append((self, key, True))",
        "            _delete(self, key)",
        *_indented(leave, 3),
        "    def _undo(self, key, old):",
        "        if old is ABSENT:",
        "            _delete(self, key)",
        *_indented(leave, 3),
        "        else:",
        "            _set(self, key, True)",
        *_indented(enter, 3),
    ]
    scope: dict[str, Any] = {
        "Relation": Relation,
        "ABSENT": ABSENT,
        "_set": dict.__setitem__,
        "_delete": dict.__delitem__,
    }
    exec("\n".join(source), scope)  # noqa: S102  (the text holds argument numbers only)
    made: type[Relation] = scope[name]
    return made


def _indented(lines: Iterable[str], depth: int) -> list[str]:
    return ["    " * depth + line for line in lines]
