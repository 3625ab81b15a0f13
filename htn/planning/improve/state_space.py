"""A domain with a state as the improvement of plans sees it: one state, moved from number to number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from htn.model.domain import Domain
from htn.model.network import TaskNetwork
from htn.model.refusal import Refusal
from htn.model.state import ABSENT, Fluent, State, _Removed, undo
from htn.planning.improve.space import NOT_APPLICABLE, Option, UnsuitableError

__all__ = ["StateSpace"]

_MOST_OPTIONS = 20_000
"""A method that yields more alternatives may never end."""
_MOST_REMEMBERED = 150_000


class StateSpace:
    """Space of a domain; where it leaves the order of tasks open they are done in the order written.

    Every fact gets a bit when it is first seen. To look at another state the facts that differ are changed in place.

    Parameters
    ----------
    domain : Domain
        The domain.
    state : State
        The facts at the start; copied.
    tasks : sequence
        What is to be done.
    cost : callable, optional
        What a primitive task costs; 1 by default, and nothing for those whose name begins with ``#``.
    least : mapping, optional
        Lower bounds on the cost of the tasks of a name.

    Raises
    ------
    UnsuitableError
        When the problem has goals, deferred tasks, nested networks or mutable values.

    Attributes
    ----------
    complete : bool
        Whether every network met so far was a sequence.
    """

    def __init__(
        self,
        domain: Domain,
        state: State,
        tasks: Any,
        *,
        cost: Callable[[Any], int] | None = None,
        least: Mapping[str, int] | None = None,
    ) -> None:
        if domain.goal_methods or domain.multigoal_methods or domain.deferrals:
            raise UnsuitableError("the domain has goals or deferred tasks")
        self.complete = True
        if hasattr(state, "_key_of"):
            raise UnsuitableError("the state has mutable values")
        self._state = state.tracked()
        self._trail: list[Any] = self._state._trail
        self._operators = {name: operator.function for name, operator in domain.operators.items()}
        self._methods = domain.methods
        self._cost = cost
        self._least = dict(least or {})
        self._bits: dict[Any, int] = {}
        self._facts: list[tuple[str, Any, Any]] = []
        self._applied: dict[tuple[int, Any], int] = {}
        self._listed: dict[tuple[int, Any], Sequence[Option]] = {}
        at = 0
        for name, key, value in type(state).facts(state):
            at |= self._bit(name, key, value)
        self._at = at
        self.initial = at
        self.tasks = self.sequence(tasks, "the task list")

    def cost(self, task: Any) -> int | None:
        """Return what a primitive task costs."""
        name = task[0]
        if name not in self._operators:
            return None
        if name.startswith("#"):
            return 0
        return 1 if self._cost is None else self._cost(task)

    def least(self, task: Any) -> int:
        """Return the lower bound of the task's name."""
        return self._least.get(task[0], 0)

    def apply(self, state: int, task: Any) -> int:
        """Return the state after an operator."""
        key = (state, task)
        after = self._applied.get(key)
        if after is None:
            if state != self._at:
                self._go(state)
            here = self._state
            if self._operators[task[0]](here, *task[1:]) is here:
                after = self._at = self._after(state)
                self._trail.clear()
            else:
                undo(self._trail, 0)
                after = NOT_APPLICABLE
            if len(self._applied) >= _MOST_REMEMBERED:
                self._applied.clear()
            self._applied[key] = after
        return after

    def options(self, state: int, task: Any) -> Sequence[Option]:
        """Return the alternatives of all methods that apply."""
        key = (state, task)
        found = self._listed.get(key)
        if found is None:
            if state != self._at:
                self._go(state)
            found = self._all(task)
            if self._trail:
                undo(self._trail, 0)
            if len(self._listed) >= _MOST_REMEMBERED:
                self._listed.clear()
            self._listed[key] = found
        return found

    def allows(self, state: int, task: Any, option: Option) -> bool:
        """Whether an option is among those of a state."""
        return option in self.options(state, task)

    def _all(self, task: Any) -> Sequence[Option]:
        found: list[Option] = []
        for method in self._methods.get(task[0], ()):
            if method.generates:
                alternatives = list(islice(method.function(self._state, *task[1:]), _MOST_OPTIONS))
                if len(alternatives) == _MOST_OPTIONS:
                    raise UnsuitableError(f"the method {method.name!r} has too many alternatives")
            else:
                alternatives = [method.function(self._state, *task[1:])]
            for subtasks in alternatives:
                if subtasks is None or subtasks is False or type(subtasks) is Refusal:
                    continue
                found.append(Option(method.name, self.sequence(subtasks, method.name)))
        return found if len(found) < 2 else list(dict.fromkeys(found))

    def sequence(self, subtasks: Any, where: str) -> tuple[Any, ...]:
        """Return subtasks in the order written, noting where another one is allowed."""
        if type(subtasks) is TaskNetwork:
            if any(one > other for one, other in subtasks.before):
                raise UnsuitableError(f"{where!r} writes tasks in an order that it does not allow")
            if not subtasks.is_sequence:
                self.complete = False
            subtasks = subtasks.items
        if not all(type(task) is tuple and task and isinstance(task[0], str) for task in subtasks):
            raise UnsuitableError(f"{where!r} makes more than plain tasks")
        return tuple(subtasks)

    def _bit(self, name: str, key: Any, value: Any) -> int:
        fact = (name, key, value)
        try:
            return self._bits[fact]
        except KeyError:
            bit = self._bits[fact] = 1 << len(self._facts)
            self._facts.append(fact)
            return bit

    def _after(self, state: int) -> int:
        """Return the number of the state as it is, given that of the state when the trail was empty."""
        seen = set()
        for container, key, old in self._trail:
            place = (id(container), key)
            if place in seen:
                continue
            seen.add(place)
            new = container.get(key, ABSENT)
            if type(container) is dict:
                if isinstance(old, dict) or isinstance(new, dict):
                    raise UnsuitableError("an operator puts a whole fluent in another's place")
                name, key = key, ()
            else:
                name = container._name
            if type(old) is _Removed:
                old = old.value
            if old is not ABSENT:
                state ^= self._bit(name, key, old)
            if new is not ABSENT:
                state ^= self._bit(name, key, new)
        return state

    def _go(self, state: int) -> None:
        """Make the state the one of the given number."""
        fluents, facts, trail = self._state.__dict__, self._facts, self._trail
        different = self._at ^ state
        gone, come = different & ~state, different & state
        while gone:
            bit = gone & -gone
            gone ^= bit
            name, key, _ = facts[bit.bit_length() - 1]
            container = fluents[name]
            if isinstance(container, Fluent):
                del container[key]
            elif isinstance(container, dict):
                container._undo(key, ABSENT)  # type: ignore[attr-defined]
            else:
                del fluents[name]
        while come:
            bit = come & -come
            come ^= bit
            name, key, value = facts[bit.bit_length() - 1]
            container = fluents.get(name)
            if isinstance(container, Fluent):
                container[key] = value
            elif isinstance(container, dict):
                container._undo(key, value)  # type: ignore[attr-defined]
            else:
                fluents[name] = value
        trail.clear()
        self._at = state
