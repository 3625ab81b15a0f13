"""Limits on a search: checked by the search itself, so that they hold in any thread."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from htn.model.errors import InputError
from htn.model.record import Record

__all__ = ["Limits", "Meter"]

_PAGE = os.sysconf("SC_PAGE_SIZE")
_MEMORY_EVERY = 64
"""The memory is read at every so many checks; reading it costs about 5 microseconds."""


class Limits(Record):
    """How much a search may take; None is no limit.

    Attributes
    ----------
    seconds : float or None
        Wall-clock seconds.
    nodes : int or None
        Tasks processed: operators applied and methods chosen, again after every step back.
    memory_mb : int or None
        By how many MiB the process's resident memory may grow; 0 is reached at once. Limited by default, because a
        recursion that changes the state for ever would otherwise fill the machine.
    cancelled : callable or None
        Asked now and then; the search stops once it returns true.
    """

    seconds: float | None = None
    nodes: int | None = None
    memory_mb: int | None = 4096
    cancelled: Callable[[], bool] | None = None

    def __post_init__(self) -> None:
        for name in ("seconds", "nodes", "memory_mb"):
            value = getattr(self, name)
            if value is not None and not (isinstance(value, (int, float)) and value >= 0):
                raise InputError(f"the limit on {name} must be a number from 0 up or None, got {value!r}")


def resident_mb() -> float:
    """Return the process's resident memory in MiB; on systems without ``/proc``, its peak so far."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * _PAGE / 2**20
    except OSError:
        import resource
        import sys

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


class Meter:
    """Says which limit has been reached, if any; asked by the search every few nodes."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._started = time.perf_counter()
        self._deadline = None if limits.seconds is None else self._started + limits.seconds
        self._memory_before = 0.0 if limits.memory_mb is None else resident_mb()
        self._checks = 0

    @property
    def seconds(self) -> float:
        """Seconds since the search began."""
        return time.perf_counter() - self._started

    def _grown(self) -> float:
        return max(0.0, resident_mb() - self._memory_before)  # what others free meanwhile is no credit

    def reached(self, nodes: int) -> str | None:
        """Return ``"seconds"``, ``"nodes"``, ``"memory"`` or ``"cancelled"``, or None while all is well."""
        limits = self._limits
        if limits.nodes is not None and nodes > limits.nodes:
            return "nodes"
        if self._deadline is not None and time.perf_counter() >= self._deadline:
            return "seconds"
        if limits.cancelled is not None and limits.cancelled():
            return "cancelled"
        if limits.memory_mb is not None and self._checks % _MEMORY_EVERY == 0 and self._grown() >= limits.memory_mb:
            return "memory"
        self._checks += 1
        return None
