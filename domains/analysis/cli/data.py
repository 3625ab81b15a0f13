"""Commands that bring data in: ingest, demo."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from domains.analysis.cli.show import print_json
from htn.model.errors import InputError
from htn.views.plain import clean

if TYPE_CHECKING:
    from domains.analysis.corpus.report import IngestReport

__all__ = ["demo", "ingest"]

_DEMO_QUESTIONS = (
    "Which competitors do we lose to, and what do prospects say about them?",
    "Where does our pipeline stand, and what should we expect next quarter?",
)


def ingest(arguments: argparse.Namespace) -> int:
    """Read files into the workspace, show progress, and report what was found wrong."""
    report = _ingest(Path(arguments.workspace), [Path(path) for path in arguments.paths], arguments.mapping)
    if arguments.json:
        print_json(report.to_dict())
    else:
        print(clean_text(report.to_text()))
    return 30 if report.errors else 0


def _ingest(folder: Path, paths: list[Path], mapping: str | None) -> IngestReport:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from domains.analysis.corpus.ingest import ingest as read
    from domains.analysis.corpus.workspace import Workspace
    from htn.execution.terminal import is_live

    for path in paths:
        if not path.exists():
            raise InputError("there is no such file or folder", path=str(path))
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        Workspace.open(folder, create=True) as workspace,
        Progress(*columns, console=console, transient=True, disable=not is_live(sys.stderr)) as progress,
    ):
        bar = progress.add_task("reading", total=None)

        def advance(done: int, total: int, path: object) -> None:
            progress.update(bar, completed=done, total=total)

        return read(workspace, paths, Path(mapping) if mapping else None, advance)


def clean_text(text: str) -> str:
    """Return text cleaned line by line of what could steer a terminal."""
    return "\n".join(clean(line) for line in text.splitlines())


def demo(arguments: argparse.Namespace) -> int:
    """Make a synthetic sample, ingest it, plan two questions, run them and write their reports."""
    from domains.analysis.cli.planning import planner_for
    from domains.analysis.cli.running import carry_out
    from domains.analysis.cli.show import plan_text
    from domains.analysis.sample import generate, write

    folder = Path(arguments.workspace)
    quiet = arguments.json
    corpus = folder / "sample"
    _say(quiet, "A synthetic sample: an invented vendor of estate-planning software. Nothing in it is real.")
    if corpus.exists():
        shutil.rmtree(corpus)
    corpus.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    truth = corpus.with_name(corpus.name + ".truth.json")
    truth.unlink(missing_ok=True)
    written = write(generate(), corpus)
    _say(quiet, f"\n$ estate ingest {written.folder} --workspace {folder}")
    report = _ingest(folder, [Path(written.folder)], None)
    _say(quiet, clean_text(report.to_text()))
    results = []
    questions = [arguments.question] if arguments.question else list(_DEMO_QUESTIONS)
    for number, question in enumerate(questions, start=1):
        arguments.domain = []
        _say(quiet, f'\n$ estate plan "{question}" --workspace {folder}')
        planner = planner_for(arguments)
        plan = planner.plan(question)
        _say(quiet, plan_text(plan))
        target = folder / f"report-{number}.html"
        _say(quiet, f'\n$ estate run "{question}" --workspace {folder} --report {target}')
        code, document = carry_out(planner, plan, quiet=quiet, report=str(target))
        results.append(document)
        if code:
            if quiet:
                print_json({"runs": results})
            return code
        _say(quiet, f"\nThe report: {target.resolve()}")
    if quiet:
        print_json({"runs": results})
        return 0
    last = results[-1]
    step = last["steps"][0]["id"]
    estate = _command()
    _say(quiet, f"\nAsk why a step is there:  {estate} why {last['run_id']} {step} --workspace {folder}")
    _say(quiet, f'Ask your own question:    {estate} run "..." --workspace {folder} --report answer.html')
    return 0


def _command() -> str:
    """Return how the reader can call this command from where they are."""
    called = Path(sys.argv[0])
    if called.name != "estate":
        return "python -m domains.analysis"
    return "estate" if shutil.which("estate") else os.path.relpath(called)


def _say(quiet: bool, text: str) -> None:
    if not quiet:
        print(text)
        sys.stdout.flush()
