"""The competition's own files: all are read and come back unchanged; its feature tests are judged rightly."""

from __future__ import annotations

import time

import pytest

from htn.hddl import load_domain, load_problem, parse_domain, parse_problem
from htn.hddl.lint import lint
from htn.hddl.plan_format import load_plan, parse_plan
from htn.hddl.types import Types
from htn.hddl.verify import verify
from htn.hddl.write import to_hddl
from tests.hddl.brute_force import is_solution, objects_of
from tests.hddl.files_of_tests import COMPETITION, instances, needs_competition

pytestmark = needs_competition

FEATURES = COMPETITION / "feature-tests"

VALID = {
    "abort-iteration": [
        "1 noop a|root 0|0 task1 -> dosomething 1",
        "1 noop a|2 noop a|root 0|0 task1 -> iterate 3 2|3 task1 -> dosomething 1",
        "4 noop a|1 noop a|2 noop a|root 0|0 task1 -> iterate 3 2|3 task1 -> iterate 5 1|5 task1 -> dosomething 4",
    ],
    "arguments": ["1 noop b b|root 0|0 task1 -> donothing 1"],
    "constants": ["1 noop a|root 0|0 task1 -> donothing 1"],
    "empty-methods-empty-plan": ["root 0|0 task1 -> donothing"],
    "forall": ["1 noop|root 0|0 task1 -> donothing 1"],
    "forall2": ["1 noop f|root 0|0 task1 -> donothing 1"],
    "only-primitive": ["0 noop|root 0"],
    "sortof": ["1 noop a|root 0|0 task1 -> donothing 1"],
    "synonymes": [
        (
            "1 noop1|2 noop2|3 noop1|4 noop2|5 noop1|6 noop2|7 noop1|8 noop2|root 11 12 13 14|11 task1 -> sequence1 1 2"
            "|12 task2 -> sequence2 3 4|13 task3 -> sequence3 5 6|14 task4 -> sequence4 7 8"
        )
    ],
}
INVALID = {
    "abort-iteration": [
        "1 noop a|root 0|0 task1 -> iterate 1",
        "1 noop a|2 noop a|root 0|0 task1 -> iterate 2 3|3 task1 -> dosomething 1",
        "1 noop a|2 noop a|root 0|0 task1 -> iterate 3 1|3 task1 -> dosomething 2",
        "root 0|0 task1 -> dosomething",
    ],
    "arguments": ["1 noop a b|root 0|0 task1 -> donothing 1", "1 noop b|root 0|0 task1 -> donothing 1"],
    "constants": ["1 noop b|root 0|0 task1 -> donothing 1"],
    "empty-methods-empty-plan": ["root|", "root 0|0 task1 -> dosomething", "0 task1|root 0"],
    "forall": ["1 noop a|root 0|0 task1 -> donothing 1", "root 0|0 task1 -> donothing"],
    "forall2": ["1 noop e|root 0|0 task1 -> donothing 1", "1 noop a|root 0|0 task1 -> donothing 1"],
    "only-primitive": ["root", "0 noop|1 noop|root 0", "0 noop|1 noop|root 0 1"],
    "sortof": ["1 noop b|root 0|0 task1 -> donothing 1"],
    "synonymes": [
        (
            "2 noop2|1 noop1|3 noop1|4 noop2|5 noop1|6 noop2|7 noop1|8 noop2|root 11 12 13 14|11 task1 -> sequence1 1 2"
            "|12 task2 -> sequence2 3 4|13 task3 -> sequence3 5 6|14 task4 -> sequence4 7 8"
        ),
        (
            "3 noop1|4 noop2|1 noop1|2 noop2|5 noop1|6 noop2|7 noop1|8 noop2|root 11 12 13 14|11 task1 -> sequence1 1 2"
            "|12 task2 -> sequence2 3 4|13 task3 -> sequence3 5 6|14 task4 -> sequence4 7 8"
        ),
    ],
}


def feature(name):
    """Return the domain and the problem of a feature test."""
    domain = load_domain(FEATURES / f"{name}-domain.hddl")
    return domain, load_problem(FEATURES / f"{name}.hddl", domain)


def test_every_file_is_read_in_seconds():
    """All domains and problems of all tracks; the limit leaves room for a busy machine."""
    start = time.process_time()
    found = instances()
    for domain, problem in found:
        load_problem(problem, load_domain(domain))
    assert len(found) > 300
    assert time.process_time() - start < 30


def test_every_file_comes_back_unchanged():
    """parse(write(parse(x))) == parse(x), for each domain and each problem."""
    found = instances()
    for domain in sorted({domain for domain, _ in found}):
        model = load_domain(domain)
        assert parse_domain(to_hddl(model)) == model, domain
    for _, problem in found:
        instance = load_problem(problem)
        assert parse_problem(to_hddl(instance)) == instance, problem


def test_files_that_solvers_have_solved_have_no_errors():
    """The linter is silent on errors; its warnings are true (unused parameters, types without objects)."""
    for domain, problem in instances()[::7]:
        model = load_domain(domain)
        errors = [str(finding) for finding in lint(model, load_problem(problem, model)) if finding.level == "error"]
        assert errors == [], problem


def test_types_have_the_objects_that_following_every_parent_gives():
    """In domains with several parents to a type, and with `object` in the middle."""
    for domain, problem in instances()[::25]:
        model = load_domain(domain)
        instance = load_problem(problem, model)
        types = Types(model, instance)
        for name, objects in objects_of(model, instance).items():
            assert set(types.objects(name)) == objects, (problem, name)


@pytest.mark.parametrize("name", sorted(VALID))
def test_valid_plans_of_the_feature_tests_are_accepted(name):
    """Also by brute force."""
    domain, problem = feature(name)
    for text in VALID[name]:
        plan = parse_plan("==>\n" + text.replace("|", "\n"))
        assert is_solution(domain, problem, plan)
        assert str(verify(domain, problem, plan)).startswith("valid"), text


@pytest.mark.parametrize("name", sorted(INVALID))
def test_invalid_plans_of_the_feature_tests_are_rejected(name):
    """Also by brute force."""
    domain, problem = feature(name)
    for text in INVALID[name]:
        plan = parse_plan("==>\n" + text.replace("|", "\n"))
        assert not is_solution(domain, problem, plan)
        assert not verify(domain, problem, plan).valid, text


@pytest.mark.parametrize(
    ("name", "plan"),
    [
        ("empty-methods-empty-plan", "empty-methods-empty-plan.plan"),
        ("forall", "forall.plan"),
        ("only-primitive", "only-primitive.plan"),
        ("sortof", "sortof.hddl"),
    ],
)
def test_the_plans_that_come_with_the_feature_tests_are_accepted(name, plan):
    """They were made by others."""
    domain, problem = feature(name)
    assert verify(domain, problem, load_plan(FEATURES / "plans" / plan)).valid
