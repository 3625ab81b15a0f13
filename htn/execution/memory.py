"""Memory of steps: how much a step adds to the process while it runs, and what the machine has left."""

from __future__ import annotations

import threading
from types import TracebackType

from htn.planning.limits import resident_mb

__all__ = ["PeakMemory", "available_bytes"]

_EVERY_SECONDS = 0.02


class PeakMemory:
    """Measures the peak of the process's resident memory above what it was at the start.

    Steps that run side by side in one process are each charged what all of them add meanwhile: an upper bound.

    Attributes
    ----------
    bytes : int
        The peak so far.

    Examples
    --------
    >>> with PeakMemory() as peak:
    ...     block = bytearray(64 * 2**20)
    >>> del block
    >>> 50 * 2**20 < peak.bytes < 200 * 2**20
    True
    """

    def __init__(self) -> None:
        self.bytes = 0
        self._before = 0.0
        self._done = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="peak memory", daemon=True)

    def __enter__(self) -> PeakMemory:
        self._before = resident_mb()
        self._watching.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._look()
        self._done.set()
        self._watching.join()

    def _watch(self) -> None:
        while not self._done.wait(_EVERY_SECONDS):
            self._look()

    def _look(self) -> None:
        self.bytes = max(self.bytes, int((resident_mb() - self._before) * 2**20))


def available_bytes() -> int | None:
    """Return how much memory the machine can give to processes without swapping; None where that is not known."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None
