"""Feasible arguments of recursive tasks: the tuples for which, as far as facts that never change go, they can end.

Domains of single variables do not see that two places are on different roads. Where a task comes back to itself, what
is asked of its arguments together is a relation: the least one that holds for a tuple when some method has values for
its variables such that its literals on static facts hold, and the relation holds for the subtasks of the same circle.
Every task in a finite decomposition has such a tuple, so to ask for it loses no plan. (It is the least fixpoint of a
Datalog program: Abiteboul, Hull and Vianu, "Foundations of Databases", 1995.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

from htn.hddl.compile.schemas import EQUAL, Literal, MethodSchema, Model, Term
from htn.hddl.model import is_variable
from htn.model.components import components

__all__ = ["ask_for_feasible", "circles"]

_MOST = 20_000
"""Relations that could have more tuples than this are not looked at."""
_MOST_ROWS = 30_000
"""Nor are those that take more combinations to find."""

Rows = set[tuple[str, ...]]


class _TooManyError(Exception):
    """A relation is too large to pay."""


def ask_for_feasible(model: Model) -> bool:
    """Add to whatever calls a recursive task that its arguments are feasible; return whether that says anything new.

    The relations become static facts of the model, under names that begin with ``#``.
    """
    found = False
    for tasks in circles(model):
        circle = _Circle(model, tasks)
        if not circle.worthwhile:
            continue
        try:
            relations = circle.relations()
        except _TooManyError:
            continue
        for task, rows in relations.items():
            if len(rows) < circle.size(task):
                _ask(model, task, circle.places[task], rows)
                found = True
    return found


def _ask(model: Model, task: str, places: Sequence[int], rows: Rows) -> None:
    predicate = f"#feasible {task}/{len(places)}"
    order = model.order
    model.init[predicate] = dict.fromkeys(sorted(rows, key=lambda row: [order[name] for name in row]))
    for method in model.all_methods:
        for name, terms in method.subtasks:
            if name == task:
                method.add([Literal(predicate, tuple([terms[i] for i in places]))])


def circles(model: Model) -> list[list[str]]:
    """Return the sets of compound tasks that lead to one another, those with one that leads to itself among them."""
    below = {
        task: dict.fromkeys(name for method in methods for name, _ in method.subtasks if name in model.methods)
        for task, methods in model.methods.items()
    }
    return [
        circle for circle in components(below, below.__getitem__) if len(circle) > 1 or circle[0] in below[circle[0]]
    ]


def _domains(model: Model, task: str) -> list[frozenset[str]]:
    """Return what each argument of a task may be, whatever the method."""
    columns = [[method.domains[name] for name in method.formals] for method in model.methods[task]]
    return [frozenset().union(*column) for column in zip(*columns, strict=True)]


class _Circle:
    """Tasks that lead to one another, and what is known of their arguments so far.

    Attributes
    ----------
    places : dict
        For every task the arguments that the relation is on: those that may change from call to call, or are tied to
        others by static facts.
    """

    def __init__(self, model: Model, tasks: Sequence[str]) -> None:
        self.model = model
        self.fluents = model.fluents()
        self.places = {task: [*range(len(_domains(model, task)))] for task in tasks}
        if len(tasks) == 1:
            self.places[tasks[0]] = [i for i in self.places[tasks[0]] if not self._passed_on(tasks[0], i)]
        self.known: dict[str, Rows] = {task: set() for task in tasks}
        self.rows = 0

    def _passed_on(self, task: str, place: int) -> bool:
        """Whether a task always has the argument that it was called with, and no static fact ties it to another."""
        for method in self.model.methods[task]:
            formal = method.formals[place]
            others = {*method.formals} - {formal}
            for name, terms in method.subtasks:
                if name == task:
                    if terms[place] != formal:
                        return False
                    others |= {*terms} - {formal}
            if self._tied(method, formal) & others:
                return False
        return True

    def _tied(self, method: MethodSchema, variable: str) -> set[str]:
        """Return the variables that static literals tie to one, directly or through others."""
        static = [{*literal.variables()} for literal in method.literals if literal.predicate not in self.fluents]
        found = {variable}
        size = 0
        while size < len(found):
            size = len(found)
            found.update(*(names for names in static if names & found))
        return found - {variable}

    def size(self, task: str) -> int:
        """Return how many tuples a relation could have."""
        domains = _domains(self.model, task)
        return prod(len(domains[i]) for i in self.places[task])

    @property
    def worthwhile(self) -> bool:
        """Whether the relations could say more than the domains do, and are not too large."""
        return all(len(places) > 1 and self.size(task) <= _MOST for task, places in self.places.items())

    def relations(self) -> dict[str, Rows]:
        """Return the feasible tuples of every task."""
        recursive: list[MethodSchema] = []
        simple: list[MethodSchema] = []
        for task in self.known:
            for method in self.model.methods[task]:
                (recursive if any(name in self.known for name, _ in method.subtasks) else simple).append(method)
        grown = self._grow(simple)
        while grown and any(len(rows) < self.size(task) for task, rows in self.known.items()):
            grown = self._grow(recursive)
        return self.known

    def _grow(self, methods: Iterable[MethodSchema]) -> bool:
        """Add what methods make possible; return whether there was anything new."""
        grown = False
        for method in methods:
            rows = self.known[method.task]
            before = len(rows)
            rows |= self._rows(method)
            grown = grown or len(rows) > before
        return grown

    def _rows(self, method: MethodSchema) -> Rows:
        """Return the tuples for which a method is possible with what is known."""
        parts = [*self._parts(method)]
        names: tuple[str, ...] = ()
        rows: Rows = {()}
        wanted = [method.formals[i] for i in self.places[method.task]]
        checks = [literal for literal in method.literals if self._is_check(literal)]
        tied = {*wanted}.union(*(part[0] for part in parts), *(check.variables() for check in checks))
        parts += [((name,), {(value,) for value in method.domains[name]}) for name in method.domains if name in tied]
        while parts:
            # Those that share most with what is joined already come first, then the small ones.
            place = max(range(len(parts)), key=lambda i: (_shared(names, parts[i][0]), -len(parts[i][1])))
            more, other = parts.pop(place)
            names, rows = _join(names, rows, more, other)
            self.rows += len(rows)
            if self.rows > _MOST_ROWS:
                raise _TooManyError
            for literal in checks:
                if set(literal.variables()) <= set(names):
                    rows = self._checked(literal, names, rows)
            checks = [literal for literal in checks if not set(literal.variables()) <= set(names)]
            kept = {*wanted}.union(*(part[0] for part in parts), *(check.variables() for check in checks))
            names, rows = _projected(names, rows, kept)
            if not rows:
                return set()
        return _projected(names, rows, None, wanted)[1]

    def _parts(self, method: MethodSchema) -> Iterable[tuple[tuple[str, ...], Rows]]:
        """Yield the relations that a method's variables must be in: static facts, and what is known of subtasks."""
        for literal in method.literals:
            if literal.positive and literal.predicate not in self.fluents and literal.predicate != EQUAL:
                yield _selected(literal.terms, self.model.init.get(literal.predicate, ()))
        for name, terms in method.subtasks:
            if name in self.known:
                yield _selected([terms[i] for i in self.places[name]], self.known[name])

    def _is_check(self, literal: Literal) -> bool:
        """Whether a literal is tested on values instead of giving them."""
        if None in literal.terms or literal.predicate in self.fluents:
            return False
        return not literal.positive or literal.predicate == EQUAL

    def _checked(self, literal: Literal, names: tuple[str, ...], rows: Rows) -> Rows:
        places = [names.index(term) if is_variable(str(term)) else None for term in literal.terms]
        facts = self.model.init.get(literal.predicate, ())

        def holds(row: tuple[str, ...]) -> bool:
            values = tuple(
                str(term) if place is None else row[place] for term, place in zip(literal.terms, places, strict=True)
            )
            true = values[0] == values[1] if literal.predicate == EQUAL else values in facts
            return true == literal.positive

        return {row for row in rows if holds(row)}


def _selected(terms: Sequence[Term], facts: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], Rows]:
    """Return the variables among terms, each once, and their values in the facts that fit."""
    first = {term: i for i, term in reversed([*enumerate(terms)]) if term is not None and is_variable(term)}
    names = tuple(dict.fromkeys(term for term in terms if term is not None and is_variable(term)))
    same = [(i, first[term]) for i, term in enumerate(terms) if term in first and first[term] != i]
    fixed = [(i, term) for i, term in enumerate(terms) if term is not None and not is_variable(term)]
    places = [first[name] for name in names]
    return names, {
        tuple([fact[i] for i in places])
        for fact in facts
        if all(fact[i] == term for i, term in fixed) and all(fact[i] == fact[j] for i, j in same)
    }


def _shared(names: tuple[str, ...], more: tuple[str, ...]) -> float:
    return len({*names} & {*more}) / len(more) if more else 1.0


def _join(names: tuple[str, ...], rows: Rows, more: tuple[str, ...], other: Rows) -> tuple[tuple[str, ...], Rows]:
    """Return the natural join of two relations."""
    common = [name for name in more if name in names]
    fresh = [name for name in more if name not in names]
    left = [names.index(name) for name in common]
    right, rest = [more.index(name) for name in common], [more.index(name) for name in fresh]
    table: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for row in other:
        table.setdefault(tuple([row[i] for i in right]), []).append(tuple([row[i] for i in rest]))
    joined: Rows = set()
    for row in rows:
        for tail in table.get(tuple([row[i] for i in left]), ()):
            joined.add(row + tail)
        if len(joined) > _MOST_ROWS:
            raise _TooManyError
    return (*names, *fresh), joined


def _projected(
    names: tuple[str, ...], rows: Rows, kept: set[str] | None, order: Sequence[str] = ()
) -> tuple[tuple[str, ...], Rows]:
    wanted = tuple(order) if kept is None else tuple(name for name in names if name in kept)
    if wanted == names:
        return names, rows
    places = [names.index(name) for name in wanted]
    return wanted, {tuple([row[i] for i in places]) for row in rows}
