"""What the verifier says of plans that were changed in one place, by kind of change."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks._ipc_judge import Judge
from benchmarks._ipc_planners import Planner
from benchmarks._ipc_run import Limits, run
from benchmarks._ipc_suite import Instance
from benchmarks._ipc_tables import markdown
from benchmarks._report import Claim
from htn.hddl.plan_format import format_plan, parse_plan
from htn.hddl.verify import verify
from tests.hddl.random_plans import ALWAYS_WRONG, MUTATIONS

__all__ = ["Verified", "mutation_claims", "mutation_table", "mutations"]

KINDS: Sequence[Any] = MUTATIONS
EACH = 5
"""Plans that are made of each plan by each kind of change."""


@dataclass
class Verified:
    """What became of the changed plans.

    Attributes
    ----------
    plans, steps : int
        How many plans were changed, and their actions.
    seconds : float
        Processor time of verifying them unchanged.
    made, rejected, disputed : dict
        From the kind of change to how many there are, how many are rejected, and how many the other verifier judges
        otherwise, where there is one.
    """

    plans: int = 0
    steps: int = 0
    seconds: float = 0.0
    made: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)
    disputed: dict[str, int] = field(default_factory=dict)


def mutations(listed: Sequence[Instance], planner: Planner, limits: Limits, verifier: str = "") -> Verified:
    """Solve the instances, change the plans, and verify them."""
    judge, other, found = Judge(), Judge(verifier), Verified()
    for instance in listed:
        made = run(planner.command, instance.domain_file, instance.problem_file, limits)
        if judge.judge(instance, made, planner.codes).status != "solved":
            continue
        plan, (domain, problem) = parse_plan(made.plan), judge.models(instance)
        began = time.process_time()
        verify(domain, problem, plan)
        found.seconds += time.process_time() - began
        found.plans += 1
        found.steps += len(plan.steps)
        for mutation in KINDS:
            kind = mutation.__name__.replace("_", " ")
            for seed in range(EACH):
                changed = mutation(domain, problem, plan, Random(seed))
                if changed is None or changed == plan:
                    continue
                text = format_plan(changed)
                accepted = verify(domain, problem, parse_plan(text)).valid
                found.made[kind] = found.made.get(kind, 0) + 1
                found.rejected[kind] = found.rejected.get(kind, 0) + (not accepted)
                if verifier and other.other(instance, text) != accepted:
                    found.disputed[kind] = found.disputed.get(kind, 0) + 1
    return found


def mutation_table(found: Verified, *, disputed: bool) -> str:
    """Return the counts as a table."""
    wrong = {mutation.__name__.replace("_", " ") for mutation in ALWAYS_WRONG}
    columns = ["change", "plans", "rejected", "accepted", "can leave a solution"]
    rows: list[list[Any]] = [
        [kind, made, found.rejected[kind], made - found.rejected[kind], "no" if kind in wrong else "yes"]
        for kind, made in sorted(found.made.items())
    ]
    if disputed:
        columns.append("judged otherwise by the other verifier")
        rows = [[*row, found.disputed.get(row[0], 0)] for row in rows]
    rate = found.steps / found.seconds if found.seconds else 0.0
    said = f"{found.plans} plans with {found.steps} actions, verified in {found.seconds:.2f} s ({rate:.0f} actions/s)"
    return f"{said}\n\n{markdown(columns, rows)}"


def mutation_claims(found: Verified) -> list[Claim]:
    """Return that what cannot be a solution is rejected always, and that the two verifiers agree."""
    wrong = [mutation.__name__.replace("_", " ") for mutation in ALWAYS_WRONG]
    accepted = sum(found.made.get(kind, 0) - found.rejected.get(kind, 0) for kind in wrong)
    return [
        Claim("plans accepted that cannot be solutions", accepted, 0),
        Claim("plans that the two verifiers judge differently", sum(found.disputed.values()), 0),
        Claim("plans that were changed", found.plans, 1, at_most=False),
    ]
