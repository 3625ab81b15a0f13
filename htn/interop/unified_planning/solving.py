"""Searching, for the engines: the one place that says how; the anytime engine's search runs beside its reader."""

from __future__ import annotations

import math
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Event, Thread

from htn.hddl.model import Domain, Problem
from htn.planning.limits import Limits
from htn.portfolio import Result, solve

__all__ = ["ever_better", "search"]


def search(domain: Domain, problem: Problem, limits: Limits, seed: int | None = None, cores: int = 1) -> Result:
    """Search for a plan as ``htn solve`` does.

    Parameters
    ----------
    domain, problem : Domain, Problem
        What to solve.
    limits : Limits
        How much the search may take.
    seed : int, optional
        Shuffles what the searches leave open.
    cores : int
        1 or 2.
    """
    return solve(domain, problem, limits=limits, seed=seed, cores=cores)


def ever_better(
    domain: Domain, problem: Problem, limits: Limits, seed: int | None = None, cores: int = 1
) -> Iterator[tuple[bool, Result]]:
    """Yield plans as they are found, each cheaper than those before; then the end of the search, marked as such.

    The search goes on in a thread of its own while a plan is looked at, and stops when the iterator is closed.

    Yields
    ------
    bool, Result
        Whether this is the end, and what was found so far.
    """
    found: SimpleQueue[tuple[bool, Result | BaseException]] = SimpleQueue()
    closed = Event()

    def run() -> None:
        stopping = Limits(limits.seconds, limits.nodes, limits.memory_mb, closed.is_set)
        try:
            result = solve(
                domain,
                problem,
                limits=stopping,
                seed=seed,
                improve=math.inf,
                cores=cores,
                report=lambda better: found.put((False, better)),
            )
            found.put((True, result))
        except BaseException as error:  # noqa: BLE001  (raised again where the results are read)
            found.put((True, error))

    thread = Thread(target=run, name="htn-anytime", daemon=True)
    thread.start()
    try:
        ended = False
        while not ended:
            ended, result = found.get()
            if isinstance(result, BaseException):
                raise result
            yield ended, result
    finally:
        closed.set()
        thread.join()
