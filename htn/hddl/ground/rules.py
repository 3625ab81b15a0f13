"""Rules: a method in stages, one for each subtask, so that variables get their values as late as possible.

A stage begins when the subtasks of those before it can be done, with what can be true by then: so the facts that the
stage's subtask needs may choose the values, even those that only the earlier subtasks bring about. Where subtasks are
not a sequence there is only one stage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from htn.hddl.compile.schemas import EQUAL, Literal, MethodSchema, Model, substitute
from htn.hddl.ground.joins import Join, Relations, Row, join
from htn.hddl.model import Formula, is_variable
from htn.hddl.uses import uses

__all__ = ["Getter", "MethodRule", "Stage", "fact_getters", "getter", "needs_of", "variables_of"]

Getter = Callable[[Row], Row]
"""From the values of the variables to a task or a fact: its name and arguments."""


def getter(name: str, terms: Sequence[str], order: Sequence[str]) -> Getter:
    """Return what makes a task or a fact of the values of variables in some order.

    Examples
    --------
    >>> getter("at", ("?v", "home"), ("?x", "?v"))(("a", "truck"))
    ('at', 'truck', 'home')
    """
    variables = [term for term in terms if is_variable(term)]
    if not variables:
        made = (name, *terms)
        return lambda values: made
    fixed = (name, *[term for term in terms if not is_variable(term)])
    places = [0]
    constants = 1
    for term in terms:
        if is_variable(term):
            places.append(len(fixed) + order.index(term))
        else:
            places.append(constants)
            constants += 1
    pick = itemgetter(*places)
    return lambda values: pick(fixed + values)


def fact_getters(literals: Iterable[Literal], order: Sequence[str], fluents: set[str]) -> list[tuple[Getter, int]]:
    """Return what makes the facts of literals that may change, each with 0, or 1 for a negative one."""
    return [
        (getter(literal.predicate, [str(term) for term in literal.terms], order), int(not literal.positive))
        for literal in dict.fromkeys(literals)
        if literal.predicate in fluents and None not in literal.terms
    ]


def variables_of(formulas: Iterable[Formula]) -> set[str]:
    """Return the variables of formulas that are not quantified in them."""
    return {
        use.term for formula in formulas for use in uses(formula) if is_variable(use.term) and use.quantified is None
    }


def needs_of(model: Model) -> dict[str, list[Literal]]:
    """Return what each task surely needs before its first action, after preconditions were lifted."""
    found: dict[str, list[Literal]] = {}
    for task in (*model.actions, *model.methods):
        common: list[Literal] | None = None
        for schema, formals in model.formals(task):
            values = {name: f"?{i}" for i, name in enumerate(formals)}
            here = [substitute(literal, values) for literal in schema.literals]
            common = here if common is None else [literal for literal in common if literal in here]
        found[task] = list(dict.fromkeys(common or ()))
    return found


class Stage:
    """One part of a rule.

    Attributes
    ----------
    rule : MethodRule
        Of which.
    index : int
        Which.
    order : tuple of str
        The variables of its results.
    join : Join or None
        Gives the new variables their values; None where there are none, and nothing to be checked.
    waits : list
        Facts that can be true, or false, when the stage begins.
    subtasks : list
        What is to be done then.
    partial : dict
        For each way to look them up, what has reached this stage.
    seen : set or None
        The results, where one may come up twice.
    """

    __slots__ = ("index", "join", "order", "partial", "rule", "seen", "subtasks", "waits")

    def __init__(self, rule: MethodRule, index: int) -> None:
        self.rule, self.index = rule, index
        self.order: tuple[str, ...] = ()
        self.join: Join | None = None
        self.waits: list[tuple[Getter, int]] = []
        self.subtasks: list[Getter] = []
        self.partial: dict[tuple[int, ...], dict[Any, list[Row]]] = {}
        self.seen: set[Row] | None = None


class MethodRule:
    """A method, ready to be instantiated.

    Parameters
    ----------
    method : MethodSchema
        Which.
    rank : int
        Its place among the methods.
    needs : mapping
        What each task needs, in terms of ``?0``, ``?1`` and so on for its arguments.
    relations : Relations
        For the joins.
    guarded : sequence of str
        The formal parameters whose values must be looked at.
    """

    def __init__(
        self,
        method: MethodSchema,
        rank: int,
        needs: Mapping[str, list[Literal]],
        relations: Relations,
        guarded: Sequence[str],
    ) -> None:
        self.method, self.rank = method, rank
        self.completions: list[Callable[[], None]] = []
        fluents = relations.fluents
        self.stages: list[Stage] = []
        order: tuple[str, ...] = method.formals
        first = {term for _, term in self._asked(method, fluents)} | variables_of(method.conditions)
        open_literals = [x for x in dict.fromkeys(method.literals) if not (x.predicate in fluents and not x.positive)]
        groups = [[*range(len(method.subtasks))]]
        if method.before is None and method.subtasks:
            groups = [[i] for i in range(len(method.subtasks))]
        for index, group in enumerate(groups):
            stage = Stage(self, index)
            wanted = set(first) if index == 0 else set()
            wanted |= {term for i in group for term in method.subtasks[i][1] if is_variable(term)}
            if index == len(groups) - 1:
                wanted |= {name for literal in open_literals for name in literal.variables()}
            wanted -= set(order)
            literals = list(open_literals)
            if method.before is None:
                literals += [literal for i in group for literal in self._needs(method, i, needs)]
            narrow = guarded if index == 0 else []
            checkable = index == 0 and any(
                set(x.variables()) <= set(order) and x.predicate not in fluents for x in literals
            )
            if wanted or checkable or narrow:
                listed = [name for name in method.domains if name in wanted]
                made, complete = join(relations, method, order, literals, listed, narrow)
                stage.join = made
                order = made.order
                self.completions.append(complete)
            stage.order = order
            if index == 0:
                stage.waits = fact_getters(method.literals, order, fluents)
            stage.subtasks = [getter(method.subtasks[i][0], method.subtasks[i][1], order) for i in group]
            open_literals = [x for x in open_literals if not set(x.variables()) <= set(order) or x.predicate in fluents]
            self.stages.append(stage)
        self.order = order
        self.conditions = method.conditions
        self.subtasks = [getter(name, terms, order) for name, terms in method.subtasks]
        self.head = getter(method.task, method.formals, order)
        self.literals = fact_getters(method.literals, order, fluents)

    def complete(self) -> None:
        """Take the compiled joins."""
        for complete in self.completions:
            complete()
        for stage in self.stages:
            if stage.join is not None and stage.join.triggers:
                stage.seen = set()
                for _, places, _ in stage.join.triggers:
                    stage.partial[places] = {}

    @staticmethod
    def _asked(method: MethodSchema, fluents: set[str]) -> Iterable[tuple[Literal, str]]:
        """Yield what must be known at the beginning: what may change later."""
        for literal in method.literals:
            if (literal.predicate in fluents and None not in literal.terms) or literal.predicate == EQUAL:
                for name in literal.variables():
                    yield literal, name

    @staticmethod
    def _needs(method: MethodSchema, index: int, needs: Mapping[str, list[Literal]]) -> Iterable[Literal]:
        name, terms = method.subtasks[index]
        passed = {f"?{i}": term for i, term in enumerate(terms)}
        for literal in needs.get(name, ()):
            here = substitute(literal, passed)
            if here.positive and here.predicate != EQUAL and any(term is not None for term in here.terms):
                yield here
