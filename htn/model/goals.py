"""Goals: facts to bring about, one (a task named like the fluent) or several at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from htn.model.state import ABSENT, State

__all__ = ["MULTIGOAL", "MultiGoal", "holds", "split_multigoal", "unmet"]

MULTIGOAL = "multigoal"
"""The task name under which multigoals are decomposed."""


class MultiGoal(tuple[Any, ...]):
    """Several facts to bring about, in no stated order.

    Parameters
    ----------
    *fluents : Mapping
        Not used positionally; give fluents by keyword: arguments to wanted values.

    Examples
    --------
    >>> goal = MultiGoal(on={"a": "b", "b": "table"})
    >>> goal.facts
    (('on', 'a', 'b'), ('on', 'b', 'table'))
    """

    __slots__ = ()

    def __new__(cls, **fluents: Mapping[Any, Any]) -> MultiGoal:
        """Return the multigoal of the given fluents."""
        facts = tuple((name, key, value) for name, items in fluents.items() for key, value in items.items())
        return cls.from_facts(facts)

    @classmethod
    def from_facts(cls, facts: tuple[tuple[str, Any, Any], ...]) -> MultiGoal:
        """Return the multigoal of the given (fluent, arguments, value) facts."""
        return tuple.__new__(cls, (MULTIGOAL, facts if isinstance(facts, tuple) else tuple(facts)))

    @property
    def facts(self) -> tuple[tuple[str, Any, Any], ...]:
        """The wanted facts as (fluent, arguments, value)."""
        wanted: tuple[tuple[str, Any, Any], ...] = self[1]
        return wanted

    def __repr__(self) -> str:
        return f"MultiGoal({', '.join(f'{name}[{key!r}] = {value!r}' for name, key, value in self.facts)})"


def holds(state: State, fact: tuple[str, Any, Any]) -> bool:
    """Return whether a fact is true in a state.

    Examples
    --------
    >>> holds(State(at={"me": "park"}), ("at", "me", "park"))
    True
    """
    name, key, value = fact
    fluent = getattr(state, name, None)
    return isinstance(fluent, dict) and bool(fluent.get(key, ABSENT) == value)


def unmet(state: State, goal: tuple[Any, ...]) -> list[tuple[str, Any, Any]]:
    """Return the facts of a goal or multigoal that are not true yet, in the order given."""
    facts = goal[1] if goal[0] == MULTIGOAL else (goal,)
    return [fact for fact in facts if not holds(state, fact)]


def split_multigoal(state: State, goal: MultiGoal) -> list[tuple[Any, ...]]:
    """Achieve one goal after another, then look again, until all of them hold together.

    A ready-made multigoal method: register it with ``domain.multigoal_method(split_multigoal)``.
    """
    open_facts: list[tuple[Any, ...]] = list(unmet(state, goal))
    return [*open_facts, goal] if open_facts else []
