"""Tasks that nothing leads to, tasks that cannot be finished, methods that begin with their own task."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from htn.hddl.findings import Findings
from htn.hddl.model import Domain, Method, Network, Problem

__all__ = ["check_reach"]


def check_reach(domain: Domain, problem: Problem | None, dead: Collection[str], findings: Findings) -> None:
    """Report on the graph of tasks and methods.

    Parameters
    ----------
    domain, problem
        What to look at; without a problem, any task may be an initial one.
    dead : collection of str
        Actions, and methods as ``task/method``, that can never apply: what depends on them cannot be finished.
    findings : Findings
        Where findings go.
    """
    _unreachable(domain, problem, findings)
    finishable = _finishable(domain, dead)
    for task in domain.tasks:
        methods = domain.methods_of.get(task.name, ())
        if not methods:
            findings.warning("no-method", task.at, f"the task '{task.name}' has no method")
        elif task.name not in finishable:
            only_dead = all(f"{task.name}/{method.name}" in dead for method in methods)
            because = (
                "none of its methods can apply" if only_dead else "every method leads to a task that is not finished"
            )
            findings.warning("endless", task.at, f"the task '{task.name}' can never be finished: {because}")
    _recursion(domain, findings)


def _unreachable(domain: Domain, problem: Problem | None, findings: Findings) -> None:
    if problem:
        reached = {subtask.task for subtask in problem.network.subtasks}
        waiting = list(reached)
        while waiting:
            for method in domain.methods_of.get(waiting.pop(), ()):
                fresh = {subtask.task for subtask in method.network.subtasks} - reached
                reached |= fresh
                waiting.extend(fresh)
        because = "the initial tasks do not lead to it"
        for task in domain.tasks:
            if task.name not in reached:
                findings.warning("unreachable", task.at, f"the task '{task.name}' is never reached: {because}")
    else:
        reached = {subtask.task for method in domain.methods for subtask in method.network.subtasks}
        because = "no method mentions it"
    for action in domain.actions:
        if action.name not in reached:
            findings.warning("unreachable", action.at, f"the action '{action.name}' is never reached: {because}")


def _finishable(domain: Domain, dead: Collection[str]) -> set[str]:
    """Return the tasks that some sequence of methods ends in actions: the least fixed point."""
    finishable = {action.name for action in domain.actions if action.name not in dead}
    waiting_for: dict[str, list[int]] = {}
    missing: list[int] = []
    ready: list[str] = []
    methods = [method for method in domain.methods if f"{method.task}/{method.name}" not in dead]
    for index, method in enumerate(methods):
        names = {subtask.task for subtask in method.network.subtasks} - finishable
        missing.append(len(names))
        for name in names:
            waiting_for.setdefault(name, []).append(index)
        if not names:
            ready.append(method.task)
    while ready:
        task = ready.pop()
        if task in finishable:
            continue
        finishable.add(task)
        for index in waiting_for.get(task, ()):
            missing[index] -= 1
            if not missing[index]:
                ready.append(methods[index].task)
    return finishable


def _recursion(domain: Domain, findings: Findings) -> None:
    """Report methods that come back to their own task before anything is done: depth-first search may not end there."""
    firsts: dict[str, set[str]] = {}
    for method in domain.methods:
        firsts.setdefault(method.task, set()).update(_first_tasks(method.network) & domain.task.keys())
    for method in domain.methods:
        path = _path_back(method, firsts)
        if path:
            shown = " -> ".join(path)
            findings.warning(
                "recursion",
                method.at,
                f"the method '{method.name}' comes back to its own task before any action ({shown}): "
                "a search that follows it may not end",
            )


def _first_tasks(network: Network) -> set[str]:
    after = {second for _, second in network.edges()}
    return {subtask.task for index, subtask in enumerate(network.subtasks) if index not in after}


def _path_back(method: Method, firsts: dict[str, set[str]]) -> list[str]:
    """Return the tasks on the shortest way from a method's task by its first subtasks back to it, if there is one."""
    came: dict[str, str] = {}
    level: Iterable[str] = sorted(_first_tasks(method.network))
    for task in level:
        came.setdefault(task, method.task)
    while level:
        following: list[str] = []
        for task in level:
            if task == method.task:
                path = [task]
                while len(path) == 1 or path[-1] != method.task:
                    path.append(came[path[-1]])
                return path[::-1]
            for other in sorted(firsts.get(task, ())):
                if other not in came:
                    came[other] = task
                    following.append(other)
        level = following
    return []
