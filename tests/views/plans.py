"""Plans as JSON for the views' tests: a small trip, a large plan, and one written by somebody hostile."""

from __future__ import annotations

from typing import Any

HOSTILE = 'x"]; <script>alert(1)</script> `code` --> y\n\x1b[2J end|{} \\N #quot; &amp; %% [link](javascript:1)'
"""What a transcript might bring into an argument: the signs that HTML, Mermaid, DOT, Markdown or a terminal act on."""


def node(identity: str, task: str, *args: Any, kind: str = "compound", **more: Any) -> dict[str, Any]:
    """Return a node's JSON."""
    return {"id": identity, "task": task, "args": list(args), "kind": kind, **more}


def step(identity: str, task: str, *args: Any, after: tuple[str, ...] = (), causal: tuple[str, ...] = (), **more: Any):
    """Return a step's JSON."""
    base = {"id": identity, "key": identity, "task": task, "args": list(args), "capability": task, "description": ""}
    return base | {"dependencies": list(after), "causal": list(causal), "criteria": [], "deferred": False} | more


def trip() -> dict[str, Any]:
    """Return a plan with every kind of node and link."""
    left = [{"method": "by_taxi", "alternative": 0, "reason": "no money", "refused": True}]
    nodes = [
        node("r", "visit", "me", [["who", "Ann"], ["when", "noon"]], method="in_person", children=["t", "g", "d"]),
        node("t", "travel", "me", "park", method="on_foot", children=["w1", "w2"], tried=left, parent="r"),
        node("w1", "walk", "me", "street", kind="primitive", parent="t"),
        node("w2", "walk", "me", "park", kind="primitive", parent="t"),
        node("g", "at", "me", "park", kind="goal", method=None, children=[], parent="r"),
        node("d", "talk", "me", kind="deferred", parent="r"),
    ]
    steps = [
        step("w1", "walk", "me", "street"),
        step("w2", "walk", "me", "park", after=("w1",), causal=("w1",)),
        step("d", "talk", "me", after=("w1", "w2"), causal=(), deferred=True),
    ]
    return {"schema": "htn-plan/1", "domain": "trip", "tree": {"nodes": nodes, "roots": ["r"]}, "steps": steps}


def hostile() -> dict[str, Any]:
    """Return a plan in which every text from outside is hostile."""
    left = [{"method": HOSTILE, "reason": HOSTILE}]
    nodes = [
        node("r", HOSTILE, HOSTILE, method=HOSTILE, children=["a"], tried=left),
        node("a", HOSTILE, [["k", HOSTILE]], kind="primitive"),
    ]
    steps = [step("a", HOSTILE, HOSTILE, capability=HOSTILE, description=HOSTILE)]
    return {"schema": "htn-plan/1", "domain": HOSTILE, "tree": {"nodes": nodes, "roots": ["r"]}, "steps": steps}


def chain(length: int) -> dict[str, Any]:
    """Return a plan of so many steps, each after the twenty before it, whose tree is as deep as it is long."""
    nodes, steps = [], []
    for number in range(length):
        below = [f"s{number}"] + ([f"c{number + 1}"] if number + 1 < length else [])
        nodes.append(node(f"c{number}", "rest", number, method="one_more", children=below))
        nodes.append(node(f"s{number}", "do", number, kind="primitive"))
        steps.append(
            step(
                f"s{number}", "do", number, after=tuple(f"s{earlier}" for earlier in range(max(0, number - 20), number))
            )
        )
    return {"schema": "htn-plan/1", "domain": "chain", "tree": {"nodes": nodes, "roots": ["c0"]}, "steps": steps}
