"""A plan's tree with the state of each step, folded to as many lines as there is room for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from htn.views.document import Document, argument_text, task_text, walk

__all__ = ["Row", "progress_rows"]

_SETTLED = frozenset({"finished", "reused", "failed", "skipped"})
# What a part is said to be when its steps are in several states: the first of these that one of them is in.
_FIRST = ("running", "waiting", "recovering", "interrupted", "failed", "skipped")


# Which parts are one line, by how much is folded.
_FOLDED: Sequence[tuple[str, ...]] = ((), ("done",), ("done", "pending"), ("done", "pending"))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree.

    Attributes
    ----------
    lead : str
        The bars and corners before it.
    state : str
        A step's state, or that of a part: what is most worth knowing of its steps.
    label : str
        What it is.
    step : str or None
        The step's id; None where the line stands for a part or for several steps.
    done, steps : int
        How many of its steps are settled, of how many.
    folded : bool
        Whether lines below it are left out.
    """

    lead: str
    state: str
    label: str
    step: str | None = None
    done: int = 0
    steps: int = 1
    folded: bool = False


@dataclass(slots=True)
class _Part:
    """A node with what its steps add up to."""

    label: str
    step: str | None
    states: dict[str, int] = field(default_factory=dict)
    parts: list[_Part] = field(default_factory=list)

    @property
    def steps(self) -> int:
        return sum(self.states.values())

    @property
    def done(self) -> int:
        return sum(count for state, count in self.states.items() if state in _SETTLED)

    @property
    def state(self) -> str:
        for state in _FIRST:
            if state in self.states:
                return state
        if self.done == self.steps:
            return "finished" if "finished" in self.states else "reused"
        return "running" if self.done else "pending"

    @property
    def even(self) -> str | None:
        """`done` or `pending` where that holds of every step, and nothing is to be seen in it."""
        if self.done == self.steps:
            return None if {"failed", "skipped"} & set(self.states) else "done"
        return "pending" if set(self.states) == {"pending"} else None


def progress_rows(
    plan: Document,
    states: Mapping[str, str],
    most: int | None = None,
    words: Callable[[Any], str] = argument_text,
) -> list[Row]:
    """Return the plan's tree as lines, with the state of each step, in at most so many lines.

    Parts of a single part are left out. Where there are too many lines, finished parts are folded, then those not
    begun, then neighbours of either kind are gathered into one line; what is then still too much is cut off.

    Parameters
    ----------
    plan : Mapping
        A plan's JSON (``htn-plan/1``); one without a tree is a list of steps.
    states : Mapping
        The state of each step, by its id; a step that is not named is pending.
    most : int or None
        How many lines there is room for.
    words : callable
        How an argument, as JSON data, is written.

    Examples
    --------
    >>> steps = [{"id": name, "task": name, "args": [], "kind": "primitive"} for name in "abc"]
    >>> root = {"id": "r", "task": "all", "args": [], "kind": "compound", "children": ["a", "b", "c"]}
    >>> plan = {"tree": {"nodes": [root, *steps], "roots": ["r"]}, "steps": steps}
    >>> for row in progress_rows(plan, {"a": "finished", "b": "running"}):
    ...     print(row.state, row.lead + row.label, row.done, row.steps)
    running all() 1 3
    finished ├─ a() 1 1
    running ├─ b() 0 1
    pending └─ c() 0 1
    """
    roots = _parts(plan, states, words)
    rows: list[Row] = []
    for fold in range(len(_FOLDED)):
        rows = list(_rows(roots, fold))
        if most is None or len(rows) <= most:
            return rows
    kept = rows[: max(most or 0, 1) - 1]
    left = sum(row.step is not None for row in rows[len(kept) :])
    return [*kept, Row("", "pending", f"... and {left} more", done=0, steps=left, folded=True)]


def _parts(document: Document, states: Mapping[str, str], words: Callable[[Any], str]) -> list[_Part]:
    """Return the roots, with everything below counted up to them."""
    described = {step["id"]: step.get("description") or task_text(step, words) for step in document["steps"]}
    if "tree" not in document:
        return [_Part(label, step, {states.get(step, "pending"): 1}) for step, label in described.items()]
    path: list[_Part] = []
    roots: list[_Part] = []
    for visit in walk(document):
        del path[visit.depth :]
        identity = visit.node["id"]
        is_step = identity in described
        label = described[identity] if is_step else task_text(visit.node, words)
        part = _Part(label, identity if is_step else None)
        (path[-1].parts if path else roots).append(part)
        path.append(part)
        if is_step:
            state = states.get(identity, "pending")
            for above in path:
                above.states[state] = above.states.get(state, 0) + 1
    return [_without_chains(root) for root in roots if root.steps]


def _without_chains(part: _Part) -> _Part:
    """Take out, everywhere below, what is empty and what has a single part that says more."""
    stack = [part]
    while stack:
        above = stack.pop()
        for number, below in enumerate(above.parts):
            while below.step is None and len(kept := [each for each in below.parts if each.steps]) == 1:
                below = kept[0]
            above.parts[number] = below
        above.parts = [below for below in above.parts if below.steps]
        stack += above.parts
    return part


def _rows(roots: list[_Part], fold: int) -> Iterator[Row]:
    """Yield the lines from the top; ``fold`` says how much is left out, from 0 (nothing)."""
    stack = [(item, "", "") for item in reversed(_gathered(roots, fold))]
    while stack:
        (part, count), bars, corner = stack.pop()
        if count > 1:
            done = part.even == "done"
            label = f"{count} parts done" if done else f"{count} parts to come"
            yield Row(bars + corner, part.state, label, None, part.steps if done else 0, part.steps, folded=True)
            continue
        closed = bool(part.parts) and part.even in _FOLDED[fold]
        yield Row(bars + corner, part.state, part.label, part.step, part.done, part.steps, folded=closed)
        if closed:
            continue
        below = _gathered(part.parts, fold)
        inner = bars + {"├─ ": "│  ", "└─ ": "   "}.get(corner, "")
        last = len(below) - 1
        stack += [(each, inner, "└─ " if at == last else "├─ ") for at, each in reversed(list(enumerate(below)))]


def _gathered(parts: list[_Part], fold: int) -> list[tuple[_Part, int]]:
    """Return parts with how many each stands for: from the third degree on, neighbours alike become one."""
    found: list[tuple[_Part, int]] = []
    for part in parts:
        if fold >= 3 and found and part.even and found[-1][0].even == part.even:
            before, count = found[-1]
            states = {
                state: before.states.get(state, 0) + part.states.get(state, 0) for state in before.states | part.states
            }
            found[-1] = (_Part("", None, states), count + 1)
        else:
            found.append((part, 1))
    return found
