"""From groups of words to task networks: subtasks, ordering, constraints, in all their forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

from htn.hddl.forms import Forms
from htn.hddl.model import TRUE, Atom, Formula, Network, Subtask, Typed, is_variable, walk
from htn.hddl.names import suggestion
from htn.hddl.reader import Group

__all__ = ["NETWORK_KEYWORDS", "network", "undeclared"]

_TASKS = (":subtasks", ":tasks", ":ordered-subtasks", ":ordered-tasks")
_ORDER = (":ordering", ":order")
NETWORK_KEYWORDS = (*_TASKS, *_ORDER, ":constraints")


def network(forms: Forms, given: dict[str, tuple[Group, int]], at: int) -> Network:
    """Return the task network among the properties of a method or of ``:htn``."""
    tasks = [name for name in _TASKS if name in given]
    if len(tasks) > 1:
        raise forms.error(given[tasks[1]][1], f"'{tasks[1]}' beside '{tasks[0]}': give the subtasks once")
    subtasks = _subtasks(forms, given[tasks[0]][0]) if tasks else ()
    ordered = bool(tasks) and tasks[0].startswith(":ordered")
    pairs: tuple[tuple[str, str], ...] = ()
    for name in _ORDER:
        if name in given:
            pairs += _ordering(forms, given[name][0], {task.label for task in subtasks if task.label})
    constraints = _constraints(forms, given[":constraints"][0]) if ":constraints" in given else TRUE
    return Network(subtasks, pairs, constraints, ordered, given[tasks[0]][1] if tasks else at)


def _subtasks(forms: Forms, group: Group) -> tuple[Subtask, ...]:
    first = group.items[0] if group.items else None
    if first is None:
        return ()
    if group.head == "and" or isinstance(first, Group):
        listed = group.items[1:] if group.head == "and" else group.items
        found = []
        for index, item in enumerate(listed, len(group.items) - len(listed)):
            if isinstance(item, str):
                raise forms.error(group.starts[index], f"expected a subtask in brackets, found '{item}'")
            found.append(_subtask(forms, item))
    else:
        found = [_subtask(forms, group)]
    labels: set[str] = set()
    for subtask in found:
        if subtask.label in labels:
            raise forms.error(subtask.at, f"the label '{subtask.label}' is given to two subtasks")
        if subtask.label:
            labels.add(subtask.label)
    return tuple(found)


def _subtask(forms: Forms, group: Group) -> Subtask:
    items, label = group.items, None
    inner = group
    if len(items) == 2 and isinstance(items[0], str) and isinstance(items[1], Group):
        label, inner = items[0], items[1]
    name = inner.items[0] if inner.items else None
    if not isinstance(name, str) or is_variable(name):
        raise forms.error(inner.start, "expected the name of a task after the bracket")
    return Subtask(forms.names.resolve("task", name, inner.start), forms.terms(inner, 1), label, group.start)


def _ordering(forms: Forms, group: Group, labels: set[str]) -> tuple[tuple[str, str], ...]:
    if not group.items:
        return ()
    listed: list[str | Group] = [group]
    if group.head == "and" or isinstance(group.items[0], Group):
        listed = group.items[1:] if group.head == "and" else group.items
    pairs: list[tuple[str, str]] = []
    for item in listed:
        if isinstance(item, str):
            raise forms.error(group.start, f"expected (< FIRST SECOND) in the ordering, found '{item}'")
        words = [word for word in item.items if isinstance(word, str) and word != "<"]
        if "<" not in item.items or len(words) != len(item.items) - 1 or len(words) < 2:
            raise forms.error(item.start, "expected (< FIRST SECOND) with two labels of subtasks")
        for word in words:
            if word not in labels:
                raise forms.error(
                    item.start, f"no subtask has the label '{word}' that the ordering names{suggestion(word, labels)}"
                )
        pairs.extend(pairwise(words))
    return tuple(pairs)


def _constraints(forms: Forms, group: Group) -> Formula:
    formula = forms.formula(group)
    for part in walk(formula):
        if isinstance(part, Atom):
            raise forms.error(
                part.at,
                f"expected =, not or sortof on variables in constraints, found the predicate '{part.predicate}'",
            )
    return formula


def undeclared(
    variables: Iterable[tuple[str, int]], declared: Iterable[Typed], infer: Callable[[str], str]
) -> list[Typed]:
    """Return used variables that are not declared, each once, with the type that `infer` gives."""
    known = {variable.name for variable in declared}
    found: dict[str, Typed] = {}
    for name, at in variables:
        if name not in known and name not in found:
            found[name] = Typed(name, infer(name), at)
    return list(found.values())
