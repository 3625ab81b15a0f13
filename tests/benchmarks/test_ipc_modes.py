"""What is measured besides runs: ablations really switch parts off, mutants are judged, phases and turns are summed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import _ipc_gtpyhop, _ipc_mutations, _ipc_parse, _ipc_profile, _ipc_without
from benchmarks._ipc_planners import planner
from benchmarks._ipc_results import Results
from benchmarks._ipc_run import Limits
from benchmarks._ipc_session import Job, Session
from benchmarks._ipc_suite import Instance, instances

ROOT = Path(__file__).parents[2]
DOMAIN = """(define (domain ferry) (:requirements :typing :hierarchy) (:types place)
    (:predicates (at ?p - place) (road ?a ?b - place))
    (:task go :parameters (?p - place))
    (:method there :parameters (?p - place) :task (go ?p) :precondition (and (at ?p)) :subtasks (and))
    (:method by :parameters (?a ?b ?p - place) :task (go ?p) :precondition (and (at ?a) (road ?a ?b))
        :ordered-subtasks (and (sail ?a ?b) (go ?p)))
    (:action sail :parameters (?a ?b - place)
        :precondition (and (at ?a) (road ?a ?b)) :effect (and (not (at ?a)) (at ?b))))"""
PROBLEM = """(define (problem p) (:domain ferry) (:objects a b c - place) (:htn :ordered-subtasks (and (go c) (go a)))
    (:init (at a) (road a b) (road b c) (road c a)))"""


@pytest.fixture
def instance(tmp_path) -> Instance:
    """Return a small instance."""
    folder = tmp_path / "suite" / "Ferry"
    folder.mkdir(parents=True)
    (folder / "domain.hddl").write_text(DOMAIN)
    (folder / "p1.hddl").write_text(PROBLEM)
    return instances(folder.parent)["Ferry"][0]


SHOW = """
import sys
from benchmarks import _ipc_without
_ipc_without.switch_off(sys.argv[1].split(","))
from htn.hddl import parse_domain, parse_problem
from htn.hddl.compile import problem
from htn.planning.search import Search
from htn.planning.table import Constraints, Table
from htn.portfolio.members import members
domain = parse_domain(sys.argv[2])
compiled = problem.compile_problem(domain, parse_problem(sys.argv[3], domain))
search = Search(Table(compiled.domain, Constraints(), None), compiled.state, compiled.tasks, patience=0, hasty=True)
class Task:
    totally_ordered = True
given_up = [name for name, begin in members(Task(), None).items() if begin is _ipc_without._gives_up]
passes = problem.Passes()
left = [name for name in members(Task(), None) if name not in given_up]
off = [name for name in _ipc_without.PASSES if not getattr(passes, name)]
print(off, search.remember, *(("without", given_up) if len(given_up) < 2 else ("only", left)))
"""


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ("late", "['late'] True without []"),
        ("lift,settle", "['lift', 'settle'] True without []"),
        ("memory", "[] False without []"),
        ("add", "[] True without ['add']"),
        ("only-add", "[] True only ['add']"),
    ],
)
def test_what_an_ablation_switches_off_is_off(parts, expected):
    """In a process of its own: passes, the memory, and members of the portfolio, of which one or all others give up."""
    command = [sys.executable, "-c", SHOW, parts, DOMAIN, PROBLEM]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == expected


def test_every_member_of_the_portfolio_can_be_switched_off():
    """A new member must be named here too, or its ablation would be forgotten."""
    from htn.portfolio.members import members

    class Task:
        totally_ordered = True

    class Partial:
        totally_ordered = False

    named = {*members(Task()), *members(Partial())}  # type: ignore[arg-type]  # nothing of them is begun
    assert named == set(_ipc_without.MEMBERS)


def test_an_ablation_of_nothing_is_refused():
    """A part's name with a mistake would measure the whole."""
    with pytest.raises(ValueError, match="there is no part 'filtre'"):
        _ipc_without.switch_off(["filtre"])


def test_mutants_are_counted_by_kind_and_none_that_is_wrong_is_accepted(instance):
    """Three kinds that cannot leave a solution, in full; another verifier that accepts everything is in dispute."""
    found = _ipc_mutations.mutations([instance], planner("htn"), Limits())
    assert (found.plans, found.steps) == (1, 3)
    for kind in ("drop action", "orphan action", "circle"):
        assert found.made[kind] == found.rejected[kind] == _ipc_mutations.EACH
    assert all(claim.holds for claim in _ipc_mutations.mutation_claims(found))
    assert "| drop action | 5 | 5 | 0 | no |" in _ipc_mutations.mutation_table(found, disputed=False)
    credulous = f'{sys.executable} -S -E -c "1"'
    disputed = _ipc_mutations.mutations([instance], planner("htn"), Limits(), credulous)
    assert sum(disputed.disputed.values()) == sum(disputed.rejected.values())
    assert not all(claim.holds for claim in _ipc_mutations.mutation_claims(disputed))


def test_reading_is_summed_by_domain(instance):
    """Two pairs, and their bytes."""
    found = _ipc_parse.parse_times([instance, instance])
    assert [(each.domain, each.pairs) for each in found] == [("suite/Ferry", 2)]
    assert found[0].bytes == 2 * (len(DOMAIN) + len(PROBLEM))
    assert 0 < found[0].slowest <= found[0].seconds
    assert "| all | 2 |" in _ipc_parse.parse_table(found)


def test_the_profile_tells_the_phases_apart(instance):
    """Reading, compiling and searching are there, and the phases add up to what the functions took."""
    found = _ipc_profile.profile(instance)
    assert {"start-up: imports", "read", "compile", "search: lifted", "write"} <= set(found.phases)
    assert sum(found.phases.values()) == pytest.approx(sum(own for _, _, own, _ in found.functions), rel=0.01)
    assert "| read |" in _ipc_profile.profile_tables(found)


@pytest.mark.parametrize(("domain", "steps"), [("Childsnack", 50), ("Blocksworld-GTOHP", None)])
def test_gtpyhop_is_compared_on_the_same_problem(domain, steps):
    """Both plan, in a process and in one of their own; where the encoding fixes the length, it is the same."""
    made = _ipc_gtpyhop.compare(domain, "p01", lambda: (1.0, 50), rounds=1)
    assert set(made.taken) == {"gtpyhop planning", "engine planning", "gtpyhop process", "htn process"}
    assert made.steps["gtpyhop planning"] == made.steps["gtpyhop process"] > 0
    assert made.steps["engine planning"] > 0
    if steps:
        assert set(made.steps.values()) == {steps}
    assert f"| {domain} | p01 |" in _ipc_gtpyhop.gtpyhop_table([made])


def test_plans_of_up_aries_are_written_as_the_competition_has_them(instance):
    """Also where the file mixes cases, of which the reader keeps none; the two visits take three trips."""
    pytest.importorskip("up_aries", reason="up-aries is not installed")
    instance.problem_file.write_text(PROBLEM.replace(" a", " Alpha").replace("(at a", "(at Alpha"))
    rows = Session(Results()).run([Job(planner("up-aries"), instance, Limits(seconds=60, gib=8))])
    assert (rows[0]["status"], rows[0]["length"]) == ("solved", 3), rows[0]["message"]


def test_ratios_are_of_the_same_turn():
    """The median of 2, 1 and 4."""
    made = _ipc_gtpyhop.Comparison("d", "p", taken={"a": [2.0, 3.0, 4.0], "b": [1.0, 3.0, 1.0]})
    assert made.ratio("a", "b") == 2.0
    assert made.ratio("a", "none") is None
