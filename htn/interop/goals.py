"""Multigoals of GTPyhop-style domains, and how they travel through the decomposer."""

from __future__ import annotations

from itertools import count
from typing import Any

from htn.interop.state import State
from htn.interop.values import detach
from htn.model.errors import DomainError
from htn.model.goals import MultiGoal

__all__ = ["Multigoal", "goals_not_achieved", "m_split_multigoal", "to_native", "to_theirs"]

_copies = count()


class Multigoal:
    """Several facts to bring about together, as attributes: dictionaries from arguments to wanted values.

    Parameters
    ----------
    multigoal_name : str
        A name for messages.
    **fluents : dict
        Wanted values of state variables.

    Examples
    --------
    >>> Multigoal("goal", loc={"me": "park"})
    Multigoal('goal', loc={'me': 'park'})
    """

    def __init__(self, multigoal_name: str, **fluents: Any) -> None:
        self.__name__ = multigoal_name
        vars(self).update(fluents)

    def copy(self, new_name: str | None = None) -> Multigoal:
        """Return an independent copy, named as given or with ``_copy`` and a number."""
        name = new_name or f"{self.__name__.partition('_copy_')[0]}_copy_{next(_copies)}"
        return Multigoal(name, **{variable: detach(vars(self)[variable]) for variable in self.state_vars()})

    def display(self, heading: str | None = None) -> None:
        """Print the wanted values."""
        title = f"{heading or 'Multigoal'} {self.__name__}:"
        lines = [title, "-" * len(title), *(f"  - {name} = {vars(self)[name]}" for name in self.state_vars())]
        print("\n".join(lines) + "\n")

    def state_vars(self) -> list[str]:
        """Return the names of the state variables that it is about."""
        return [name for name in vars(self) if name != "__name__"]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Multigoal):
            return NotImplemented
        return all(
            (vars(self) | {"__name__": ""}).get(name) == value
            for name, value in (vars(other) | {"__name__": ""}).items()
        ) and len(vars(self)) == len(vars(other))

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        inner = [repr(self.__name__), *(f"{name}={vars(self)[name]!r}" for name in self.state_vars())]
        return f"Multigoal({', '.join(inner)})"


class _Facts(tuple[tuple[str, Any, Any], ...]):  # noqa: SLOT001  (slots would leave no room for what it adds)
    """The facts of a native multigoal, with the one that they were made from."""

    origin: Multigoal | None = None


def to_native(goal: Multigoal) -> MultiGoal:
    """Return the native form of a multigoal.

    Raises
    ------
    DomainError
        When a state variable's wanted values are not a dictionary.
    """
    kept = goal.copy(goal.__name__)
    facts: list[tuple[str, Any, Any]] = []
    for variable in kept.state_vars():
        wanted = vars(kept)[variable]
        if not isinstance(wanted, dict):
            raise DomainError(
                f"{goal!r} wants {variable} to be a {type(wanted).__name__}: give a dictionary from arguments to values"
            )
        facts.extend((variable, argument, value) for argument, value in wanted.items())
    made = _Facts(facts)
    made.origin = kept
    return MultiGoal.from_facts(made)


def to_theirs(goal: MultiGoal) -> Multigoal:
    """Return the multigoal that a native one was made from; made anew if it came from elsewhere, JSON say."""
    origin = getattr(goal[1], "origin", None)
    if isinstance(origin, Multigoal):
        return origin
    made = Multigoal("goal")
    for variable, argument, value in goal.facts:
        vars(made).setdefault(variable, {})[argument] = value
    return made


def goals_not_achieved(state: State, multigoal: Multigoal) -> dict[str, dict[Any, Any]]:
    """Return the facts of a multigoal that do not hold yet, as dictionaries by state variable."""
    missing: dict[str, dict[Any, Any]] = {}
    for variable in multigoal.state_vars():
        bindings = getattr(state, variable)
        for argument, value in vars(multigoal)[variable].items():
            if bindings.get(argument) != value:
                missing.setdefault(variable, {})[argument] = value
    return missing


def m_split_multigoal(state: State, multigoal: Multigoal) -> list[Any]:
    """Achieve one goal after another, then look again, until all of them hold together."""
    missing = goals_not_achieved(state, multigoal)
    goals: list[Any] = [(variable, *pair) for variable, wanted in missing.items() for pair in wanted.items()]
    return [*goals, multigoal] if goals else []
