"""Precondition lifting: what every decomposition of a task needs is asked for where the task is called.

A literal that a subtask needs is needed by the method too, unless something before it may bring it about. What all
methods of a task need, the task needs. Recursion makes this a fixpoint: the greatest, because a task that needs
itself first has no plan without the other methods. A task that needs everything has no finite decomposition at all.

Where branches interleave, everything counts as coming before, except before the first task of a method.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from htn.hddl.compile.changes import Change, PossibleChanges, fixpoint
from htn.hddl.compile.schemas import EQUAL, Literal, MethodSchema, Model, Term, substitute

__all__ = ["Lifting", "lift_preconditions"]


def lift_preconditions(model: Model, lifting: Lifting, watched: Mapping[str, Set[Literal]] | None = None) -> None:
    """Add to every method's literals what its subtasks need; drop methods without a finite decomposition.

    Parameters
    ----------
    model : Model
        What is changed.
    lifting : Lifting
        What was found of it.
    watched : mapping, optional
        For some tasks what need not be asked for, because the search sees to it anyway.
    """
    watched = watched or {}
    for task, methods in model.methods.items():
        kept = []
        for method in methods:
            lifted = lifting.method_needs(method)
            if lifted is not None:
                method.add(literal for literal in lifted if literal not in watched.get(task, ()))
                kept.append(method)
        model.methods[task] = kept


class Lifting:
    """What every task of a model may change, and what it needs.

    Parameters
    ----------
    model : Model
        What is looked at, once.

    Attributes
    ----------
    changes : PossibleChanges
        What every task may add and delete.
    needs : dict
        For every task the literals that every decomposition needs, in terms of its formal parameters (of an action) or
        of ``?0``, ``?1`` and so on; None where there is no finite decomposition.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.fluents = model.fluents()
        self.interleaved = not model.totally_ordered
        self.changes = PossibleChanges(model)
        self.needs: dict[str, list[Literal] | None] = dict.fromkeys(model.methods)
        for action in model.actions.values():
            self.needs[action.name] = _usable(action.literals)
        self._find_needs()

    def _find_needs(self) -> None:
        def grow(task: str) -> bool:
            found, before = self._task_needs(task), self.needs[task]
            if found is None or (before is not None and set(found) == set(before)):
                return False
            self.needs[task] = found
            return True

        called = [task for task in self.model.methods if task in self.changes.callers]
        fixpoint(self.changes.order, called, self.changes.callers, grow)

    def _task_needs(self, task: str) -> list[Literal] | None:
        common: list[Literal] | None = None
        for method in self.model.methods[task]:
            lifted = self.method_needs(method)
            if lifted is None:
                continue
            renamed: dict[str, Term] = {name: f"?{i}" for i, name in enumerate(method.formals)}
            here = _usable(substitute(literal, renamed) for literal in [*method.literals, *lifted])
            common = here if common is None else _common(common, here)
        return common

    def method_needs(self, method: MethodSchema) -> list[Literal] | None:
        """Return what the subtasks need of the state before them; None where one has no finite decomposition."""
        found: list[Literal] = []
        if any(self.needs[name] is None for name, _ in method.subtasks):
            return None
        first = self._first(method)
        earlier = _Changes(method)
        if self.interleaved:
            earlier.add(self.changes.anything())
        for position, (name, terms) in enumerate(method.subtasks):
            passed = self.passed(name, terms)
            for literal in self.needs[name] or ():
                here = substitute(literal, passed)
                if position == first or here.predicate not in self.fluents or not earlier.bring_about(here):
                    found.append(here)
            if not self.interleaved:
                earlier.add(self.changes.made(method, name, terms))
        return [literal for literal in dict.fromkeys(found) if literal not in method.literals]

    def _first(self, method: MethodSchema) -> int:
        """Return the subtask that surely comes first, or -1."""
        if method.before is None:
            return 0
        later = {second for _, second in method.before}
        sources = [i for i in range(len(method.subtasks)) if i not in later]
        return sources[0] if len(sources) == 1 else -1

    def passed(self, name: str, terms: Iterable[str]) -> dict[str, Term]:
        """Return what a task's needs have their parameters replaced with where it is called."""
        action = self.model.actions.get(name)
        formals = action.formals if action else [f"?{i}" for i in range(len(self.model.task_domains[name]))]
        return dict(zip(formals, terms, strict=True))


_MANY = 12
"""So many changes of one predicate are told apart in a method; those that follow are taken together."""


class _Changes:
    """What the first subtasks of a method may change."""

    def __init__(self, method: MethodSchema) -> None:
        self.method = method
        self.different = {frozenset(literal.terms) for literal in method.literals if _is_inequality(literal)}
        self.known: dict[tuple[str, bool], dict[tuple[str | frozenset[str], ...], None]] = {}
        self.others: dict[tuple[str, bool], list[set[str]]] = {}

    def add(self, changes: Iterable[Change]) -> None:
        """Note further changes."""
        for predicate, positive, terms in changes:
            listed = self.known.setdefault((predicate, positive), {})
            if len(listed) < _MANY:
                listed[terms] = None
                continue
            objects = [self.objects(term) for term in terms]
            wide = self.others.setdefault((predicate, positive), [set() for _ in objects])
            for known, more in zip(wide, objects, strict=True):
                known |= more

    def objects(self, term: str | Set[str]) -> Set[str]:
        return (self.method.objects(term) or frozenset()) if isinstance(term, str) else term

    def bring_about(self, literal: Literal) -> bool:
        """Whether one of the changes can make a literal of the method true."""
        kind = (literal.predicate, literal.positive)
        if kind in self.others and self._can_be(self.others[kind], literal):
            return True
        return any(self._can_be(terms, literal) for terms in self.known.get(kind, ()))

    def _can_be(self, terms: Sequence[str | Set[str]], literal: Literal) -> bool:
        for made, wanted in zip(terms, literal.terms, strict=True):
            if wanted is None or made == wanted:
                continue
            objects = self.method.objects(wanted)
            if objects is not None and objects.isdisjoint(self.objects(made)):
                return False
            if isinstance(made, str) and frozenset((made, wanted)) in self.different:
                return False
        return True


def _is_inequality(literal: Literal) -> bool:
    return literal.predicate == EQUAL and not literal.positive


def _usable(literals: Iterable[Literal]) -> list[Literal]:
    """Return the literals that say something: a negative one about some object or other says next to nothing."""
    found = dict.fromkeys(
        literal
        for literal in literals
        if (None not in literal.terms or literal.positive) and (literal.predicate != EQUAL or None not in literal.terms)
    )
    return [literal for literal in found if not literal.terms or any(term is not None for term in literal.terms)]


def _common(ones: list[Literal], others: list[Literal]) -> list[Literal]:
    """Return what both say: the literals of either that the other implies."""
    kept = [literal for literal in ones if any(_implies(other, literal) for other in others)]
    kept += [literal for literal in others if any(_implies(one, literal) for one in ones)]
    return list(dict.fromkeys(kept))


def _implies(one: Literal, other: Literal) -> bool:
    if one.predicate != other.predicate or one.positive != other.positive:
        return False
    return all(b is None or a == b for a, b in zip(one.terms, other.terms, strict=True))
