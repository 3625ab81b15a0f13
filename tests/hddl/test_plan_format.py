"""Plans in the competition's format: written as it asks, read as planners write it, refused with the line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htn.hddl.errors import HddlError
from htn.hddl.plan_format import DecomposedTask, Plan, PlanStep, format_plan, load_plan, parse_plan
from tests.hddl.files_of_tests import HERE

names = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,6}", fullmatch=True).filter(lambda name: name.lower() != "root")
arguments = st.lists(names, max_size=3).map(tuple)


@st.composite
def plans(draw):
    """Draw a plan; its parts need not fit together."""
    ids = draw(st.lists(st.integers(0, 99), unique=True, max_size=6))
    cut = draw(st.integers(0, len(ids)))
    children = st.lists(st.integers(0, 99), max_size=4).map(tuple)
    steps = [PlanStep(number, draw(names), draw(arguments)) for number in ids[:cut]]
    tasks = [DecomposedTask(n, draw(names), draw(arguments), draw(names), draw(children)) for n in ids[cut:]]
    return Plan(tuple(steps), draw(children), tuple(tasks))


@given(plans(), st.sampled_from(["", "log: 1 -> 2\nroot 7\n", "==>\n1 old plan\nroot 1\n<==\n"]))
def test_a_plan_that_is_written_reads_back_equal(plan, before):
    """Whatever a planner printed before it."""
    assert parse_plan(before + format_plan(plan)) == plan


def test_the_format_is_the_competitions():
    """Literally: markers, one line for each action, the roots, one line for each decomposition."""
    plan = Plan(
        (PlanStep(3, "drive", ("t", "a", "b")), PlanStep(4, "honk")),
        (0, 4),
        (DecomposedTask(0, "go", ("t",), "by-road", (3,)), DecomposedTask(7, "rest", (), "not-at-all")),
    )
    assert format_plan(plan) == (
        "==>\n3 drive t a b\n4 honk\nroot 0 4\n0 go t -> by-road 3\n7 rest -> not-at-all\n<==\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "==>\n1 drive t a\nroot 0\n0 go t -> m 1\n<==",
        "==>\n1 drive[t,a]\nroot 0\n0 go[t] -> m 1\n<==\n",
        "==>\n1 (drive t a)\nroot 0\n0 (go t) -> m 1\n<==",
        "==>\n  1   drive\tt a  \r\n\r\n root  0\r\n0 go t  ->  m  1",
        "some text\n ==> \n1 drive(t,a)\nroot 0\n0 go t -> m 1\n<==\ntext after it (1 2",
        "==>\n1 drive t a\nroot 9\n0 go t -> m 1\n9 __top -> __top_method 0\n<==",
    ],
)
def test_the_ways_in_which_planners_write_it(text):
    """Braces, white space, other line ends, an artificial root, no end marker, text before and after."""
    plan = parse_plan(text)
    assert plan.steps == (PlanStep(1, "drive", ("t", "a")),)
    assert plan.roots == (0,)
    assert plan.tasks == (DecomposedTask(0, "go", ("t",), "m", (1,)),)


def test_lines_are_kept_for_messages():
    """Each entry knows its line in the file."""
    plan = load_plan(HERE / "workshop.plan")
    assert [step.line for step in plan.steps] == [3, 4, 5, 6, 7]
    assert plan.root_line == 8
    assert [task.line for task in plan.tasks] == [9, 10, 11, 12]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("1 drive\nroot 0", None, "expected '==>' before the plan, found none"),
        ("x\n==> 1 drive\nroot 0", 2, "expected the end of the line after '==>'"),
        ("==>\n1 drive\n", 3, "expected a line 'root IDS' after the actions, found the end"),
        ("==>\n1 drive\n<==\nroot 0", 4, "expected a line 'root IDS' after the actions, found the end"),
        ("==>\none drive\nroot 0", 2, "expected an id (a whole number from 0), found 'one'"),
        ("==>\n-1 drive\nroot 0", 2, "expected an id (a whole number from 0), found '-1'"),
        ("==>\n1\nroot 0", 2, "expected the name of a task after the id"),
        ("==>\n1 ()\nroot 0", 2, "expected the name of a task after the id"),
        ("==>\n1 a\n1 b\nroot 0", 3, "the id 1 is used again; line 2 has it"),
        ("==>\n1 a\nroot 0\n1 t -> m", 4, "the id 1 is used again; line 2 has it"),
        ("==>\n0 t -> m\nroot 0", 2, "expected the 'root' line before the first decomposition"),
        ("==>\nroot 0\nroot 1", 3, "expected one 'root' line, found a second"),
        ("==>\nroot zero", 2, "expected an id (a whole number from 0), found 'zero'"),
        ("==>\nroot 0\n0 t m 1", 3, "expected ID TASK ARGUMENTS -> METHOD IDS after the 'root' line"),
        ("==>\nroot 0\n0 t ->", 3, "expected the name of a method after '->'"),
        ("==>\nroot 0\n0 -> m", 3, "expected the name of a task after the id"),
        ("==>\nroot 0\n0 t -> m one", 3, "expected an id (a whole number from 0), found 'one'"),
    ],
)
def test_what_is_no_plan_is_refused_with_its_line(text, line, message):
    """Each form that is not understood."""
    with pytest.raises(HddlError) as raised:
        parse_plan(text, "file.plan")
    assert str(raised.value).startswith(f"file.plan:{line}: {message}" if line else f"file.plan: {message}")
    assert raised.value.line == line
