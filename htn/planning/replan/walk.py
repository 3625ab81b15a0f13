"""The walk: replay what is pending from an observed state, and stop where it breaks.

It asks of every step, and of every method above it, what the checker asks.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from htn.model.domain import Domain
from htn.model.goals import MULTIGOAL, holds, unmet
from htn.model.network import TaskNetwork, tasks_in
from htn.model.record import Record
from htn.model.refusal import reason_of
from htn.model.state import State, undo
from htn.planning.blame import show_task
from htn.planning.grow import constraints_of
from htn.planning.replan.draft import Item
from htn.planning.replan.remains import Remains, task_of
from htn.planning.table import PRIMITIVE, Table

__all__ = ["Break", "Walk"]

_ALTERNATIVES = 256
"""So many alternatives of a method are looked at for the one that was chosen."""


class Break(Record):
    """Where the rest of a plan cannot go on.

    Attributes
    ----------
    place : int
        Which item.
    item : Item or None
        The item; None where a goal that was begun before is not brought about.
    begun : str or None
        That goal's node.
    reason : str
        What is wrong there, as a sentence's end.
    """

    place: int
    item: Item | None
    begun: str | None
    reason: str


class Walk:
    """A replay that can be taken back to any item.

    Parameters
    ----------
    domain : Domain
        The domain.
    table : Table
        What task names mean under the constraints.
    remains : Remains
        The plan in force, divided.
    items : list of Item
        What is pending.
    observed : State
        The facts now.

    Attributes
    ----------
    state : State
        The state reached.
    replayed : int
        Items replayed so far.
    """

    def __init__(self, domain: Domain, table: Table, remains: Remains, items: list[Item], observed: State) -> None:
        self._domain = domain
        self._table = table
        self._remains = remains
        self.items = items
        self.state = observed.tracked()
        self._marks: list[int] = []
        self.replayed = 0

    def back(self, place: int) -> None:
        """Take everything back from an item on."""
        if place < len(self._marks):
            undo(self.state._trail, self._marks[place])
            del self._marks[place:]

    def back_to_first(self, chosen: list[bool]) -> int:
        """Take everything back from the first chosen item on, or from the beginning; return its place."""
        place = next((number for number, is_chosen in enumerate(chosen) if is_chosen), 0)
        self.back(place)
        return place

    def replace(self, place: int, gone: list[bool], fresh: list[Item]) -> None:
        """Put fresh items in the place of those that are gone; all of them come after the given place."""
        rest = [item for item, is_gone in zip(self.items[place:], gone[place:], strict=True) if not is_gone]
        self.items = [*self.items[:place], *fresh, *rest]

    def go(self) -> Break | None:
        """Go on to the next break; None when everything pending can be carried out."""
        ends = self._ends()
        while len(self._marks) < len(self.items):
            place = len(self._marks)
            item = self.items[place]
            mark = len(self.state._trail)
            self.replayed += 1
            reason = self._problem(item)
            if reason:
                undo(self.state._trail, mark)
                return Break(place, item, None, reason)
            self._marks.append(mark)
            for goal in ends.get(place, ()):
                task = goal.task if isinstance(goal, Item) else task_of(self._remains.tree[goal])
                missing = unmet(self.state, task)
                if missing:
                    reason = f"the goal {missing[0]!r} would not be reached"
                    if isinstance(goal, Item):
                        return Break(place, goal, None, reason)
                    return Break(place, None, goal, reason)
        return None

    def _ends(self) -> dict[int, list[Any]]:
        """Return which goals are to hold after which item, inner ones first."""
        last: dict[Any, int] = {}
        goals: dict[Any, Any] = {}
        above: dict[Any, list[Any]] = {}  # goals at and above an item or node, inner ones first
        for place, item in enumerate(self.items):
            for goal in self._goals(item, above):
                key = id(goal) if isinstance(goal, Item) else goal
                last.pop(key, None)
                last[key] = place
                goals[key] = goal
        found: dict[int, list[Any]] = {}
        for key, place in last.items():
            found.setdefault(place, []).append(goals[key])
        return found

    def _goals(self, start: Any, known: dict[Any, list[Any]]) -> list[Any]:
        """Return the goals at and above an item, or a begun node by its id, inner ones first."""
        waiting: list[tuple[Any, Any, bool]] = []
        current, found = start, list[Any]()
        while current is not None:
            key = id(current) if isinstance(current, Item) else current
            if key in known:
                found = known[key]
                break
            if isinstance(current, Item):
                task = current.task[0]
                goal = not current.leaf and current.method is not None
                goal = goal and (task == MULTIGOAL or task in self._domain.goal_methods)
                waiting.append((key, current, goal))
                current = current.above
            else:
                node = self._remains.tree[current]
                waiting.append((key, current, node.kind in ("goal", "multigoal")))
                current = node.parent
        for key, one, goal in reversed(waiting):
            known[key] = found = [one, *found] if goal else found
        return found

    def _problem(self, item: Item) -> str:
        task = item.task
        if task[0] not in self._table.entries:
            return f"the domain has no task {task[0]!r} any more"
        kind, options, deferral = self._table.meaning(task)
        try:
            if item.leaf:
                if kind != PRIMITIVE:
                    return "it is ruled out"
                result = options(self.state, *task[1:])
                return "" if result is self.state else reason_of(result) or "it is not possible"
            if item.method == "deferred":
                if deferral is None or deferral.known(self.state, *task[1:]):
                    return "what it waits for is known"
                result = deferral.predict(self.state, *task[1:])
                return "" if result is self.state else reason_of(result) or "it is not possible"
            if item.method is None:
                return "" if holds(self.state, task) else "the goal does not hold"
            return self._method_problem(item, options)
        except Exception as error:  # noqa: BLE001  (a domain's function may raise anything; here that is a break)
            return f"{show_task(task)} raises {type(error).__name__}: {error}"

    def _method_problem(self, item: Item, options: Any) -> str:
        method = next((option for option in options or () if option.name == item.method.name), None)
        if method is None:
            return f"the method {item.method.name} is ruled out"
        args = item.task[1:]
        if not method.generates:
            result = method.function(self.state, *args)
            if self._same(item, result):
                return ""
            if isinstance(result, (list, TaskNetwork)):
                return f"the method {method.name} now gives other subtasks"
            return f"the method {method.name} no longer applies{_because(result)}"
        first: int | None = None
        refused: Any = None
        for number, result in enumerate(islice(method.function(self.state, *args), _ALTERNATIVES)):
            if not isinstance(result, (list, TaskNetwork)):
                refused = result
            elif self._same(item, result):
                first = number if first is None or number == item.alternative else first
            if first is not None and number >= item.alternative:
                item.alternative = first
                return ""
        if first is not None:
            item.alternative = first
            return ""
        return f"the method {method.name} no longer gives these subtasks{_because(refused)}"

    @staticmethod
    def _same(item: Item, result: Any) -> bool:
        if not isinstance(result, (list, TaskNetwork)):
            return False
        before = constraints_of(item.network) if item.node is None else item.node.before
        return tasks_in(result) == tasks_in(item.network) and constraints_of(result) == before


def _because(result: Any) -> str:
    reason = "" if result is None or isinstance(result, (list, TaskNetwork)) else reason_of(result)
    return f": {reason}" if reason else ""
