"""Recovery: runs of Estate Planner in which steps fail by a script, and what becomes of the report.

Each run answers a question about the synthetic sample, or about corpora beside the project where they are. One kind of
failure is injected at every step in turn, and 30 % of all steps fail at random. Which failures can be recovered from
is fixed beforehand, by the script and the domain (`_recovery_cases.py`), not by what the engine does. Counted are runs
that end in a complete report, runs that end in a partial one, work done twice, and failures that `estate why` and
`estate show` say nothing of.
"""

from __future__ import annotations

import contextlib
import io
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks._progress import shown
from benchmarks._recovery_cases import Case, World, cases, passes, recoverable, worlds
from benchmarks._recovery_faults import Fault, FaultyRuntime, Script, reference
from benchmarks._report import Claim, finish, parser, table
from domains.analysis.cli import main as estate
from domains.analysis.report import report_for_run
from htn.execution.approvals import ApprovalPolicy, answer_step, waiting_approvals
from htn.execution.journal import Journal
from htn.execution.options import RunOptions
from htn.execution.runs import RunHandle, begin_run, show_run
from htn.execution.tracking import RunStatus
from htn.views.text import steps_text

PATIENCE = 120.0
"""Seconds after which a run counts as hanging."""


# ----------------------------------------------------------------------------------------------------------------- run
def carry_out(world: World, case: Case) -> dict[str, Any]:
    """Run a case to its end, and return what came of it."""
    plan, folder = world.plans[case.analysis], world.planner.folder
    runtime = FaultyRuntime.of(case.script)
    runtime.forget()
    policy = ApprovalPolicy(operators=(case.refused,) if case.refused else ())
    context = {
        "workspace": str(folder.resolve()),
        "estimates": dict(plan.durations),
        "analysis_plan": plan.to_json(),
    }
    options = RunOptions(max_delay=0.01, approval=policy)
    began = time.process_time()
    handle = begin_run(folder, plan.plan, reference(case.script), title=plan.question, context=context, options=options)
    refused = _refuse(folder, handle) if case.refused else 0
    handle.wait(PATIENCE)
    runtime.record.released.set()
    seconds = time.process_time() - began
    status = show_run(folder, handle.run_id)
    injected = len(runtime.record.injected) + refused
    with Journal(folder, readonly=True) as journal:
        failed = [event.payload for event in journal.events(handle.run_id) if event.kind == "recovery"]
    return {
        "group": case.group,
        "world": case.world,
        "analysis": case.analysis,
        "task": case.refused or (case.script.faults[0].task if case.script.faults else ""),
        "seed": case.script.seed,
        "recoverable": recoverable(world, case),
        "passes": passes(world, case),
        "whole": status.run.status == "completed" and not status.missing,
        "injected": injected,
        "status": status.run.status,
        "ends": _ends(folder, status),
        "replans": int((status.run.result or {}).get("replans", 0)),
        "twice": sum(count - 1 for count in runtime.record.given.values()) if "criterion" not in case.group else 0,
        "silent": _told(folder, status.run.run_id, failed),
        "seconds": seconds,
        "run": handle.run_id,
    }


def _refuse(folder: Path, handle: RunHandle) -> int:
    """Be the person who says no to whatever is asked, until the run is over."""
    answered = 0
    while not handle.done:
        for asked in waiting_approvals(folder, handle.run_id):
            answer_step(folder, handle.run_id, asked.step_id, yes=False, by="drill", note="drill: not this step")
            answered += 1
        with contextlib.suppress(TimeoutError):
            handle.wait(0.02)
    return answered


def _ends(folder: Path, status: RunStatus) -> str:
    """Return "complete", "partial" or "none": what report a run ended in.

    It is complete when all that the plan in force holds was done and reviewed. What repairs left out of the plan,
    because there is no way to do it, has to be named under what is missing.
    """
    text = report_for_run(folder, status.run.run_id).to_markdown()
    answered = any(step.type == "ReviewedAnswer" and step.artifact for step in status.steps)
    result = status.run.result
    named = all(item["description"] in text for item in result.get("left_out", ()))
    if answered and status.run.status == "completed" and not result.get("missing") and named:
        return "complete"
    names = [step.description for step in status.steps if step.status in ("failed", "skipped")]
    said = all(name in text for name in names)
    return "partial" if names and said and len(text) > 200 else "none"


def _told(folder: Path, run: str, failed: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return which failed steps `estate why` does not give the reason of, or `estate show` does not name."""
    silent = []
    code, shown = _estate("show", run, "--workspace", str(folder))
    if code:
        silent.append("show fails")
    for step in dict.fromkeys(event["step"] for event in failed):
        messages = [" ".join(event["message"].split())[:60] for event in failed if event["step"] == step]
        code, text = _estate("why", run, step, "--workspace", str(folder))
        text = " ".join(text.split())
        silent += [f"why {step}: {message}" for message in messages if code or message not in text]
        described = _description(folder, run, step)
        if described not in shown:
            silent.append(f"show {step}: {described}")
    return silent


def _description(folder: Path, run: str, step: str) -> str:
    with Journal(folder, readonly=True) as journal:
        return next(s.description for plan in journal.plans(run) for s in plan.steps if s.id == step)


def _estate(*arguments: str) -> tuple[int, str]:
    """Call `estate` as a user does."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        code = estate(list(arguments))
    return int(code or 0), printed.getvalue()


# -------------------------------------------------------------------------------------------------------------- tables
HEADS = ("runs", "recoverable", "complete", "partial", "none", "others", "complete", "partial", "none", "replans")


def lines(rows: Sequence[dict[str, Any]], key: str) -> Iterator[list[Any]]:
    """Yield a line for each value of a key: how the recoverable runs ended, and how the others did."""
    for name in [*dict.fromkeys(row[key] for row in rows), "all"]:
        mine = [row for row in rows if name in (row[key], "all")]
        counts: list[Any] = []
        for can in (True, False):
            part = [row for row in mine if row["recoverable"] is can]
            ends = Counter(row["ends"] for row in part)
            counts += [len(part), ends["complete"], ends["partial"], ends["none"]]
        yield [name, len(mine), *counts, statistics.fmean(row["replans"] for row in mine)]


def claims(rows: Sequence[dict[str, Any]]) -> list[Claim]:
    """Return what is to be shown."""
    can = [row for row in rows if row["recoverable"]]
    complete = sum(row["ends"] == "complete" for row in can) / len(can)
    passing = [row for row in rows if row["passes"]]
    whole = sum(row["ends"] == "complete" and row["whole"] for row in passing) / len(passing)
    drawn = [row for row in can if row["seed"] is not None]
    at_random = sum(row["ends"] == "complete" for row in drawn) / len(drawn)
    return [
        Claim("recoverable runs that end in a complete report", complete, 0.95, at_most=False),
        Claim("runs whose every step can be done in the end, with nothing left out", whole, 0.95, at_most=False),
        Claim("recoverable runs, complete, where 30 % of the steps fail at random", at_random, 0.95, at_most=False),
        Claim("runs that end in no report", sum(row["ends"] == "none" for row in rows), 0),
        Claim("finished steps carried out again", sum(row["twice"] for row in rows), 0),
        Claim("runs with a failure that why or show does not tell", sum(bool(row["silent"]) for row in rows), 0),
    ]


def tell(world: World, case: Case) -> None:
    """Print one run as a user sees it: the plan, `estate show`, `estate why` of what failed, and the report's gaps."""
    plan = world.plans[case.analysis].plan
    print(f"The plan for {case.analysis} on {world.name}\n\n{steps_text(plan.to_json())}\n")
    row, folder = carry_out(world, case), str(world.planner.folder)
    print(f"$ estate show last\n{_estate('show', row['run'], '--workspace', folder)[1]}")
    failed = next(step.id for step in plan.steps if step.task == row["task"])
    print(f"$ estate why last {row['task']}\n{_estate('why', row['run'], failed, '--workspace', folder)[1]}")
    again = f"{row['twice']} finished steps done again"
    changed = "once" if row["replans"] == 1 else f"{row['replans']} times"
    print(f"ends in a {row['ends']} report; the plan changed {changed}, {again}")


def main() -> None:
    """Measure, print and check."""
    made = parser(__doc__ or "")
    made.add_argument("--group", help="only groups with these words in their name")
    made.add_argument(
        "--tell", nargs=4, metavar=("CORPUS", "ANALYSIS", "OPERATOR", "FAILURE"), help="show a single run in full"
    )
    options = made.parse_args()
    if options.tell:
        corpus, analysis, task, kind = options.tell
        with tempfile.TemporaryDirectory() as folder:
            world = worlds(Path(folder), shared=corpus != "sample")[corpus]
            case = Case("told", corpus, analysis, Script((Fault(task, kind, None),)))
            tell(world, case)
        return
    with tempfile.TemporaryDirectory() as folder:
        found = worlds(Path(folder), shared=not options.quick)
        chosen = [case for case in cases(found, quick=options.quick) if (options.group or "") in case.group]
        rows = [carry_out(found[case.world], case) for case in shown(chosen, "runs")]
    hit = [row for row in rows if row["injected"]]
    print(f"{len(rows)} runs; in {len(rows) - len(hit)} nothing was drawn to fail, which do not count\n")
    for key in ("group", "world", "analysis"):
        print(table([key, *HEADS], list(lines(hit, key))), end="\n\n")
    for row in hit:
        if row["ends"] == "none" or (row["recoverable"] and row["ends"] != "complete"):
            print(f"{row['ends']}: {row['group']} at {row['task'] or row['seed']} ({row['world']}, {row['analysis']})")
    finish(options, {"rows": rows}, claims(hit))


if __name__ == "__main__":
    main()
