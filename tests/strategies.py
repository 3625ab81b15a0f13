"""Random domains for property tests: small, with total, partial and nested orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from htn.model import Domain, State, TaskNetwork

FACTS = ("p", "q", "r")
VALUES = (0, 1)


@dataclass(frozen=True)
class Rule:
    """What an operator or a method is made of: facts it needs; facts it sets; or the networks it gives."""

    needs: tuple[tuple[str, int], ...]
    sets: tuple[tuple[str, int], ...] = ()
    networks: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Spec:
    """A domain as data, so that a brute-force planner can be written without calling the domain's functions.

    Networks are nested tuples: ``("seq", items)`` or ``("any", items)``, where an item is a task name or a network.
    """

    operators: dict[str, Rule]
    methods: dict[str, tuple[Rule, ...]]
    tasks: Any
    initial: dict[str, int]

    def domain(self) -> Domain:
        """Return the domain that the specification describes."""
        domain = Domain("random")
        for name, rule in self.operators.items():
            domain.operator(name=name)(_operator(rule))
        for task, rules in self.methods.items():
            for number, rule in enumerate(rules):
                domain.method(task, name=f"m{number}")(_method(rule))
        return domain

    def state(self) -> State:
        """Return the initial state."""
        return State("random", fact=dict(self.initial))

    def task_list(self) -> Any:
        """Return the task list as the decomposer takes it."""
        return network(self.tasks)


def network(data: Any) -> Any:
    """Return a list or a TaskNetwork for the nested tuples of a specification."""
    kind, items = data
    made = [(item,) if isinstance(item, str) else network(item) for item in items]
    made = [TaskNetwork.ordered(item) if isinstance(item, list) else item for item in made]
    return made if kind == "seq" else TaskNetwork.unordered(made)


def _operator(rule: Rule) -> Callable[[State], Any]:
    def operator(state: State) -> Any:
        for fact, value in rule.needs:
            if state.fact[fact] != value:
                return False
        for fact, value in rule.sets:
            state.fact[fact] = value
        return state

    return operator


def _method(rule: Rule) -> Callable[[State], Any]:
    if len(rule.networks) == 1:

        def method(state: State) -> Any:
            if any(state.fact[fact] != value for fact, value in rule.needs):
                return None
            return network(rule.networks[0])

        return method

    def alternatives(state: State) -> Any:
        if all(state.fact[fact] == value for fact, value in rule.needs):
            for choice in rule.networks:
                yield network(choice)

    return alternatives


_conditions = st.lists(
    st.tuples(st.sampled_from(FACTS), st.sampled_from(VALUES)), max_size=2, unique_by=lambda x: x[0]
).map(tuple)


def _networks(names: list[str], *, partial: bool, empty: bool = True) -> st.SearchStrategy[Any]:
    kinds = st.sampled_from(("seq", "any")) if partial else st.just("seq")
    items: st.SearchStrategy[Any] = st.sampled_from(names)
    if partial:
        items = st.one_of(items, items, st.tuples(kinds, st.lists(st.sampled_from(names), max_size=2).map(tuple)))
    return st.tuples(kinds, st.lists(items, min_size=0 if empty else 1, max_size=3).map(tuple))


@st.composite
def specs(draw: st.DrawFn, *, partial: bool = False, recursive: bool = False) -> Spec:
    """Draw a domain with a task list; without recursion every task has finitely many plans."""
    operators = {f"o{number}": Rule(draw(_conditions), draw(_conditions)) for number in range(draw(st.integers(1, 3)))}
    count = draw(st.integers(1, 3))
    compound = [f"t{number}" for number in range(count)]
    methods = {}
    for number, task in enumerate(compound):
        usable = [*operators, *(compound if recursive else compound[number + 1 :])]
        rules = []
        for _ in range(draw(st.integers(1, 2))):
            choices = draw(st.lists(_networks(usable, partial=partial), min_size=1, max_size=2))
            rules.append(Rule(draw(_conditions), (), tuple(choices)))
        methods[task] = tuple(rules)
    tasks = draw(_networks([*compound, *operators], partial=partial, empty=False))
    initial = {fact: draw(st.sampled_from(VALUES)) for fact in FACTS}
    return Spec(operators, methods, tasks, initial)
