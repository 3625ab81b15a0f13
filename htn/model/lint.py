"""Lint: what is wrong or suspicious in a domain, found by reading its functions before anything is planned."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from htn.model.arity import arity_problem, task_problem
from htn.model.domain import Domain, Method, Operator
from htn.model.goals import MULTIGOAL
from htn.model.network import TaskNetwork, tasks_in
from htn.model.rollback import ROLL_BACK
from htn.model.source import own_nodes, source_of
from htn.model.suggest import did_you_mean

__all__ = ["Finding", "lint", "never_returns_state"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes
    ----------
    level : str
        ``"error"``: planning will fail when it gets there; ``"warning"``: probably not meant.
    code : str
        A stable name: unknown-task, arity, no-state, unreachable, no-method, undocumented.
    message : str
        One sentence with the place.
    """

    level: Literal["error", "warning"]
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.level} [{self.code}]: {self.message}"


def lint(domain: Domain, tasks: Iterable[Any] | TaskNetwork | None = None) -> list[Finding]:
    """Return what is wrong or suspicious in a domain, errors first.

    Task names and arguments are read from the tuples that methods write in what they return or yield; names computed at
    run time cannot be seen, so that an unreachable operator is a warning and no error.

    Parameters
    ----------
    domain : Domain
        What to look at.
    tasks : list or TaskNetwork, optional
        Task lists to be planned for; with them, what they cannot reach is reported too.

    Examples
    --------
    >>> domain = Domain("travel")
    >>> @domain.operator
    ... def walk(state, who):
    ...     return state
    >>> @domain.method("travel")
    ... def on_foot(state, who):
    ...     '''Applies always.'''
    ...     return [("wlak", who)]
    >>> print(lint(domain)[0])  # doctest: +ELLIPSIS
    error [unknown-task]: method 'on_foot' of 'travel' (...) gives the unknown task 'wlak'; did you mean 'walk'?
    """
    findings = [*_operators(domain), *_deferrals(domain)]
    named: dict[str, set[str]] = {}
    for method in _methods(domain):
        references = _References(method.function)
        named[f"{method.task}/{method.name}"] = references.strings
        findings.extend(_tasks_given(domain, method, references))
        if not method.applies:
            who = f"method {method.name!r} of {method.task!r}{_place(method.function)}"
            findings.append(
                Finding("warning", "undocumented", f"{who} does not say when it applies: give it a docstring")
            )
    given = tasks_in(tasks) if tasks is not None else []
    for task in given:
        problem = task_problem(domain, task)
        if problem:
            findings.append(Finding("error", "unknown-task", f"the task list holds {problem}"))
    findings.extend(_unreachable(domain, named, [task[0] for task in given if isinstance(task, tuple) and task]))
    return sorted(findings, key=lambda finding: finding.level)


def _operators(domain: Domain) -> Iterator[Finding]:
    for operator in domain.operators.values():
        problem = never_returns_state(operator)
        if problem:
            yield Finding("error", "no-state", problem)
        if operator.undoes and operator.undoes not in domain.operators:
            wrong = f"the operator {operator.name!r} undoes the unknown operator {operator.undoes!r}"
            yield Finding("error", "unknown-task", str(did_you_mean(wrong, operator.undoes, list(domain.operators))))


def never_returns_state(operator: Operator) -> str | None:
    """Return the sentence for an operator that can be seen to refuse always, None for any other."""
    tree = source_of(operator.function)
    if tree is None or isinstance(tree, ast.Lambda):
        return None
    returns = [node for node in own_nodes(tree) if isinstance(node, ast.Return) and node.value is not None]
    if any(not _is_refusal(node.value) for node in returns):
        return None
    who = f"operator {operator.name!r}{_place(operator.function)}"
    return f"{who} never returns the state, so it refuses always: end with 'return state'"


def _is_refusal(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Constant):
        return not value.value
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "refuse"


def _deferrals(domain: Domain) -> Iterator[Finding]:
    for task in domain.deferrals:
        if task not in domain.methods:
            yield Finding("error", "no-method", f"the deferred task {task!r} has no method to decompose it with later")


def _methods(domain: Domain) -> Iterator[Method]:
    for group in (*domain.methods.values(), *domain.goal_methods.values(), domain.multigoal_methods):
        yield from group


def _tasks_given(domain: Domain, method: Method, references: _References) -> Iterator[Finding]:
    who = f"method {method.name!r} of {method.task!r}{_place(method.function)}"
    for name, arguments in references.tasks:
        if name not in domain.task_names():
            problem = did_you_mean(f"{who} gives the unknown task {name!r}", name, domain.task_names())
            yield Finding("error", "unknown-task", str(problem))
        elif arguments is not None:
            wrong = arity_problem(domain, name, arguments)
            if wrong:
                yield Finding("error", "arity", f"{who} gives {wrong}")


def _unreachable(domain: Domain, named: dict[str, set[str]], given: list[str]) -> Iterator[Finding]:
    """Report operators and tasks that nothing mentions, or that the given tasks do not lead to."""
    everything = domain.task_names()
    if given:
        reached, waiting = set(given), list(given)
        if MULTIGOAL in given:
            waiting.extend(domain.goal_methods)
            reached.update(domain.goal_methods)
        while waiting:
            task = waiting.pop()
            for key, strings in named.items():
                if key.split("/")[0] == task:
                    fresh = {name for name in everything if name in strings} - reached
                    reached |= fresh
                    waiting.extend(fresh)
        because = f"no method reachable from {', '.join(sorted(set(given)))} mentions it"
    else:
        reached = {name for name in everything if any(name in strings for strings in named.values())}
        reached |= {task for task in domain.methods if not any(task in strings for strings in named.values())}
        because = "no method mentions it"
    reached |= {ROLL_BACK, *(operator.name for operator in domain.operators.values() if operator.undoes)}
    for name in everything:
        if name not in reached and name not in domain.goal_methods:
            kind = "operator" if name in domain.operators else "task"
            yield Finding("warning", "unreachable", f"the {kind} {name!r} cannot be reached: {because}")


def _place(function: Any) -> str:
    code = getattr(function, "__code__", None)
    return f" ({Path(code.co_filename).name}:{code.co_firstlineno})" if code else ""


class _References:
    """What a method's source says of other tasks.

    Attributes
    ----------
    tasks : list of (str, int or None)
        Names and numbers of arguments (None where a star makes it unknown) of the tuples that it returns or yields.
    strings : set of str
        Every string in it: where a name is passed on in another way it is still mentioned.
    """

    def __init__(self, function: Any) -> None:
        self.tasks: list[tuple[str, int | None]] = []
        self.strings: set[str] = set()
        tree = source_of(function)
        if tree is None:
            # Unseen source may mention anything; the code object's constants are the best there is.
            code = getattr(function, "__code__", None)
            self.strings.update(item for item in getattr(code, "co_consts", ()) if isinstance(item, str))
            return
        for node in own_nodes(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                self.strings.add(node.value)
            elif isinstance(node, (ast.Return, ast.Yield)) and node.value is not None:
                self._given(node.value)

    def _given(self, value: ast.expr) -> None:
        if isinstance(value, (ast.List, ast.ListComp)):
            for element in value.elts if isinstance(value, ast.List) else [value.elt]:
                self._element(element)
        elif isinstance(value, ast.BinOp):
            self._given(value.left)
            self._given(value.right)
        elif isinstance(value, ast.IfExp):
            self._given(value.body)
            self._given(value.orelse)
        elif isinstance(value, ast.Call) and "TaskNetwork" in ast.unparse(value.func) and value.args:
            self._given(value.args[0])

    def _element(self, element: ast.expr) -> None:
        if isinstance(element, ast.Starred):
            self._given(element.value)
        elif isinstance(element, ast.Tuple) and element.elts:
            head = element.elts[0]
            if isinstance(head, ast.Constant) and isinstance(head.value, str):
                starred = any(isinstance(item, ast.Starred) for item in element.elts)
                self.tasks.append((head.value, None if starred else len(element.elts) - 1))
        else:
            self._given(element)
