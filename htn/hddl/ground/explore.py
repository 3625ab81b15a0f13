"""Exploration: which tasks can come up and be done, when what was true once stays true (the delete relaxation).

From the root down: a task that comes up starts its methods, a method whose precondition can hold makes its first
subtask come up, and the next one once that can be done. What an action that can be carried out adds or deletes is true
or false from then on, which may let others go on that wait for it. (Behnke, Höller, Schmid, Bercher and Biundo, On
Succinct Groundings of HTN Planning Problems, AAAI 2020, prune in both directions one after the other.)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from htn.hddl.compile.domains import passed
from htn.hddl.compile.schemas import TOP, Model
from htn.hddl.ground.actions import ActionRule
from htn.hddl.ground.conditions import Conditions, Outcome
from htn.hddl.ground.joins import Relations, Row, key_of
from htn.hddl.ground.rules import Getter, MethodRule, Stage, needs_of
from htn.hddl.model import Fact, Number

__all__ = ["Exploration", "MethodInstance"]

_SLICE = 300
"""So many steps between two pauses."""


class MethodInstance(NamedTuple):
    """A method that can be completed.

    Attributes
    ----------
    rank : int
        The place of the schema among all.
    needs : frozenset of int
        Literals.
    subtasks : tuple of int
        Tasks.
    before : tuple of pairs of int, or None
        Their order; None for a sequence.
    label : str
        What the input calls it.
    """

    rank: int
    needs: frozenset[int]
    subtasks: tuple[int, ...]
    before: tuple[tuple[int, int], ...] | None
    label: str


class Exploration:
    """What is found. Facts are numbered; the literal 2 n says that the fact n is true, 2 n + 1 that it is false.

    Parameters
    ----------
    model : Model
        Filtered, with lifted preconditions.
    values : mapping
        The values of functions at the start.

    Attributes
    ----------
    facts, tasks : dict
        From facts and tasks to their numbers.
    fact_rows, task_rows : list
        The other way.
    actions : dict
        For each primitive task that can be done, its cases.
    methods : dict
        For each compound task that can be done, its instances.
    size : int
        How many instances there are, with those of which only a part was reached.
    """

    def __init__(self, model: Model, values: Mapping[Fact, Number]) -> None:
        self.model = model
        self.facts: dict[tuple[str, ...], int] = {}
        self.tasks: dict[tuple[str, ...], int] = {}
        self.fact_rows: list[tuple[str, ...]] = []
        self.task_rows: list[tuple[str, ...]] = []
        self.actions: dict[int, list[Outcome]] = {}
        self.methods: dict[int, list[MethodInstance]] = {}
        self.size = 0
        self.relations = Relations(model)
        self.conditions = Conditions(model, self.fact, values)
        self._true: list[bool] = []
        self._done: list[bool] = []
        # What waits for a literal, with what else it waits for; what waits for a task, with the place of its next one.
        self._waiting: dict[int, list[tuple[Stage | int, Row | Outcome | MethodInstance, list[int]]]] = {}
        self._callers: dict[int, list[tuple[Stage, Row, int]]] = {}
        self._new_tasks: deque[int] = deque()
        self._new_literals: deque[int] = deque()
        self._new_done: deque[int] = deque()
        self._new_stages: deque[tuple[Stage, Row]] = deque()
        self._results: deque[tuple[Stage, Iterator[Row]]] = deque()
        self._make_rules()

    def _make_rules(self) -> None:
        given, needs = passed(self.model), needs_of(self.model)
        self._action_rules = {
            name: ActionRule(schema, self.relations, self.conditions, given[name])
            for name, schema in self.model.actions.items()
        }
        self._method_rules: dict[str, list[MethodRule]] = {task: [] for task in self.model.methods}
        for rank, method in enumerate(self.model.all_methods):
            columns = zip(method.formals, given[method.task], strict=True)
            guarded = [name for name, objects in columns if not objects <= method.domains[name]]
            self._method_rules[method.task].append(MethodRule(method, rank, needs, self.relations, guarded))
        self.relations.compile()
        self._triggers: dict[str, list[tuple[Stage, int]]] = {}
        for rules in self._method_rules.values():
            for rule in rules:
                rule.complete()
                for stage in rule.stages:
                    for i, trigger in enumerate(stage.join.triggers if stage.join is not None else ()):
                        self._triggers.setdefault(trigger[0], []).append((stage, i))

    # ------------------------------------------------------------------------------------------------------- numbers
    def fact(self, key: tuple[str, ...]) -> int:
        """Return a fact's number."""
        number = self.facts.get(key)
        if number is None:
            number = self.facts[key] = len(self.fact_rows)
            self.fact_rows.append(key)
            self._true += (False, key[1:] not in self.model.init.get(key[0], ()))
        return number

    def task(self, key: tuple[str, ...]) -> int:
        """Return a task's number; a new one comes up."""
        number = self.tasks.get(key)
        if number is None:
            number = self.tasks[key] = len(self.task_rows)
            self.task_rows.append(key)
            self._done.append(False)
            self._new_tasks.append(number)
        return number

    # ---------------------------------------------------------------------------------------------------------- loop
    def run(self) -> Generator[None, None, None]:
        """Find everything, with pauses.

        Raises
        ------
        TooManyError
            When a condition has too many alternatives.
        """
        for predicate in self.model.init:
            if predicate in self.relations.fluents:
                for row in self.model.init[predicate]:
                    self._reach([2 * self.fact((predicate, *row))])
        self.task((TOP,))
        steps = 0
        while True:
            if self._new_literals:
                self._became(self._new_literals.popleft())
            elif self._new_done:
                for stage, values, place in self._callers.pop(self._new_done.popleft(), ()):
                    self._go_on(stage, values, place)
                    steps += 1
            elif self._new_stages:
                self._enter(*self._new_stages.popleft())
            elif self._results:
                stage, results = self._results[0]
                count = 0
                for values in islice(results, _SLICE):
                    self._result(stage, values)
                    count += 1
                steps += count
                if count < _SLICE:
                    self._results.popleft()
            elif self._new_tasks:
                self._come_up(self._new_tasks.popleft())
            else:
                return
            steps += 1
            if steps >= _SLICE:
                steps = 0
                yield

    def _reach(self, literals: Iterable[int]) -> None:
        for literal in literals:
            if not self._true[literal]:
                self._true[literal] = True
                self._new_literals.append(literal)

    def _became(self, literal: int) -> None:
        if not literal & 1:
            predicate, *arguments = self.fact_rows[literal >> 1]
            row = tuple(arguments)
            self.relations.insert(predicate, row)
            for stage, i in self._triggers.get(predicate, ()):
                assert stage.join is not None
                _, places, run = stage.join.triggers[i]
                self._results.append((stage, run(stage.partial[places], row)))
        for item, values, rest in self._waiting.pop(literal, ()):
            self._wait(item, values, rest)

    def _wait(self, item: Stage | int, values: Row | Outcome | MethodInstance, rest: list[int]) -> None:
        """Go on once some literals can be true."""
        while rest:
            literal = rest[-1]
            if not self._true[literal]:
                self._waiting.setdefault(literal, []).append((item, values, rest))
                return
            rest.pop()
        if isinstance(values, Outcome):
            assert isinstance(item, int)
            self.size += 1
            self.actions.setdefault(item, []).append(values)
            self._reach(sorted([*[2 * n for n in values.add], *[2 * n + 1 for n in values.delete]]))
            self._finish(item)
        elif isinstance(values, MethodInstance):
            assert isinstance(item, int)
            self.methods.setdefault(item, []).append(values)
            self._finish(item)
        else:
            assert isinstance(item, Stage)
            for get in item.subtasks:
                self.task(get(values))
            self._go_on(item, values, 0)

    def _finish(self, task: int) -> None:
        if not self._done[task]:
            self._done[task] = True
            self._new_done.append(task)

    # --------------------------------------------------------------------------------------------------------- tasks
    def _come_up(self, task: int) -> None:
        name, *arguments = self.task_rows[task]
        row = tuple(arguments)
        action = self._action_rules.get(name)
        if action is not None:
            for outcome in action.outcomes(row):
                self._wait(task, outcome, sorted(outcome.needs))
        for rule in self._method_rules.get(name, ()):
            self._enter(rule.stages[0], row)

    def _enter(self, stage: Stage, values: Row) -> None:
        if stage.join is None:
            self._result(stage, values)
            return
        for places, index in stage.partial.items():
            index.setdefault(key_of(values, places), []).append(values)
        self._results.append((stage, stage.join.run(values)))

    def _result(self, stage: Stage, values: Row) -> None:
        if stage.seen is not None:
            if values in stage.seen:
                return
            stage.seen.add(values)
        self.size += 1
        rule = stage.rule
        if stage.index == 0 and rule.conditions:
            binding = dict(zip(stage.order, values, strict=True))
            if not self.conditions.conjunction(rule.conditions, binding):
                return
        self._wait(stage, values, self._literals(stage.waits, values))

    def _literals(self, getters: list[tuple[Getter, int]], values: Row) -> list[int]:
        return [2 * self.fact(get(values)) + negative for get, negative in getters]

    def _go_on(self, stage: Stage, values: Row, place: int) -> None:
        """Go on with a method where the subtasks before some place of the stage can be done."""
        while place < len(stage.subtasks):
            task = self.task(stage.subtasks[place](values))
            place += 1
            if not self._done[task]:
                self._callers.setdefault(task, []).append((stage, values, place))
                return
        rule = stage.rule
        if stage.index + 1 < len(rule.stages):
            # Not at once: where much is done already, this would go as deep as the method is long.
            self._new_stages.append((rule.stages[stage.index + 1], values))
        else:
            self._complete(rule, values)

    def _complete(self, rule: MethodRule, values: Row) -> None:
        needs = frozenset(self._literals(rule.literals, values))
        alternatives = [needs]
        if rule.conditions:
            binding = dict(zip(rule.order, values, strict=True))
            alternatives = [needs | one for one in self.conditions.conjunction(rule.conditions, binding)]
        subtasks = tuple([self.task(get(values)) for get in rule.subtasks])
        task = self.task(rule.head(values))
        for one in alternatives:
            if not any(literal ^ 1 in one for literal in one):
                instance = MethodInstance(rule.rank, one, subtasks, rule.method.before, rule.method.label)
                self._wait(task, instance, sorted(one - needs))
