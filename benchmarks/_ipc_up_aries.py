"""unified-planning with up-aries as a command: DOMAIN PROBLEM PLAN, the plan in the competition's format."""

from __future__ import annotations

import re
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

__all__ = ["main", "text"]

_WORD = re.compile(r"[^\s()]+")


def text(network: Any, plan: Any) -> str:
    """Return a hierarchical plan for an initial task network in the competition's format."""
    flat = plan.action_plan
    if hasattr(flat, "timed_actions"):
        actions = [action for _, action, _ in sorted(flat.timed_actions, key=lambda timed: timed[0])]
    else:
        actions = list(flat.actions)
    ids = {id(action): number for number, action in enumerate(actions)}
    lines = [
        f"{ids[id(action)]} {' '.join([action.action.name, *_names(action.actual_parameters)])}" for action in actions
    ]
    tasks: list[str] = []

    def children(network: Any, decomposition: Any) -> list[int]:
        """Return the ids of subtasks in an order that the network allows."""
        before: dict[str, list[str]] = {subtask.identifier: [] for subtask in network.subtasks}
        for first, second in network.partial_order():
            before[second].append(first)
        return [node(decomposition.subtasks[name]) for name in TopologicalSorter(before).static_order()]

    def node(instance: Any) -> int:
        if id(instance) in ids:
            return ids[id(instance)]
        number = ids[id(instance)] = len(ids)
        values = dict(zip([p.name for p in instance.method.parameters], _names(instance.parameters), strict=True))
        achieved = instance.method.achieved_task
        arguments = [values[parameter.name] for parameter in achieved.parameters]
        below = children(instance.method, instance.decomposition)
        tasks.append(
            f"{number} {' '.join([achieved.task.name, *arguments])} -> "
            f"{' '.join([instance.method.name, *map(str, below)])}"
        )
        return number

    roots = children(network, plan.decomposition)
    return "\n".join(["==>", *lines, f"root {' '.join(map(str, roots))}", *tasks, "<==", ""])


def _as_written(*files: Path) -> dict[str, str]:
    """Return names as the files write them by what the reader makes of them: small letters."""
    words = (word for file in files for word in _WORD.findall(file.read_text(encoding="utf-8", errors="replace")))
    names: dict[str, str] = {}
    for word in words:
        names.setdefault(word.lower(), word)
    return names


def _names(terms: Any) -> list[str]:
    return [str(term) for term in terms]


def main() -> None:
    """Solve, and write the plan."""
    from unified_planning.io import PDDLReader
    from unified_planning.shortcuts import OneshotPlanner, get_environment

    domain, problem, plan = sys.argv[1:]
    get_environment().credits_stream = None
    get_environment().error_used_name = False  # a type and a predicate may share a name
    task = PDDLReader().parse_problem(domain, problem)
    with OneshotPlanner(name="aries") as planner:
        result = planner.solve(task)
    if result.plan is None:
        proven = result.status.name == "UNSOLVABLE_PROVEN"
        print("unsolvable" if proven else f"no plan ({result.status.name.partition('_')[2].lower() or 'unknown'})")
        return
    written = text(task.task_network, result.plan)
    names = _as_written(Path(domain), Path(problem))
    Path(plan).write_text(_WORD.sub(lambda word: names.get(word[0], word[0]), written), encoding="utf-8")


if __name__ == "__main__":
    main()
