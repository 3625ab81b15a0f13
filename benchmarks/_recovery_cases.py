"""What recovery is measured on: workspaces, questions, and which injected failures can be recovered from at all.

What is recoverable is fixed by the script of the failures and by the domain, before and without any run: there is a
decomposition of the question, from the facts known at the start and which steps cannot be done, all of whose steps some
agent carries out in the end. Steps that cannot be done are those at which every capable agent fails for good.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks._recovery_faults import EVERYBODY, TRANSIENT, Fault, Script
from domains.analysis.analysis_plan import AnalysisPlan
from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.planner import EstatePlanner
from domains.analysis.sample import generate, write
from domains.analysis.scope import Scope, make_scope
from htn.plan import Plan
from htn.planning import Constraints, Solved, find_plan

__all__ = ["SHARED", "Case", "World", "cases", "recoverable", "worlds"]

SHARED = Path(__file__).parents[1] / ".." / "shared" / "data"
SEEDS = 5
ONE_OF_TWO = ("timeout", "server error", "malformed reply", "refusal", "criterion not met", "capability gone")
FOR_GOOD = ("data missing", "criterion not met", "refusal", "capability gone")
ALL_KINDS = (*TRANSIENT, "refusal", "capability gone", "unknown error")


@dataclass(frozen=True)
class World:
    """A workspace, and the plan of each analysis that is asked of it."""

    name: str
    planner: EstatePlanner
    plans: dict[str, AnalysisPlan]


@dataclass(frozen=True)
class Case:
    """One run with injected failures.

    Attributes
    ----------
    group : str
        What is injected, in words.
    world, analysis : str
        What is asked.
    script : Script
        The failures.
    refused : str or None
        The operator that a person refuses.
    """

    group: str
    world: str
    analysis: str
    script: Script
    refused: str | None = None


@dataclass(frozen=True)
class Group:
    """A failure that is injected at every step in turn; a kind of None is a person who refuses."""

    name: str
    kind: str | None
    times: int | None = None
    asked: int = EVERYBODY
    agents: int = 1

    def case(self, world: str, analysis: str, task: str) -> Case:
        """Return the case at a step."""
        if self.kind is None:
            return Case(self.name, world, analysis, Script(), task)
        fault = Fault(task, self.kind, self.times, self.asked)
        return Case(self.name, world, analysis, Script((fault,), agents=self.agents))


GROUPS = (
    *(Group(f"{kind}, once", kind, 1) for kind in (*TRANSIENT, "hang")),
    *(Group(f"{kind}, twice", kind, 2) for kind in TRANSIENT),
    *(Group(f"{kind}, one agent of two, for good", kind, None, 0, 2) for kind in ONE_OF_TWO),
    *(Group(f"{kind}, everybody, for good", kind) for kind in FOR_GOOD),
    Group("a person refuses", None),
)


def worlds(folder: Path, *, shared: bool) -> dict[str, World]:
    """Return the sample and, where wanted and there, the two corpora beside the project."""
    write(generate(calls=240, deals=300), folder / "files")
    made = {"sample": _world("sample", folder / "sample", folder / "files", SAMPLE)}
    for name, asked in (("fundraising_calls", CALLS), ("crm_pipeline", DEALS)) if shared else ():
        if (SHARED / name).is_dir():
            made[name] = _world(name, folder / name, SHARED / name, asked)
    return made


SAMPLE: dict[str, tuple[tuple[str, Scope], ...]] = {
    "prospect": (),
    "pattern": (),
    "competitive": (),
    "pipeline": (),
    "performance": (),
    "enablement": (),
    "custom": (("pipeline", ()), ("performance", ())),
}
CALLS: dict[str, tuple[tuple[str, Scope], ...]] = {"pattern": (), "performance": (), "custom": ()}
DEALS: dict[str, tuple[tuple[str, Scope], ...]] = {"pipeline": (), "performance": (), "custom": ()}


def _world(name: str, workspace: Path, files: Path, asked: dict[str, tuple[tuple[str, Scope], ...]]) -> World:
    with Workspace.open(workspace, create=True) as opened:
        ingest(opened, [files])
    planner = EstatePlanner(workspace)
    accounts = sorted({deal.account for deal in planner.workspace.deals(()) if deal.account})
    plans = {}
    for analysis, parts in asked.items():
        scope = make_scope({"account": accounts[0]}) if analysis == "prospect" else ()
        plans[analysis] = planner.plan_for(f"{analysis} of {name}", analysis, scope, parts=parts)
    return World(name, planner, plans)


def passes(world: World, case: Case) -> bool:
    """Whether some agent carries out every step of the plan in the end, so that nothing has to be left out."""
    steps = world.plans[case.analysis].plan.steps
    return all(step.task != case.refused and case.script.can_be_done(step.task, step.args) for step in steps)


def recoverable(world: World, case: Case) -> bool:
    """Whether the question can be answered all the same, as this module defines it."""
    plan: Plan = world.plans[case.analysis].plan
    tasks = [node.whole for node in plan.tree.nodes.values() if node.parent is None]
    impossible: dict[tuple[object, ...], Scope] = {}
    while True:
        before = len(impossible)
        for step in plan.steps:
            if step.task == case.refused or not case.script.can_be_done(step.task, step.args):
                scope = next((argument for argument in reversed(step.args) if isinstance(argument, tuple)), ())
                impossible[(step.task, *step.args)] = scope
        if len(impossible) == before:
            return True
        state = world.plans[case.analysis].plan.initial.copy()
        for (task, *_), scope in impossible.items():
            state.failed[task, scope] = "failed"
        ruled_out = Constraints(tuple((task, None) for task in impossible))
        outcome = find_plan(world.planner.domain, state, tasks, constraints=ruled_out)
        if not isinstance(outcome, Solved):
            return False
        plan = outcome.plan


def cases(found: dict[str, World], *, quick: bool) -> Iterator[Case]:
    """Yield the cases: each failure at every third step, which third going round; quick, each at one of the steps.

    Quick, an analysis meets every third failure, so that all analyses together meet all of them.
    """
    for world in found.values():
        for turn, (analysis, plan) in enumerate(world.plans.items()):
            tasks = list(dict.fromkeys(step.task for step in plan.plan.steps))
            for number, group in enumerate(GROUPS):
                chosen = [tasks[number % len(tasks)]] if (number + turn) % 3 == 0 else []
                for task in chosen if quick else tasks[number % 3 :: 3] or tasks[:1]:
                    yield group.case(world.name, analysis, task)
            for seed in range(1 if quick else SEEDS):
                yield Case("30 % of steps, passing", world.name, analysis, Script(seed=seed))
                two = Script(seed=seed, kinds=ALL_KINDS, agents=2)
                yield Case("30 % of steps, any failure, two agents", world.name, analysis, two)
