"""Commands that run plans and look at runs: run, runs, show, resume, fork, cancel."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domains.analysis.analysis_plan import AnalysisPlan
from domains.analysis.cli.approving import WAITS, how_to_answer, run_options, waiting_by_run
from domains.analysis.cli.show import plan_text, print_json, words
from htn.model.errors import InputError
from htn.views.amounts import duration_text
from htn.views.plain import clean
from htn.writing import write_whole

if TYPE_CHECKING:
    from domains.analysis.planner import EstatePlanner
    from htn.execution.options import RunOptions
    from htn.execution.runs import RunHandle
    from htn.execution.tracking import RunStatus

__all__ = ["cancel", "carry_out", "find_run", "fork", "plan_of", "resume", "run", "runs", "show"]

PARTLY = 43
_FINDINGS = 12
"""How many findings a terminal is shown, unless more stand firmly; reports and JSON have all."""
_EXIT = {"completed": 0, "running": 0, "waiting": WAITS, "failed": 40, "cancelled": 41}


def run(arguments: argparse.Namespace) -> int:
    """Plan a question, or take a plan from a file, and carry it out."""
    from domains.analysis.cli.planning import plan_from, planner_for
    from domains.analysis.trusted import trusted

    if bool(arguments.question) == bool(arguments.plan):
        raise InputError("give either a question or --plan FILE")
    _check_report_name(arguments.report)
    if arguments.plan:
        made = AnalysisPlan.read(arguments.plan)
        arguments.domain = trusted(arguments.workspace, made.additions, arguments.domain)
        planner = planner_for(arguments)
        verdict = planner.check(made)
        if not verdict.startswith("sound"):
            raise InputError(
                f"the plan does not fit this version's methods; plan again ({verdict})", path=arguments.plan
            )
    else:
        planner = planner_for(arguments)
        made = plan_from(planner, arguments)
        if not (arguments.quiet or arguments.json):
            print(plan_text(made), end="\n\n", flush=True)
    if arguments.plan or arguments.quiet or arguments.json:
        _say_what_leaves(made)
    quiet = arguments.quiet or arguments.json
    options = run_options(arguments, planner)
    code, document = carry_out(planner, made, quiet=quiet, report=arguments.report, options=options)
    if arguments.json:
        print_json(document)
    return code


def _say_what_leaves(plan: AnalysisPlan) -> None:
    """Say on standard error which data leave this machine, where the plan with this note is not shown."""
    from domains.analysis.claude.configuration import LEAVES

    for note in plan.assessment.get("notes", ()):
        if note.startswith(LEAVES):
            print(clean(note), file=sys.stderr, flush=True)


def carry_out(
    planner: EstatePlanner,
    plan: AnalysisPlan,
    *,
    quiet: bool,
    report: str | None,
    options: RunOptions | None = None,
) -> tuple[int, dict[str, Any]]:
    """Run a plan to its end, show its progress and answer, write the report; return exit code and run document."""
    return _follow(planner.folder, planner.run(plan, options=options), quiet=quiet, report=report)


def _follow(folder: Path, handle: RunHandle, *, quiet: bool, report: str | None) -> tuple[int, dict[str, Any]]:
    from htn.execution.runs import show_run
    from htn.execution.terminal import follow

    try:
        if not quiet:
            print(f"Run {handle.run_id}", flush=True)
            follow(folder, handle.run_id, over=lambda: handle.done, words=words)
        handle.wait()
    except KeyboardInterrupt:
        handle.cancel()
        handle.wait(30)
        raise
    status = show_run(folder, handle.run_id)
    document = run_document(folder, status)
    waits = status.run.status == "waiting"
    if report and not waits:
        write_report(folder, handle.run_id, report)
    if not quiet and waits:
        print("\n".join(how_to_answer(status)), flush=True)
    elif not quiet:
        print("\n" + answer_text(document), flush=True)
        print(f"\nIt took {duration_text(status.elapsed)}{_expectation(document['expected'])}.", flush=True)
        if report and not waits:
            print(f"\nReport written to {clean(report)}", flush=True)
    partly = status.run.status == "completed" and bool(status.missing)
    return PARTLY if partly else _EXIT[status.run.status], document


def run_document(folder: Path | str, status: RunStatus) -> dict[str, Any]:
    """Return a run as the JSON document that `run`, `show`, `resume` and `fork` print."""
    from htn.execution.story import plan_changes

    record = status.run
    return {
        "run_id": record.run_id,
        "status": record.status,
        "question": record.title,
        "analysis": dict(record.context.get("analysis_plan", {})).get("analysis"),
        "sentence": status.sentence,
        "created": _when(record.created),
        "finished": _when(record.finished) if record.finished else None,
        "elapsed": status.elapsed,
        "expected": dict(record.context.get("analysis_plan", {})).get("estimate", {}).get("totals", {}),
        "progress": status.progress,
        "interrupted": status.interrupted,
        "forked_from": record.forked_from,
        "waiting": [step.id for step in status.waiting],
        "missing": [dict(item) for item in status.missing],
        "budget": dict(record.result.get("budget", {})),
        "changes": plan_changes(folder, record.run_id),
        "steps": status.to_json()["steps"],
        "answer": _answer(folder, record.run_id),
    }


def _expectation(totals: dict[str, Any]) -> str:
    """Return what was expected of a run before it began, to stand behind what it took."""
    time = totals.get("seconds")
    return (
        ""
        if time is None
        else f" (expected: {duration_text(time['p10'])} to {duration_text(time['p90'])} in 8 of 10 runs)"
    )


def _answer(folder: Path | str, run: str) -> dict[str, Any] | None:
    """Return the reviewed answer of a run, or None while there is none."""
    from htn.execution.artifacts import ArtifactStore
    from htn.execution.journal import Journal

    with Journal(Path(folder), readonly=True) as journal:
        reviews = [step.id for step in journal.plan(run).steps if step.capability == "review_answer"]
        for attempt in reversed(journal.attempts(run)):
            if attempt.step_id in reviews and attempt.artifact is not None:
                return dict(ArtifactStore(journal).get(attempt.artifact).document)
    return None


def answer_text(document: dict[str, Any]) -> str:
    """Return a run's answer in words: headline, findings with how firmly they stand, what is missing."""
    answer = document["answer"]
    if answer is None:
        lines = [f"No answer: {document['sentence']}"]
    else:
        lines = [answer["headline"], ""]
        lines += _finding_lines(answer["findings"], document["run_id"])
    lines += [f"Missing: {_missing(item)}" for item in document["missing"]]
    return "\n".join(clean(line) for line in lines)


def _finding_lines(findings: Sequence[Mapping[str, Any]], run: str) -> Iterator[str]:
    """Yield the findings in their order; of very many, those that stand firmly, some others, and how many there are."""
    firmly = [place for place, finding in enumerate(findings) if finding["strength"] in ("established", "suggestive")]
    others = [place for place in range(len(findings)) if place not in firmly]
    shown = {*firmly, *others[: max(_FINDINGS - len(firmly), 0)]}
    for place in sorted(shown):
        yield f"- {findings[place]['claim']} [{findings[place]['strength']}]"
    left = [finding for place, finding in enumerate(findings) if place not in shown]
    if left:
        vain = sum(finding["strength"] == "not established" for finding in left)
        told = f"- and {len(left)} more, {vain} of them not established; the report has all:"
        yield f"{told} estate show {run} --report report.html"


def _missing(item: Mapping[str, Any]) -> str:
    from domains.analysis.report.consequences import consequence_of

    why = f"{item['failure']}: {item['why']}" if item.get("failure") else item.get("why", "")
    return f"{item.get('description') or item.get('task')} ({why}). {consequence_of(item)}"


def write_report(folder: Path | str, run: str, path: str) -> None:
    """Write a run's report as HTML or Markdown, by the file's ending."""
    from domains.analysis.report import report_for_run

    report = report_for_run(Path(folder), run)
    write_whole(path, report.to_markdown() if path.endswith(".md") else report.to_html(), private=True)


def _check_report_name(path: str | None) -> None:
    if path and not path.endswith((".html", ".htm", ".md")):
        raise InputError("a report is written as .html or .md", path=path)
    if path and not Path(path).resolve().parent.is_dir():
        raise InputError("the folder for the report does not exist", path=path)


def find_run(folder: Path | str, wanted: str) -> str:
    """Return the id of a run named by its id, the beginning of one, or ``last``.

    Raises
    ------
    InputError
        When there is none, or more than one.
    """
    from htn.execution.runs import list_runs

    known = [record.run_id for record in list_runs(folder)]
    if not known:
        raise InputError(f"the workspace {folder} has no runs")
    if wanted == "last":
        return known[0]
    found = [run for run in known if run == wanted] or [run for run in known if run.startswith(wanted)]
    if len(found) != 1:
        listed = ", ".join((found or known)[:5])
        raise InputError(f"{wanted!r} names {'several runs' if found else 'no run'}; there are {listed}")
    return found[0]


def plan_of(folder: Path | str, run: str, revision: int | None = None) -> AnalysisPlan:
    """Return the analysis plan in force in a run, or another revision of it.

    Raises
    ------
    InputError
        When the run is of another application.
    """
    from dataclasses import replace

    from htn.execution.journal import Journal
    from htn.plan import Plan

    with Journal(Path(folder), readonly=True) as journal:
        record = journal.run(run)
        document = journal.plan(run, revision).document
    kept = record.context.get("analysis_plan")
    if kept is None:
        raise InputError(f"run {run} is no run of an analysis plan")
    return replace(AnalysisPlan.from_json(kept), plan=Plan.from_json(document))


def runs(arguments: argparse.Namespace) -> int:
    """List the runs, the newest first."""
    from htn.execution.runs import list_runs

    records = list_runs(arguments.workspace)
    waiting = waiting_by_run(arguments.workspace)
    if arguments.json:
        print_json(
            [
                {
                    "run_id": record.run_id,
                    "status": record.status,
                    "question": record.title,
                    "created": _when(record.created),
                    "finished": _when(record.finished) if record.finished else None,
                    "forked_from": record.forked_from,
                    "waiting": waiting.get(record.run_id, []),
                }
                for record in records
            ]
        )
        return 0
    if not records:
        print(clean(f"The workspace {arguments.workspace} has no runs yet."))
    for record in records:
        origin = f"  (forked from {record.forked_from})" if record.forked_from else ""
        print(f"{record.run_id}  {record.status:<9}  {_when(record.created)}  {clean(record.title)}{origin}")
        if record.run_id in waiting:
            steps = clean(", ".join(waiting[record.run_id]))
            print(f"    waits for a person: {steps}; estate approve {record.run_id} says more")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Show a run: where it stands, its steps, what was changed on the way, its answer; write its report."""
    from domains.analysis.cli.path import path_events, path_lines
    from htn.execution.runs import show_run
    from htn.execution.terminal import status_lines

    _check_report_name(arguments.report)
    identity = find_run(arguments.workspace, arguments.run)
    status = show_run(arguments.workspace, identity)
    document = run_document(arguments.workspace, status)
    if arguments.report:
        write_report(arguments.workspace, identity, arguments.report)
    if arguments.json:
        print_json({**document, "path": path_events(arguments.workspace, identity)})
        return 0
    print("\n".join(status_lines(status)))
    if status.run.forked_from:
        print(f"\nforked from {status.run.forked_from}")
    path = path_lines(arguments.workspace, identity)
    if path:
        print("\n".join(["", "On the way", *(f"  {clean(line)}" for line in path)]))
    print(f"\nelapsed {duration_text(status.elapsed)}{_expectation(document['expected'])}\n\n{answer_text(document)}")
    print("\n".join(how_to_answer(status)), end="\n" if status.waiting else "")
    return 0


def resume(arguments: argparse.Namespace) -> int:
    """Go on with a run; finished steps are not done again."""
    from htn.execution.runs import show_run, take_up_run

    _check_report_name(arguments.report)
    identity = find_run(arguments.workspace, arguments.run)
    status = show_run(arguments.workspace, identity)
    if status.run.status == "completed":
        return _already(arguments, status)
    return _again(arguments, take_up_run(arguments.workspace, identity))


def _already(arguments: argparse.Namespace, status: RunStatus) -> int:
    """Say of a completed run that there is nothing to go on with, and where its report is."""
    run, document = status.run.run_id, run_document(arguments.workspace, status)
    if arguments.report:
        write_report(arguments.workspace, run, arguments.report)
    if arguments.json:
        print_json(document)
    elif not arguments.quiet:
        when = "" if status.run.finished is None else f" since {_when(status.run.finished)}"
        print(f"Run {run} is completed{when}; nothing is left to go on with.\n\n{answer_text(document)}\n")
        where = f"estate show {run} --report FILE.html writes its report; estate fork {run} --from STEP does it again."
        print(f"Report written to {clean(arguments.report)}" if arguments.report else where)
    return PARTLY if status.missing else _EXIT["completed"]


def fork(arguments: argparse.Namespace) -> int:
    """Start another run of the same plan that does a step, and all that depends on it, again."""
    from htn.execution.runs import fork_run

    _check_report_name(arguments.report)
    identity = find_run(arguments.workspace, arguments.run)
    handle = fork_run(arguments.workspace, identity, arguments.step)
    if not (arguments.quiet or arguments.json):
        print(clean(f"Forked from run {identity} at {arguments.step}."), flush=True)
    return _again(arguments, handle)


def _again(arguments: argparse.Namespace, handle: RunHandle) -> int:
    quiet = arguments.quiet or arguments.json
    code, document = _follow(Path(arguments.workspace), handle, quiet=quiet, report=arguments.report)
    if arguments.json:
        print_json(document)
    return code


def cancel(arguments: argparse.Namespace) -> int:
    """Cancel a run."""
    from htn.execution.runs import cancel_run

    record = cancel_run(arguments.workspace, find_run(arguments.workspace, arguments.run))
    if arguments.json:
        print_json({"run_id": record.run_id, "status": record.status, "cancel_requested": record.cancel_requested})
    else:
        asked = "" if record.finished else ", and was asked to stop"
        print(f"{record.run_id} is {record.status}{asked}.")
    return 0


def _when(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")
