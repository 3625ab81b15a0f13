"""What is written reads back to the same model."""

from __future__ import annotations

from hypothesis import given

from htn.hddl import parse_domain, parse_problem
from htn.hddl.write import to_hddl
from tests.hddl.files_of_tests import FILES
from tests.hddl.strategies import domains, problems


@given(domains())
def test_a_domain_that_is_written_reads_back_equal(domain):
    """Random models: nested formulas, conditional effects, all kinds of networks."""
    text = to_hddl(domain)
    again = parse_domain(text)
    assert again == domain
    assert to_hddl(again) == text


@given(problems())
def test_a_problem_that_is_written_reads_back_equal(problem):
    """Random models: facts, values, goals, variables in the initial network."""
    text = to_hddl(problem)
    again = parse_problem(text)
    assert again == problem
    assert to_hddl(again) == text


def test_the_files_of_these_tests_read_back_equal():
    """Files with comments and every way of writing, not only the writer's own."""
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        parse = parse_domain if "domain" in path.name else parse_problem
        assert parse(to_hddl(parse(text))) == parse(text), path.name
