"""The verifier accepts solutions and nothing else, and says where and why it rejects."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htn.hddl import load_domain, load_problem, parse_domain, parse_problem
from htn.hddl.errors import HddlError
from htn.hddl.plan_format import format_plan, load_plan, parse_plan
from htn.hddl.verify import verify
from tests.hddl import courier
from tests.hddl.brute_force import is_solution
from tests.hddl.files_of_tests import HERE
from tests.hddl.random_domains import random_domain
from tests.hddl.random_plans import ALWAYS_WRONG, MUTATIONS, random_plan, swap_children_between

KITCHEN = load_domain(HERE / "kitchen-domain.hddl")
PROBLEMS = [load_problem(HERE / name, KITCHEN) for name in ("kitchen-two-tasks.hddl", "kitchen-in-turn.hddl")]
WORKSHOP = load_domain(HERE / "workshop-domain.hddl")
TANDEM = load_problem(HERE / "workshop.hddl", WORKSHOP)
PLAN = (HERE / "workshop.plan").read_text(encoding="utf-8")


def small_random_plan(domain, problem, random):
    """Return a random plan that brute force can judge in a moment, read back from its text; or None."""
    plan = random_plan(domain, problem, random)
    if plan is None or len(plan.steps) > 5 or len(plan.tasks) > 5:
        return None
    return parse_plan(format_plan(plan))


# -------------------------------------------------------------------------------------------------- agreement
@given(st.integers(0, 2**32))
def test_it_agrees_with_brute_force_on_random_plans_of_a_tricky_domain(seed):
    """Interleaving, windows of preconditions, empty methods, free variables, subtasks that look alike, constraints."""
    random = Random(seed)
    problem = random.choice(PROBLEMS)
    plan = small_random_plan(KITCHEN, problem, random)
    if plan:
        assert verify(KITCHEN, problem, plan).valid == is_solution(KITCHEN, problem, plan), format_plan(plan)


@given(st.integers(0, 2**32))
@settings(max_examples=60)
def test_it_agrees_with_brute_force_on_random_domains(seed):
    """Random actions, methods, orders, constraints and goals; random plans for them, and one mutation of each."""
    random = Random(seed)
    domain, problem = random_domain(random)
    for _ in range(4):
        plan = small_random_plan(domain, problem, random)
        if plan is None:
            continue
        assert verify(domain, problem, plan).valid == is_solution(domain, problem, plan), format_plan(plan)
        changed = random.choice(MUTATIONS)(domain, problem, plan, random)
        if changed:
            expected = is_solution(domain, problem, changed)
            assert verify(domain, problem, changed).valid == expected, format_plan(changed)


def solutions(count):
    """Return random solutions of the kitchen's problems, judged by brute force, with their problems."""
    found = []
    for seed in range(100_000):
        random = Random(seed)
        problem = PROBLEMS[seed % 2]
        plan = small_random_plan(KITCHEN, problem, random)
        if plan and is_solution(KITCHEN, problem, plan):
            found.append((problem, plan))
            if len(found) == count:
                break
    return found


@pytest.fixture(scope="module")
def solved():
    """Return thirty solutions."""
    return solutions(30)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_mutations_of_solutions_are_judged_as_brute_force_judges_them(mutation, solved):
    """Nineteen kinds; those that cannot leave a solution are rejected always, with a line of the plan and a reason."""
    rejected = 0
    for number, (problem, plan) in enumerate(solved):
        for seed in range(3):
            changed = mutation(KITCHEN, problem, plan, Random(10 * number + seed))
            if changed is None:
                continue
            changed = parse_plan(format_plan(changed))
            verdict = verify(KITCHEN, problem, changed)
            assert verdict.valid == is_solution(KITCHEN, problem, changed), format_plan(changed)
            rejected += not verdict.valid
            if not verdict.valid:
                flaw = verdict.flaws[0]
                assert flaw.message
                assert flaw.code == "goal" or 1 < flaw.line <= len(format_plan(changed).splitlines())
            if mutation in ALWAYS_WRONG:
                assert not verdict.valid
    assert rejected or mutation.__name__ == "reorder_roots"


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_mutations_of_a_long_totally_ordered_plan_are_rejected(mutation):
    """In a total order, where every action has its place, no mutation leaves a solution."""
    domain = parse_domain(courier.DOMAIN)
    problem = parse_problem(courier.problem(2, 4, 12, True), domain)
    plan = courier.plan(2, 4, 12, True)
    assert verify(domain, problem, plan).valid
    for seed in range(10):
        changed = mutation(domain, problem, plan, Random(seed))
        # Two tasks of the same name without actions can be exchanged: that is another solution.
        if changed is not None and changed != plan and mutation is not swap_children_between:
            assert not verify(domain, problem, changed).valid, seed


# -------------------------------------------------------------------------------------------------- reasons
def test_the_plan_that_uses_every_construct_is_valid():
    """Its cost is the sum of constants and of functions of the arguments."""
    verdict = verify(WORKSHOP, TANDEM, load_plan(HERE / "workshop.plan"))
    assert verdict.valid
    assert (verdict.length, verdict.cost) == (5, 2 + 30 + 12.5 + 20)
    assert str(verdict) == "valid: 5 actions, cost 64.5"


@pytest.mark.parametrize(
    ("old", "new", "line", "code", "message"),
    [
        ("root 10 11", "root 10 11 99", 8, "tree", "the id 99 is no action and no decomposed task of the plan"),
        ("root 10 11", "root 10", 10, "tree", "with the id 11 does not come of a root"),
        ("tidy-up 5", "tidy-up 5 5", 11, "tree", "the id 5 is given as a subtask twice, of 12 and of 12"),
        ("main-bench 1 2", "main-bench 1 10", 9, "tree", "the id 10 is given as a subtask twice, of root and of 10"),
        ("2 true w3", "2 ture w3", 4, "task", "there is no action 'ture'; did you mean 'true'?"),
        ("5 sweep", "5 tidy", 7, "task", "'tidy' is a compound task: it cannot be carried out, only decomposed"),
        ("12 tidy", "12 sweep", 11, "task", "'sweep' is an action: it cannot be decomposed"),
        ("12 tidy", "12 tiddy", 11, "task", "there is no compound task 'tiddy'; did you mean 'tidy'?"),
        ("12 tidy ->", "12 tidy w1 ->", 11, "task", "'tidy' has 1 argument here, but 0 in the domain"),
        ("2 true w3 racer", "2 true w3", 4, "task", "'true' has 1 argument here, but 2 in the domain"),
        ("2 true w3", "2 true s1", 4, "task", "the argument ?w of 'true' is 's1', which is not of type 'wheel'"),
        ("2 true w3", "2 true w33", 4, "task", "is 'w33', which is no object of the problem; did you mean 'w3'"),
        ("-> tidy-up", "-> tidyup", 11, "method", "'tidy' has no method 'tidyup'; did you mean 'tidy-up'?"),
        (
            "-> tidy-up",
            "-> paint-it-later",
            11,
            "method",
            "'tidy' has no method 'paint-it-later'; it is one of 'paint'",
        ),
        ("-> tidy-up 5", "-> tidy-up", 7, "tree", "the task (sweep) with the id 5 does not come of a root"),
        (
            "both-wheels 4 3 13 12",
            "both-wheels 4 3 12 13",
            None,
            None,
            None,
        ),
        (
            "both-wheels 4 3 13 12",
            "both-wheels 12 4 3 13",
            10,
            "method",
            "cannot have the subtask 12 (tidy): it is listed before a subtask that the order puts before it",
        ),
        (
            "bench -> overhaul-both-wheels 4 3 13 12",
            "bench -> overhaul-nothing 4 3 13 12",
            10,
            "method",
            (
                "the method 'overhaul-nothing' does not apply to (overhaul old-faithful main-bench): "
                "?p would be 'main-bench', which is not of type 'stand'"
            ),
        ),
        (
            "main-bench 1 2\n",
            "main-bench 2 1\n",
            9,
            "method",
            "cannot have the subtask 2 (true w3 racer): it is listed before a subtask that the order puts before it",
        ),
        (
            "main-bench 1 2\n",
            "main-bench 1 5\n",
            11,
            "tree",
            "the id 5 is given as a subtask twice, of 10 and of 12",
        ),
        (
            "3 true w2 old-faithful\n4 true w1 old-faithful\n5 sweep",
            "5 sweep\n3 true w2 old-faithful\n4 true w1 old-faithful",
            10,
            "order",
            "orders the subtask 4 before 12, but the action (sweep) in line 5 comes before (true w1 old-faithful)",
        ),
        (
            "1 carry racer s1 main-bench\n2 true w3 racer",
            "2 true w3 racer\n1 carry racer s1 main-bench",
            9,
            "order",
            "the method 'repair-on-main-bench' orders the subtask 1 before 2, but the action (true w3 racer) in line 3",
        ),
        ("1 carry racer s1", "1 carry racer s2", 3, "precondition", "(at racer s2) is false"),
        ("1 carry racer s1 main-bench", "1 carry racer s1 s1", 3, "precondition", "both are s1"),
        ("3 true w2 old", "3 true w1 old", 6, "precondition", "(true-running w1) is true"),
    ],
)
def test_each_rejection_has_a_reason_and_a_place(old, new, line, code, message):
    """One change of the text each; what stays valid has no reason."""
    assert old in PLAN
    verdict = verify(WORKSHOP, TANDEM, parse_plan(PLAN.replace(old, new)))
    if line is None:
        assert verdict.valid
        return
    assert [flaw for flaw in verdict.flaws if (flaw.line, flaw.code) == (line, code) and message in flaw.message], (
        verdict
    )
    assert str(verdict).startswith("not valid: ")


@pytest.mark.parametrize(
    ("methods", "problem", "plan", "expected"),
    [
        (
            ":parameters (?x - k) :task (t) :precondition (on ?x) :subtasks (flip a)",
            "(:init (on b))",
            "1 flip a|root 0|0 t -> m 1",
            "",
        ),
        (
            ":parameters (?x - k) :task (t) :precondition (on ?x) :subtasks (flip a)",
            "",
            "1 flip a|root 0|0 t -> m 1",
            "line 4: the precondition of 'm' of (t) does not hold after 0 actions, whatever ?x may be",
        ),
        (
            ":parameters (?x - k) :task (t) :precondition (on ?x) :constraints (not (= ?x b)) :subtasks (flip a)",
            "(:init (on b))",
            "1 flip a|root 0|0 t -> m 1",
            "line 4: the precondition of 'm' of (t) does not hold after 0 actions, whatever ?x may be",
        ),
        (
            ":parameters (?x - empty) :task (t) :subtasks (flip a)",
            "",
            "1 flip a|root 0|0 t -> m 1",
            "line 4: the precondition of 'm' of (t) does not hold after 0 actions, whatever ?x may be",
        ),
        (
            ":parameters (?x - k) :task (t) :precondition (on ?x) :subtasks (flip ?x)",
            "(:init (on b))",
            "1 flip a|root 0|0 t -> m 1",
            "line 4: the precondition of 'm' of (t) does not hold after 0 actions: (on a) is false",
        ),
        (
            ":parameters (?x - k) :task (t) :constraints (sortof ?x - l) :subtasks (flip ?x)",
            "",
            "1 flip a|root 0|0 t -> m 1",
            "line 4: the method 'm' has constraints that do not hold: a is not of type l",
        ),
        (
            ":parameters (?x - l) :task (t) :subtasks (flip ?x)",
            "",
            "1 flip a|root 0|0 t -> m 1",
            (
                "line 4: the method 'm' cannot have the subtask 1 (flip a): it does not fit (flip ?x): "
                "?x would be 'a', which is not of type 'l'"
            ),
        ),
        (
            ":task (t) :subtasks (flip b)",
            "",
            "1 flip a|root 0|0 t -> m 1",
            (
                "line 4: the method 'm' cannot have the subtask 1 (flip a): it does not fit (flip b): "
                "'a' stands where 'b' is expected"
            ),
        ),
        (
            ":parameters (?x - k) :task (t) :subtasks (and (flip ?x) (flip ?x))",
            "",
            "1 flip a|2 flip b|root 0|0 t -> m 1 2",
            (
                "line 5: the method 'm' cannot have the subtask 2 (flip b): it does not fit (flip ?x): "
                "?x would be both 'a' and 'b'"
            ),
        ),
        (
            ":task (t) :subtasks (and (flip a) (flip b))",
            "",
            "1 flip a|root 0|0 t -> m 1",
            "line 4: the method 'm' has 1 subtasks here, but 2 in the domain",
        ),
        (
            ":task (t) :subtasks (flip a)",
            "(:goal (on b))",
            "1 flip a|root 0|0 t -> m 1",
            "the goal does not hold at the end: (on b) is false",
        ),
        (
            ":task (t) :subtasks (flip a)",
            "(:goal (or (on b) (not (on a))))",
            "1 flip a|root 0|0 t -> m 1",
            "the goal does not hold at the end: the (or ...) of 4:8 is false",
        ),
        (
            ":task (t) :subtasks (flip a)",
            "",
            "1 flip a|2 flip b|root 0 2|0 t -> m 1",
            "line 4: the initial task network has 2 subtasks here, but 1 in the domain",
        ),
    ],
)
def test_methods_constraints_and_goals(methods, problem, plan, expected):
    """Free variables, constraints, types of variables, constants, repeated variables, the goal, the roots."""
    domain = parse_domain(
        "(define (domain d) (:types l - k empty) (:predicates (on ?x - k)) (:task t)"
        " (:action flip :parameters (?x - k) :effect (on ?x))"
        f" (:method m {methods}))"
    )
    text = f"(define (problem p) (:domain d)\n(:objects a - k b - l)\n(:htn :subtasks (t))\n{problem})"
    verdict = verify(domain, parse_problem(text, domain), parse_plan("==>\n" + plan.replace("|", "\n")))
    assert "\n".join(map(str, verdict.flaws)) == expected


PARTIAL = parse_domain(
    """(define (domain d) (:predicates (warm) (cold))
    (:task cook) (:task wait) (:task both)
    (:action heat :effect (and (warm) (not (cold)))) (:action cool :effect (and (cold) (not (warm)))) (:action eat)
    (:method when-warm :task (cook) :precondition (warm) :subtasks (eat))
    (:method never-mind :task (wait) :precondition (and (warm) (not (cold))) :subtasks ())
    (:method two-at-once :task (both) :ordered-subtasks (and (wait) (cook))))"""
)


def in_partial_order(tasks, init, plan):
    """Return the verdict on a plan for the domain above."""
    problem = parse_problem(f"(define (problem p) (:domain d) (:htn :subtasks {tasks}) (:init {init}))", PARTIAL)
    verdict = verify(PARTIAL, problem, parse_plan("==>\n" + plan.replace("|", "\n")))
    assert verdict.valid == is_solution(PARTIAL, problem, parse_plan("==>\n" + plan.replace("|", "\n")))
    return str(verdict)


def test_a_method_precondition_may_hold_before_other_tasks_actions():
    """In a partial order, another task's action may come between the precondition and the method's first action."""
    tasks = "(and (a (heat)) (b (cook)) (c (cool)))"
    assert in_partial_order(tasks, "", "1 heat|2 cool|3 eat|root 1 0 2|0 cook -> when-warm 3").startswith("valid")
    assert in_partial_order(tasks, "", "2 cool|3 eat|1 heat|root 1 0 2|0 cook -> when-warm 3") == (
        "not valid: line 6: the precondition of 'when-warm' of (cook) does not hold "
        "in any state from the one after 0 to 1 actions: (warm) is false"
    )


def test_a_method_precondition_waits_for_what_is_ordered_before_its_task():
    """The window begins when the tasks before it are finished."""
    tasks = "(and (a (heat)) (b (cook)) (c (cool))) :ordering (< c b)"
    plan = "1 heat|2 cool|3 eat|root 1 2 0|0 cook -> when-warm 3"
    assert "does not hold after 2 actions: (warm) is false" in in_partial_order(tasks, "", plan)


def test_a_method_without_actions_has_its_place_in_the_order():
    """An empty method's precondition holds after what is before it and before what is after it."""
    tasks = "(and (a (heat)) (b (wait)) (c (cool)) (d (eat)))"
    plan = "1 heat|2 cool|3 eat|root 1 0 2 3|0 wait -> never-mind"
    assert in_partial_order(f"{tasks} :ordering (and (< a b) (< b c))", "", plan).startswith("valid")
    late = "1 heat|2 cool|3 eat|root 1 2 0 3|0 wait -> never-mind"
    assert in_partial_order(f"{tasks} :ordering (< c b)", "", late).startswith("not valid: line 6: the precondition")


def test_the_states_of_nested_methods_follow_each_other():
    """`wait` finds its state first, so `cook` cannot use an earlier one."""
    tasks = "(and (x (both)) (a (heat)) (c (cool)))"
    plan = "1 heat|2 cool|3 eat|root 0 1 2|0 both -> two-at-once 5 6|5 wait -> never-mind|6 cook -> when-warm 3"
    assert in_partial_order(tasks, "(cold)", plan).startswith("valid")
    assert in_partial_order(
        f"{tasks} :ordering (< c x)", "(warm)", plan.replace("root 0 1 2", "root 1 2 0")
    ).startswith("not valid: line 7")


def test_an_order_through_a_task_without_actions_is_kept():
    """A before the empty task before c puts a's actions before c's, though no pair says so."""
    tasks = "(and (a (heat)) (b (wait)) (c (eat))) :ordering (and (< a b) (< b c))"
    plan = "3 eat|1 heat|root 1 0 3|0 wait -> never-mind"
    assert in_partial_order(tasks, "(warm)", plan) == (
        "not valid: line 2: (eat) comes before what the decomposition puts before it is finished"
    )


def test_children_that_fit_several_subtasks_are_tried_in_every_way():
    """Which of two children is which subtask decides about the variables; one reading is enough."""
    domain = parse_domain(
        """(define (domain d) (:predicates (good ?x) (on ?x)) (:task t)
        (:action flip :parameters (?x) :effect (on ?x))
        (:method m :parameters (?x ?y) :task (t) :precondition (and (good ?y) (not (good ?x)))
          :subtasks (and (flip ?x) (flip ?y))))"""
    )
    problem = parse_problem(
        "(define (problem p) (:domain d) (:objects a b) (:htn :subtasks (t)) (:init (good a)))", domain
    )
    for children in ("1 2", "2 1"):
        assert verify(domain, problem, parse_plan(f"==>\n1 flip a\n2 flip b\nroot 0\n0 t -> m {children}")).valid
    bad = parse_problem("(define (problem p) (:domain d) (:objects a b) (:htn :subtasks (t)) (:init))", domain)
    assert not verify(domain, bad, parse_plan("==>\n1 flip a\n2 flip b\nroot 0\n0 t -> m 1 2")).valid


def test_too_many_ways_to_read_a_plan_end_in_an_honest_answer():
    """Ten tasks that differ in a free variable only: a rejection says that not all readings were tried."""
    variables = " ".join(f"?v{i}" for i in range(10))
    tasks = " ".join(f"(flip ?v{i})" for i in range(10))
    domain = parse_domain("(define (domain d) (:predicates (on ?x)) (:action flip :parameters (?x) :effect (on ?x)))")
    objects = " ".join(f"o{i}" for i in range(10))
    steps = "\n".join(f"{i} flip o{i}" for i in range(10))
    plan = parse_plan(f"==>\n{steps}\nroot {' '.join(map(str, range(10)))}")
    text = "(define (problem p) (:domain d) (:objects {}) (:htn :parameters ({}) :subtasks (and {}) :constraints {}))"
    fine = parse_problem(text.format(objects, variables, tasks, "(not (= ?v0 o0))"), domain)
    assert verify(domain, fine, plan).valid
    bad = parse_problem(text.format(objects, variables, tasks, "(= ?v0 ?v1)"), domain)
    codes = [flaw.code for flaw in verify(domain, bad, plan).flaws]
    assert codes == ["method", "unread"]


def test_two_methods_of_one_name_are_both_tried():
    """The plan cannot tell them apart, so one that fits is enough."""
    domain = parse_domain(
        "(define (domain d) (:task t) (:action a) (:action b)"
        " (:method m :task (t) :subtasks (a)) (:method m :task (t) :subtasks (b)))"
    )
    problem = parse_problem("(define (problem p) (:domain d) (:htn :subtasks (t)))", domain)
    for action in "ab":
        assert verify(domain, problem, parse_plan(f"==>\n1 {action}\nroot 0\n0 t -> m 1")).valid


def test_what_is_added_and_deleted_at_once_holds_afterwards():
    """And conditions of effects are looked at in the state before."""
    domain = parse_domain(
        "(define (domain d) (:predicates (p) (q))"
        " (:action a :effect (and (not (p)) (p) (when (not (q)) (q)) (when (q) (not (q))))))"
    )
    text = "(define (problem p) (:domain d) (:htn :ordered-subtasks (and (a) (a))) (:init) (:goal (and (p) (not (q)))))"
    assert verify(domain, parse_problem(text, domain), parse_plan("==>\n1 a\n2 a\nroot 1 2")).valid


def test_a_domain_that_uses_a_variable_without_a_value_is_refused():
    """The plan cannot be judged: the error names the place in the domain."""
    domain = parse_domain("(define (domain d) (:predicates (p ?x))\n(:action a :effect (p ?y)))", "d.hddl")
    problem = parse_problem("(define (problem p) (:domain d) (:htn :subtasks (a)))", domain)
    with pytest.raises(HddlError, match=r"d\.hddl:2:20: '\?y' is no parameter and not quantified here"):
        verify(domain, problem, parse_plan("==>\n1 a\nroot 1"))


def test_a_plan_without_actions_can_be_a_solution():
    """Nothing but empty methods; or no tasks at all."""
    domain = parse_domain("(define (domain d) (:task t) (:method m :task (t)))")
    problem = parse_problem("(define (problem p) (:domain d) (:htn :subtasks (t)))", domain)
    assert str(verify(domain, problem, parse_plan("==>\nroot 0\n0 t -> m\n<=="))) == "valid: 0 actions, cost 0"
    nothing = parse_problem("(define (problem p) (:domain d) (:htn))", domain)
    assert verify(domain, nothing, parse_plan("==>\nroot\n<==")).valid


@pytest.mark.parametrize("sizes", [(1, 2, 8000, True), (20, 16, 100, True), (20, 16, 100, False)])
def test_sixteen_thousand_actions_take_seconds(sizes):
    """A decomposition thousands of levels deep, a long sequence, many tasks at once; near-linear in each."""
    domain = parse_domain(courier.DOMAIN)
    problem = parse_problem(courier.problem(*sizes), domain)
    plan = parse_plan(format_plan(courier.plan(*sizes)))
    assert len(plan.steps) > 8000
    assert verify(domain, problem, plan).valid
