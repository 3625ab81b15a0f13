"""Joins: which values some variables can take, given those of others, as one generated function per rule.

Facts that never change come from tables made beforehand; facts that are found on the way come from indexes that grow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from htn.hddl.compile.relations import key_code
from htn.hddl.compile.schemas import EQUAL, Literal, Model, Schema
from htn.hddl.model import is_variable

__all__ = ["Join", "Relations", "TooDeepError", "join", "key_of"]

Row = tuple[str, ...]
_DEEPEST = 18
"""Python allows 20 nested loops in a function."""


class TooDeepError(Exception):
    """A rule has too many variables for one function."""


class Join:
    """What gives new variables their values.

    Parameters
    ----------
    order : tuple of str
        The variables of a result, those given first.

    Attributes
    ----------
    run : callable
        From the given values to all results.
    triggers : list
        For each fluent that is looped over: the predicate, from which of the given variables the key of an index is
        made, and the function from (that index, a new fact's arguments) to the results that the fact makes possible.
    """

    __slots__ = ("order", "run", "triggers")

    run: Callable[[Row], Iterator[Row]]

    def __init__(self, order: tuple[str, ...]) -> None:
        self.order = order
        self.triggers: list[tuple[str, tuple[int, ...], Callable[[Mapping[Any, list[Row]], Row], Iterator[Row]]]] = []


class Relations:
    """The facts that joins loop over.

    Parameters
    ----------
    model : Model
        For the facts at the start.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.fluents = model.fluents()
        self.scope: dict[str, Any] = {}
        self.indexes: dict[str, dict[tuple[int, ...], dict[Any, list[Any]]]] = {}
        self.functions = 0
        self._names: dict[Any, str] = {}
        self._fan: dict[Any, float] = {}
        self._pending: list[str] = []

    def constant(self, key: Any, make: Callable[[], Any]) -> str:
        """Return the name of an object in the scope of the generated functions."""
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = f"c{len(self._names)}"
            self.scope[name] = make()
        return name

    def fan(self, predicate: str, bound: tuple[int, ...]) -> float:
        """Return how many facts at the start there are for each value of the bound places."""
        known = self._fan.get((predicate, bound))
        if known is None:
            rows = self.model.init.get(predicate, ())
            keys = {tuple([row[i] for i in bound]) for row in rows}
            known = self._fan[predicate, bound] = len(rows) / max(1, len(keys))
        return known

    def table(self, literal: Literal, bound: tuple[int, ...], free: tuple[int, ...]) -> str:
        """Return the name of a table of facts that never change: from keys to values."""

        def make() -> dict[Any, Any]:
            found: dict[Any, dict[Any, None]] = {}
            for row in self.model.init.get(literal.predicate, ()):
                found.setdefault(key_of(row, bound), {})[key_of(row, free)] = None
            return {key: list(values) for key, values in found.items()}

        return self.constant((literal.predicate, bound, free), make)

    def index(self, predicate: str, bound: tuple[int, ...]) -> str:
        """Return the name of an index of a fluent, from keys to the other arguments."""
        found = self.indexes.setdefault(predicate, {}).setdefault(bound, {})
        return self.constant(("index", predicate, bound), lambda: found)

    def insert(self, predicate: str, row: Row) -> None:
        """Note a fact that has been found."""
        for bound, index in self.indexes.get(predicate, {}).items():
            rest = key_of(row, [i for i in range(len(row)) if i not in bound])
            index.setdefault(key_of(row, bound), []).append(rest)

    def members(self, objects: frozenset[str]) -> str:
        """Return the name of a set of objects."""
        return self.constant(("set", objects), lambda: objects)

    def listed(self, objects: frozenset[str]) -> str:
        """Return the name of a list of objects, in the order of declaration."""
        return self.constant(("list", objects), lambda: self.model.sorted(objects))

    def define(self, lines: list[str]) -> str:
        """Note a function to be compiled, without its name; return its name."""
        self.functions += 1
        name = f"f{self.functions}"
        self._pending.append("\n".join([lines[0].replace("def ", f"def {name}", 1), *lines[1:]]))
        return name

    def compile(self) -> None:
        """Compile the functions that have been noted."""
        exec("\n".join(self._pending), self.scope)  # noqa: S102  (names of the files stand in it as string literals)
        self._pending.clear()


def key_of(row: Row, places: Sequence[int]) -> Any:
    """Return the key of a row's values at some places, as generated functions write it."""
    return row[places[0]] if len(places) == 1 else tuple([row[i] for i in places])


class _Writer:
    """One function being written."""

    def __init__(self, relations: Relations, schema: Schema, literals: list[Literal], wanted: list[str]) -> None:
        self.relations, self.schema, self.literals, self.wanted = relations, schema, literals, wanted
        self.env: dict[str, str] = {}
        self.lines: list[str] = []
        self.depth = 1
        self.loops = 0
        self.fluents: list[Literal] = []

    def unpack(self, given: Sequence[str], guarded: Sequence[str]) -> None:
        """Take the given values apart."""
        for i, name in enumerate(given):
            self.env[name] = f"v{i}"
        if given:
            self.line(f"{', '.join(self.env[name] for name in given)}, = p")
        for name in guarded:
            self.require(f"{self.env[name]} in {self.relations.members(self.schema.domains[name])}")

    def unpack_fact(self, target: str) -> None:
        """Take a fact's arguments apart."""
        if target != "()":
            self.line(f"{target.strip('()')}, = fact")

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def loop(self, target: str, values: str) -> None:
        self.line(f"for {target} in {values}:")
        self.depth += 1
        self.loops += 1
        if self.loops > _DEEPEST:
            raise TooDeepError

    def require(self, condition: str) -> None:
        # Without nesting, which Python limits: a rule may have hundreds of conditions.
        self.line(f"if not ({condition}): {'continue' if self.loops else 'return'}")

    def local(self) -> str:
        return f"v{len(self.env)}"

    def term(self, term: str) -> str:
        return self.env[term] if is_variable(term) else repr(term)

    def known(self, term: str | None) -> bool:
        return term is not None and (not is_variable(term) or term in self.env)

    def write(self) -> None:
        """Write checks and loops until everything wanted has a value."""
        for name in self.wanted:
            objects = self.schema.domains[name]
            if name not in self.env and len(objects) == 1:
                self.env[name] = repr(next(iter(objects)))
        self.check()
        while any(name not in self.env for name in self.wanted):
            self.bind()
            self.check()

    def check(self) -> None:
        assigned = True
        while assigned:
            assigned = False
            for literal in list(self.literals):
                if literal.predicate == EQUAL:
                    assigned = self.equal(literal) or assigned
                elif literal.predicate not in self.relations.fluents:
                    self.static(literal)

    def equal(self, literal: Literal) -> bool:
        one, other = (str(term) for term in literal.terms)
        if self.known(one) and self.known(other):
            self.literals.remove(literal)
            self.require(f"{self.term(one)} {'==' if literal.positive else '!='} {self.term(other)}")
            return False
        if not literal.positive or not (self.known(one) or self.known(other)):
            return False
        self.literals.remove(literal)
        one, other = (one, other) if self.known(one) else (other, one)
        self.env[other] = self.term(one)
        self.require(f"{self.env[other]} in {self.relations.members(self.schema.domains[other])}")
        return True

    def static(self, literal: Literal) -> None:
        """Check a fact that never changes once all that it speaks of is known."""
        if not all(term is None or self.known(term) for term in literal.terms):
            return
        self.literals.remove(literal)
        bound = tuple(i for i, term in enumerate(literal.terms) if term is not None)
        table = self.relations.table(literal, bound, ())
        key = key_code(self.term(str(literal.terms[i])) for i in bound)
        self.require(f"{key} {'in' if literal.positive else 'not in'} {table}")

    def bind(self) -> None:
        """Open the loop that is expected to give the fewest values."""
        name = min(
            (name for name in self.wanted if name not in self.env), key=lambda name: len(self.schema.domains[name])
        )
        best: Literal | None = None
        fewest = float(len(self.schema.domains[name]))
        for literal in self.literals:
            if literal.positive and literal.predicate != EQUAL:
                bound = tuple(i for i, term in enumerate(literal.terms) if self.known(term))
                values = self.relations.fan(literal.predicate, bound)
                new = {term for term in literal.terms if term is not None and not self.known(term)}
                if literal.predicate in self.relations.fluents:
                    values = max(values, 1.0) * (2 if None in literal.terms else 1)
                # What binds several variables at once is compared with looping over each of them.
                if new & set(self.wanted) and values < fewest * (1 if len(new) < 2 else 4):
                    best, fewest = literal, values
        if best is None:
            local = self.env[name] = self.local()
            self.loop(local, self.relations.listed(self.schema.domains[name]))
        else:
            self.over(best)

    def over(self, literal: Literal) -> None:
        """Loop over the facts that a literal can stand for."""
        self.literals.remove(literal)
        relations = self.relations
        bound = tuple(i for i, term in enumerate(literal.terms) if self.known(term))
        key = key_code(self.term(str(literal.terms[i])) for i in bound)
        if literal.predicate in relations.fluents:
            self.fluents.append(literal)
            places = tuple(i for i in range(len(literal.terms)) if i not in bound)
            values = f"{relations.index(literal.predicate, bound)}.get({key}, ())"
        else:
            places = tuple(i for i, term in enumerate(literal.terms) if i not in bound and term is not None)
            values = f"{relations.table(literal, bound, places)}.get({key}, ())"
        self.assign(literal, places, lambda target: self.loop(target, values))

    def assign(self, literal: Literal, places: Sequence[int], opened: Callable[[str], None]) -> None:
        """Give the variables at some places of a literal the values that come with a loop or an argument."""
        targets, checks = [], []
        for i in places:
            term = literal.terms[i]
            local = f"w{self.loops}_{i}"
            targets.append(local)
            if term is None:
                continue
            if self.known(term):
                checks.append(f"{local} == {self.term(term)}")
                continue
            self.env[term] = local
            objects = self.schema.domains[term]
            if len(objects) < len(self.relations.model.order):
                checks.append(f"{local} in {self.relations.members(objects)}")
        opened(key_code(targets))
        if checks:
            self.require(" and ".join(checks))

    def finish(self, order: Sequence[str]) -> str:
        self.line(f"yield ({', '.join(self.env[name] for name in order)}{',' if len(order) == 1 else ''})")
        return self.relations.define(self.lines)


def join(
    relations: Relations,
    schema: Schema,
    given: Sequence[str],
    literals: Sequence[Literal],
    wanted: Sequence[str],
    guarded: Sequence[str] = (),
) -> tuple[Join, Callable[[], None]]:
    """Return a join, and what completes it after `Relations.compile`.

    Parameters
    ----------
    relations : Relations
        Where the facts are.
    schema : Schema
        Whose variables.
    given : sequence of str
        Those with values.
    literals : sequence of Literal
        What may be used.
    wanted : sequence of str
        Those that need values.
    guarded : sequence of str
        The given ones whose values must be looked at.
    """
    order = (*given, *[name for name in wanted if name not in given])
    forward = _Writer(relations, schema, list(dict.fromkeys(literals)), list(wanted))
    forward.lines.append("def (p):")
    forward.unpack(given, guarded)
    forward.write()
    name = forward.finish(order)
    triggers = []
    for literal in forward.fluents:
        shared = list(dict.fromkeys([str(term) for term in literal.terms if term in given]))
        rest = [other for other in dict.fromkeys(literals) if other != literal]
        back = _Writer(relations, schema, rest, list(wanted))
        back.lines.append("def (partial, fact):")
        back.assign(literal, range(len(literal.terms)), back.unpack_fact)
        back.loop("p", f"partial.get({key_code(back.env[variable] for variable in shared)}, ())")
        back.unpack(given, guarded)
        back.write()
        places = tuple(given.index(variable) for variable in shared)
        triggers.append((literal.predicate, places, back.finish(order)))
    made = Join(order)

    def complete() -> None:
        made.run = relations.scope[name]
        made.triggers = [(predicate, places, relations.scope[back]) for predicate, places, back in triggers]

    return made, complete
