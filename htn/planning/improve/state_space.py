"""A domain with a state as the improvement of plans sees it: one state, moved from number to number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from htn.model.domain import Domain, Method
from htn.model.network import TaskNetwork
from htn.model.refusal import Refusal
from htn.model.state import ABSENT, Fluent, State, _Removed, undo
from htn.planning.improve.least import least_costs
from htn.planning.improve.space import NOT_APPLICABLE, Option, UnsuitableError

__all__ = ["StateSpace"]

_MOST_OPTIONS = 5_000
"""So many alternatives of a method are looked at in a search; where there are more, not everything is searched."""
_MOST_WRITTEN = 500_000
"""Among so many a decomposition is looked for that is known to be there; a method may yield them without end."""
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
    subtasks : mapping, optional
        For every compound task's name, the names of the subtasks of each of its methods.

    Raises
    ------
    UnsuitableError
        When the problem has goals or mutable values.

    Attributes
    ----------
    complete : bool
        Whether every network met so far was a sequence, and no method had more alternatives than are looked at.
    """

    def __init__(
        self,
        domain: Domain,
        state: State,
        tasks: Any,
        *,
        cost: Callable[[Any], int] | None = None,
        subtasks: Mapping[str, Collection[Iterable[str]]] | None = None,
    ) -> None:
        if domain.goal_methods or domain.multigoal_methods:
            raise UnsuitableError("the domain has goals")
        self.complete = True
        if hasattr(state, "_key_of"):
            raise UnsuitableError("the state has mutable values")
        self._state = state.tracked()
        self._trail: list[Any] = self._state._trail
        self._operators = {name: operator.function for name, operator in domain.operators.items()}
        self._methods = domain.methods
        self._deferred = domain.deferrals.keys()
        self._cost = cost
        # With costs of its own a primitive task may cost nothing, as far as its name tells.
        lowest = {name: 1 if cost is None and not name.startswith("#") else 0 for name in domain.operators}
        self._least = least_costs(lowest, subtasks) if subtasks is not None else {}
        self._bits: dict[Any, int] = {}
        self._facts: list[tuple[str, Any, Any]] = []
        self._applied: dict[tuple[int, Any], int] = {}
        self._listed: dict[tuple[int, Any], Sequence[Option]] = {}
        self._kept = 0
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
        """Return the alternatives of all methods that apply.

        Raises
        ------
        UnsuitableError
            When the task may wait until something is known.
        """
        if task[0] in self._deferred:
            raise UnsuitableError(f"{task[0]!r} may wait until something is known")
        key = (state, task)
        found = self._listed.get(key)
        if found is None:
            if state != self._at:
                self._go(state)
            found = self._all(task)
            if self._trail:
                undo(self._trail, 0)
            self._kept += len(found) + 1
            if self._kept > _MOST_REMEMBERED:
                self._listed.clear()
                self._kept = 0
            self._listed[key] = found
        return found

    def allows(self, state: int, task: Any, option: Option) -> bool:
        """Whether an option is among those of a state."""
        listed = self._listed.get((state, task))
        if listed is not None and self.complete:
            return option in listed
        if state != self._at:
            self._go(state)
        methods = [method for method in self._methods.get(task[0], ()) if method.name == option.method]
        return any(option in self._alternatives(method, task, _MOST_WRITTEN) for method in methods)

    def _all(self, task: Any) -> Sequence[Option]:
        found: list[Option] = []
        for method in self._methods.get(task[0], ()):
            alternatives = list(self._alternatives(method, task, _MOST_OPTIONS))
            if len(alternatives) == _MOST_OPTIONS:
                self.complete = False
            found += alternatives
        return found if len(found) < 2 else list(dict.fromkeys(found))

    def _alternatives(self, method: Method, task: Any, most: int) -> Iterator[Option]:
        """Yield what a method makes of a task in the state as it is, unless it refuses."""
        made = method.function(self._state, *task[1:])
        for subtasks in islice(made, most) if method.generates else (made,):
            if subtasks is not None and subtasks is not False and type(subtasks) is not Refusal:
                yield Option(method.name, self.sequence(subtasks, method.name))

    def sequence(self, subtasks: Any, where: str) -> tuple[Any, ...]:
        """Return subtasks in the order written, noting where another one is allowed."""
        if type(subtasks) is TaskNetwork:
            subtasks = self._written(subtasks, where)
        elif any(type(task) is TaskNetwork for task in subtasks):
            subtasks = self._written(TaskNetwork.ordered(subtasks), where)
        if not all(type(task) is tuple and task and isinstance(task[0], str) for task in subtasks):
            raise UnsuitableError(f"{where!r} makes more than plain tasks")
        return tuple(subtasks)

    def _written(self, network: TaskNetwork, where: str) -> list[Any]:
        """Return the tasks of a network, and of those inside it, in the order written."""
        if any(one > other for one, other in network.before):
            raise UnsuitableError(f"{where!r} writes tasks in an order that it does not allow")
        if not network.is_sequence:
            self.complete = False
        tasks: list[Any] = []
        for item in network.items:
            tasks += self._written(item, where) if type(item) is TaskNetwork else [item]
        return tasks

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
