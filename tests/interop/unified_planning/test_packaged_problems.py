"""The hierarchical problems that unified-planning ships for its own tests: all of its examples, and its HDDL files."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("unified_planning", reason="unified-planning is not installed")

import unified_planning
from unified_planning.engines.results import PlanGenerationResultStatus as Status
from unified_planning.io import PDDLReader
from unified_planning.model.htn import HierarchicalProblem
from unified_planning.test.examples import get_example_problems

from htn.hddl import load_domain, load_problem, parse_domain, parse_problem
from htn.hddl.verify import verify
from htn.interop.unified_planning import from_hddl, from_up_plan, to_hddl
from htn.interop.unified_planning.common import SUPPORTED
from htn.interop.unified_planning.planner import HtnPlanner
from htn.interop.unified_planning.validator import HtnValidator
from tests.interop.unified_planning.replaying import check

FILES = Path(unified_planning.__file__).parent / "test" / "hddl"
FOLDERS = sorted(folder.name for folder in FILES.iterdir()) if FILES.is_dir() else []
# Those that unified-planning's own reader, which is slow, reads in a moment.
READ = [
    *("2020-po-PCP", "2020-po-Rover", "2020-po-Satellite", "2020-po-Transport"),
    *("2020-to-AssemblyHierarchical", "2020-to-Blocksworld-HPDDL", "2020-to-Childsnack", "2020-to-Factories-simple"),
    *("2020-to-Multiarm-Blocksworld", "2020-to-Robot", "2020-to-Snake", "2020-to-Towers", "2020-to-Transport"),
]
EXAMPLES = {
    name: case for name, case in get_example_problems().items() if isinstance(case.problem, HierarchicalProblem)
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_come_out_as_their_authors_say(name):
    """Solvable ones of a supported kind are solved; those with durations are refused, by kind and by a sentence."""
    case = EXAMPLES[name]
    engine = HtnPlanner()
    if not engine.supports(case.problem.kind):
        assert name == "htn-go-temporal"
        engine.skip_checks = True
        assert engine.solve(case.problem).status == Status.UNSUPPORTED_PROBLEM
        return
    result = engine.solve(case.problem, timeout=20)
    assert (result.plan is not None) == case.solvable
    check(case.problem, result.plan)
    for plan in case.valid_plans:
        assert HtnValidator().validate(case.problem, plan)
    for plan in case.invalid_plans:
        assert not HtnValidator().validate(case.problem, plan)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # its reader uses old names of pyparsing
@pytest.mark.parametrize("name", [name for name in READ if name in FOLDERS])
def test_competition_files_are_solved_through_unified_planning(name):
    """As read by unified-planning: solved, with a plan for our verifier and for unified-planning's simulator."""
    problem = PDDLReader().parse_problem(*map(str, files(name)))
    assert problem.kind <= SUPPORTED
    result = HtnPlanner().solve(problem, timeout=30)
    assert result.status == Status.SOLVED_SATISFICING
    assert HtnValidator().validate(problem, result.plan)
    check(problem, result.plan)
    # Its reader writes all names in lower case.
    domain = parse_domain(files(name)[0].read_text(encoding="utf-8").lower())
    task = parse_problem(files(name)[1].read_text(encoding="utf-8").lower(), domain)
    assert verify(domain, task, from_up_plan(to_hddl(problem), result.plan)).valid


@pytest.mark.parametrize("name", FOLDERS)
def test_competition_files_are_carried_over(name):
    """As read by us: what becomes of a file in unified-planning is of a supported kind, and comes back the same."""
    domain = load_domain(files(name)[0])
    there = from_hddl(domain, load_problem(files(name)[1], domain))
    assert there.up.kind <= SUPPORTED
    back = to_hddl(there.up)
    again = to_hddl(from_hddl(back.domain, back.problem).up)
    assert (again.domain, again.problem) == (back.domain, back.problem)


def files(name):
    """Return the paths of a domain and a problem."""
    return FILES / name / "domain.hddl", FILES / name / "instance.1.pb.hddl"
