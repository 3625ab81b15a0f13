"""Plans in the competition's format: read and write the text between ``==>`` and ``<==``.

::

    ==>
    1 drive truck home            an action: its id, name and arguments, in the order of execution
    root 0                        the ids of the initial tasks
    0 go truck home -> by-road 1  a compound task: id, name, arguments; the method; the ids of its subtasks
    <==
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from htn.hddl.errors import HddlError, read_text
from htn.model.record import Record, field

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["DecomposedTask", "Plan", "PlanStep", "format_plan", "load_plan", "parse_plan"]

_ROOT = re.compile(r"\s*root(?![^\s])")
# `name[a,b]`, `name(a,b)` and `(name a b)` are written by some planners for `name a b`.
_BRACES = re.compile(r"[\[\](),]")


class PlanStep(Record):
    """An action of a plan."""

    id: int
    name: str
    arguments: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


class DecomposedTask(Record):
    """A compound task of a plan, the method that decomposed it and the ids of what came of it."""

    id: int
    name: str
    arguments: tuple[str, ...]
    method: str
    children: tuple[int, ...] = ()
    line: int = field(default=0, compare=False)


class Plan(Record):
    """A plan as the competition writes it; lines do not count when two are compared.

    Attributes
    ----------
    steps : tuple of PlanStep
        The actions in the order of execution.
    roots : tuple of int
        The ids of the initial tasks.
    tasks : tuple of DecomposedTask
        The decompositions.
    root_line : int
        The line of ``root``; 0 where the plan was not read.
    path : str or None
        The file that it was read from.
    """

    steps: tuple[PlanStep, ...] = ()
    roots: tuple[int, ...] = ()
    tasks: tuple[DecomposedTask, ...] = ()
    root_line: int = field(default=0, compare=False)
    path: str | None = field(default=None, compare=False)


def parse_plan(text: str, path: str | None = None) -> Plan:
    r"""Return the plan in a planner's output: what follows the last ``==>``, up to ``<==``.

    An artificial root task ``__top`` that was decomposed by ``__top_method`` is replaced by what came of it.

    Raises
    ------
    HddlError
        When there is no ``==>`` or no ``root`` line, or a line has another form; the message names the line.

    Examples
    --------
    >>> plan = parse_plan("found it ==>\n1 drive[t,home]\nroot 0\n0 go t home -> by-road 1\n<==")
    >>> plan.steps[0].arguments, plan.roots, plan.tasks[0].children
    (('t', 'home'), (0,), (1,))
    """
    start = text.rfind("==>")
    if start < 0:
        raise HddlError("expected '==>' before the plan, found none", path=path)
    first = text.count("\n", 0, start) + 1
    lines = text[start + 3 :].split("\n")
    if lines[0].strip():
        raise HddlError("expected the end of the line after '==>'", path=path, line=first)
    return _Reading(path).plan(lines, first)


def load_plan(path: str | Path) -> Plan:
    """Return the plan in a file; as `parse_plan`.

    Raises
    ------
    HddlError
        When the file cannot be read or is no plan.
    """
    return parse_plan(read_text(path), str(path))


def format_plan(plan: Plan) -> str:
    """Return a plan in the competition's format.

    Examples
    --------
    >>> plan = Plan((PlanStep(1, "drive", ("t",)),), (0,), (DecomposedTask(0, "go", ("t",), "m", (1,)),))
    >>> print(format_plan(plan), end="")
    ==>
    1 drive t
    root 0
    0 go t -> m 1
    <==
    """
    lines = ["==>"]
    lines.extend(" ".join([str(step.id), step.name, *step.arguments]) for step in plan.steps)
    lines.append(" ".join(["root", *map(str, plan.roots)]))
    lines.extend(
        " ".join([str(task.id), task.name, *task.arguments, "->", task.method, *map(str, task.children)])
        for task in plan.tasks
    )
    return "\n".join([*lines, "<=="]) + "\n"


class _Reading:
    """One plan being read."""

    def __init__(self, path: str | None) -> None:
        self.path = path
        self.seen: dict[int, int] = {}

    def plan(self, lines: list[str], first: int) -> Plan:
        steps: list[PlanStep] = []
        tasks: list[DecomposedTask] = []
        roots: tuple[int, ...] | None = None
        root_line = 0
        for number, line in enumerate(lines[1:], first + 1):
            words = line.split()
            if not words:
                continue
            if words[0] == "<==":
                break
            if _ROOT.match(line):
                if roots is not None:
                    raise self.error(number, "expected one 'root' line, found a second")
                roots, root_line = tuple([self.id(word, number) for word in words[1:]]), number
            elif "->" in words:
                if roots is None:
                    raise self.error(number, "expected the 'root' line before the first decomposition")
                tasks.append(self.task(words, number))
            elif roots is None:
                steps.append(self.step(words, number))
            else:
                raise self.error(number, "expected ID TASK ARGUMENTS -> METHOD IDS after the 'root' line")
        if roots is None:
            raise self.error(first + len(lines) - 1, "expected a line 'root IDS' after the actions, found the end")
        return _without_top(Plan(tuple(steps), roots, tuple(tasks), root_line, self.path))

    def error(self, line: int, message: str) -> HddlError:
        return HddlError(message, path=self.path, line=line)

    def id(self, word: str, line: int) -> int:
        if not word.isdecimal():
            raise self.error(line, f"expected an id (a whole number from 0), found '{word}'")
        return int(word)

    def step(self, words: list[str], line: int) -> PlanStep:
        number = self.fresh(words[0], line)
        name, arguments = self.task_and_arguments(words[1:], line)
        return PlanStep(number, name, arguments, line)

    def task(self, words: list[str], line: int) -> DecomposedTask:
        arrow = words.index("->")
        number = self.fresh(words[0], line)
        name, arguments = self.task_and_arguments(words[1:arrow], line)
        if arrow + 1 >= len(words):
            raise self.error(line, "expected the name of a method after '->'")
        children = tuple([self.id(word, line) for word in words[arrow + 2 :]])
        return DecomposedTask(number, name, arguments, words[arrow + 1], children, line)

    def task_and_arguments(self, words: list[str], line: int) -> tuple[str, tuple[str, ...]]:
        if any(brace in word for word in words for brace in "[]()"):
            words = _BRACES.sub(" ", " ".join(words)).split()
        if not words:
            raise self.error(line, "expected the name of a task after the id")
        return words[0], tuple(words[1:])

    def fresh(self, word: str, line: int) -> int:
        number = self.id(word, line)
        if number in self.seen:
            raise self.error(line, f"the id {number} is used again; line {self.seen[number]} has it")
        self.seen[number] = line
        return number


def _without_top(plan: Plan) -> Plan:
    if len(plan.roots) != 1:
        return plan
    top = next((task for task in plan.tasks if task.id == plan.roots[0]), None)
    if top is None or top.name != "__top" or top.method != "__top_method":
        return plan
    rest = tuple([task for task in plan.tasks if task is not top])
    return Plan(plan.steps, top.children, rest, plan.root_line, plan.path)
