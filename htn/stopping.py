"""What ends a command from outside: its limits on time and memory, and signals."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Stopped", "Watch"]

_EVERY = 0.02
"""Seconds between two looks at the limits."""

_QUIET = 1.0
"""Seconds that the program has to end after a limit was reached, before it is told so again: what it does then must not
be interrupted, but the first time may have come where exceptions are lost, as when an object is freed."""


_CODES = {"seconds": 21, "memory": 23, "interrupted": 130, "terminated": 143}


class Stopped(BaseException):
    """The command is to end now. No `Exception`, so that nothing on the way takes it for a fault of its own.

    Attributes
    ----------
    why : str
        ``"seconds"`` or ``"memory"`` where a limit was reached; ``"interrupted"`` or ``"terminated"`` by a signal.
    code : int
        The exit code.
    """

    def __init__(self, why: str) -> None:
        self.why, self.code = why, _CODES[why]
        super().__init__(f"the limit on {why} was reached" if self.at_limit else why)

    @property
    def at_limit(self) -> bool:
        """Whether a limit was reached."""
        return self.code < 30


class Watch:
    """Limits on the whole of a command, whatever it is doing: reading, compiling, searching, writing.

    Searches look at limits themselves and end with what they know. The watch is for everything else, and is behind
    them: it raises `Stopped` wherever the program is.

    Parameters
    ----------
    seconds : float or None
        Wall-clock seconds.
    memory_mb : float or None
        MiB of resident memory.
    begun : float, optional
        When the command began, by `time.perf_counter`; now unless given.
    """

    def __init__(
        self, seconds: float | None = None, memory_mb: float | None = None, begun: float | None = None
    ) -> None:
        self.begun = time.perf_counter() if begun is None else begun
        self._deadline = None if seconds is None else self.begun + seconds
        self._memory_mb = memory_mb
        self._process = os.getpid()
        self._quiet_until = 0.0
        # What is left for writing the plan when the search is at its limit.
        self._reserve = 0.0 if seconds is None else min(0.25, 0.04 * seconds)

    @property
    def seconds_left(self) -> float | None:
        """How long a search may take, so that there is time to write what it finds."""
        return None if self._deadline is None else max(0.0, self._deadline - self._reserve - time.perf_counter())

    @property
    def memory_left(self) -> int | None:
        """By how many MiB a search may let the memory grow, so that it ends itself before the watch ends it."""
        from htn.planning.limits import resident_mb

        return None if self._memory_mb is None else max(0, int(0.97 * self._memory_mb - resident_mb()))

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep the limits, and end on SIGINT and SIGTERM, inside the block; signals reach the main thread only.

        Raises
        ------
        Stopped
            When a limit is reached, or on a signal.
        """
        handlers: dict[int, Any] = {signal.SIGINT: self._stop, signal.SIGTERM: self._stop}
        limited = self._deadline is not None or self._memory_mb is not None
        if limited:
            handlers[signal.SIGALRM] = self._look
        try:
            before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        except ValueError:
            yield  # in another thread: the searches look at limits themselves
            return
        if limited:
            signal.setitimer(signal.ITIMER_REAL, _EVERY, _EVERY)
        try:
            yield
        finally:
            if limited:
                signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _look(self, *_: object) -> None:
        now = time.perf_counter()
        if now < self._quiet_until:
            return
        reached = self._reached(now)
        if reached is not None:
            self._quiet_until = now + _QUIET
            raise Stopped(reached)

    def _reached(self, now: float) -> str | None:
        if self._deadline is not None and now >= self._deadline:
            return "seconds"
        if self._memory_mb is not None:
            from htn.planning.limits import resident_mb

            if resident_mb() > self._memory_mb:
                return "memory"
        return None

    def _stop(self, number: int, _: object) -> None:
        if os.getpid() != self._process:
            os._exit(128 + number)  # a process that was forked meanwhile has nothing to say
        raise Stopped("interrupted" if number == signal.SIGINT else "terminated")
