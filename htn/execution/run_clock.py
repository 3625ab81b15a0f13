"""How long a run was carried out: read where results are recorded, so that a replay sees the same times."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

__all__ = ["RunClock"]


class RunClock:
    """Seconds in which a process carried a run out and did more than wait for a person.

    Parameters
    ----------
    before : float
        Seconds of earlier sessions.
    clock : callable
        A clock that is never put back.

    Examples
    --------
    >>> now = iter([0.0, 5.0, 7.0, 9.0, 9.0]).__next__
    >>> clock = RunClock(100.0, clock=now)
    >>> clock.read()
    105.0
    >>> clock.stand_still(True)
    >>> clock.read()
    107.0
    """

    def __init__(self, before: float = 0.0, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._read = before
        self._since = clock()
        self._still = False

    def read(self) -> float:
        """Return the seconds so far."""
        with self._lock:
            now = self._clock()
            self._read += 0.0 if self._still else now - self._since
            self._since = now
            return self._read

    def advance(self, seconds: float) -> None:
        """Take note of a time that was recorded: it is at least as late as that."""
        with self._lock:
            self._read = max(self._read, seconds)

    def stand_still(self, still: bool) -> None:
        """Count no more from now on, because everything waits for a person; or count again."""
        if still is not self._still:
            self.read()
            self._still = still
