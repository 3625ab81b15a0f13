"""Commands for a team: a worker that carries out the runs of others, and which workers there are."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from domains.analysis.cli.show import print_json
from htn.model.errors import InputError
from htn.views.amounts import duration_text
from htn.views.plain import clean

__all__ = ["worker", "workers"]


def worker(arguments: argparse.Namespace) -> int:
    """Carry out runs of the team's database until interrupted or asked to end."""
    from domains.analysis.corpus.workspace import Workspace
    from domains.analysis.data_place import data_elsewhere
    from htn.execution.worker import Worker

    if arguments.runs < 1:
        raise InputError(f"--runs {arguments.runs}: a worker carries out at least one run at a time")
    if arguments.data is not None:
        with Workspace.open(Path(arguments.data)):  # says at once when there are none
            pass
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with data_elsewhere(arguments.data):
        working = Worker(arguments.workspace, name=arguments.name or "", places=arguments.runs, tell=_tell)
        _tell(f"worker {working.name} takes runs, {arguments.runs} at a time")
        taken = working.run(stop, grace=arguments.grace)
    _tell(f"worker {working.name} ends; it had {taken} run{'' if taken == 1 else 's'} of others taken up again")
    return 0


def _tell(sentence: str) -> None:
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    print(f"{moment} {clean(sentence)}", file=sys.stdout, flush=True)


def workers(arguments: argparse.Namespace) -> int:
    """List the workers that were heard from lately."""
    from htn.execution.errors import EmptyJournalError
    from htn.execution.journal import Journal
    from htn.execution.presence import live_workers

    try:
        with Journal(arguments.workspace, readonly=True) as journal:
            found = live_workers(journal)
    except EmptyJournalError:
        found = []
    if arguments.json:
        listed: list[dict[str, Any]] = [one.to_json() for one in found]
        print_json(listed)
        return 0
    for one in found:
        since = duration_text(max(time.time() - one.started, 0.0))
        print(clean(f"{one.name}  {one.places} runs at a time, process {one.pid} on {one.host}, for {since}"))
    if not found:
        print("There are no workers; start one with: estate worker --engine postgresql://HOST/DATABASE")
    return 0
