"""A run's tree fits the room there is, tells the truth about what it folds, and keeps what is under way in sight."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from htn.views.progress import progress_rows

STATES = ("pending", "running", "finished", "reused", "failed", "waiting")


@st.composite
def plans(draw):
    """Draw a plan's tree of at most three levels with the state of each step."""
    nodes, steps = [], []

    def node(name: str, depth: int) -> str:
        below = draw(st.integers(0, 4)) if depth < 3 else 0
        children = [node(f"{name}.{number}", depth + 1) for number in range(below)]
        kind = "compound" if below or depth == 0 else "primitive"
        nodes.append({"id": name, "task": "do", "args": [name], "kind": kind, "children": children})
        if kind == "primitive":
            steps.append({"id": name, "task": "do", "args": [name], "description": f"Do {name}", "dependencies": []})
        return name

    root = node("r", 0)
    return {"tree": {"nodes": nodes, "roots": [root]}, "steps": steps}, {
        step["id"]: draw(st.sampled_from(STATES)) for step in steps
    }


@given(plans())
def test_every_step_stands_once_where_there_is_room(drawn):
    """Without a limit, the lines with a step are the steps, with their states, in the tree's order."""
    plan, states = drawn
    shown = [(row.step, row.state) for row in progress_rows(plan, states) if row.step]
    assert sorted(states.items()) == sorted(shown)


@given(plans(), st.integers(1, 30))
def test_it_fits_and_says_how_many_are_folded(drawn, most):
    """With a limit there are no more lines than that; lines that stand for steps account for all of them."""
    plan, states = drawn
    rows = progress_rows(plan, states, most)
    assert len(rows) <= most
    cut = bool(rows) and rows[-1].label.startswith("... and ")
    if rows and not cut:
        accounted = sum(row.steps for row in rows if row.step or row.folded)
        assert len(states) == accounted
        assert sum(state not in ("pending", "running", "waiting") for state in states.values()) == sum(
            row.done for row in rows if row.step or row.folded
        )


@given(plans(), st.integers(1, 30))
def test_what_is_under_way_or_went_wrong_is_never_folded(drawn, most):
    """Only parts in which all is done, or nothing is begun, are folded."""
    plan, states = drawn
    rows = progress_rows(plan, states, most)
    if rows and not rows[-1].label.startswith("... and "):
        seen = {row.step for row in rows}
        assert {step for step, state in states.items() if state in ("running", "failed", "waiting")} <= seen


def test_a_thousand_steps_fit_a_screen():
    """A flat plan of a thousand steps is a handful of lines, with the one that runs among them."""
    steps = [{"id": f"s{n}", "task": "do", "args": [n], "description": "", "dependencies": []} for n in range(1000)]
    root = {"id": "r", "task": "all", "args": [], "kind": "compound", "children": [step["id"] for step in steps]}
    nodes = [root, *({**step, "kind": "primitive", "children": []} for step in steps)]
    plan = {"tree": {"nodes": nodes, "roots": ["r"]}, "steps": steps}
    states = {f"s{n}": "finished" for n in range(400)} | {"s400": "running"}
    labels = [row.label for row in progress_rows(plan, states, 20)]
    assert ["all()", "400 parts done", "do(400)", "599 parts to come"] == labels
