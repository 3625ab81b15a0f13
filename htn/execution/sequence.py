"""Hands back the results of operations that run at the same time, in an order that a replay repeats."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from htn.execution.run_clock import RunClock

__all__ = ["Durable", "Sequencer"]

T = TypeVar("T")

Order = tuple[int, int]
Result = dict[str, Any]


class Durable(Protocol):
    """Where results are recorded, so that an operation that was recorded is not carried out again.

    Both methods are called in the order in which operations are submitted, and that order identifies an operation: the
    n-th one of a replay gets the recorded result of the n-th one. The body is not called for one that was recorded.
    """

    def record(self, name: str, body: Callable[[], Result]) -> Awaitable[Result]:
        """Call a body in a worker thread, record what it returns and return it."""

    def record_async(self, name: str, body: Callable[[], Coroutine[Any, Any, Result]]) -> Awaitable[Result]:
        """Await a coroutine function, record what it returns and return it."""


@dataclass(slots=True, eq=False)
class _Operation(Generic[T]):
    """One operation: not known to be recorded or new, then live, then with a place in the order, then done."""

    tag: T
    live: bool = False
    order: Order | None = None
    task: asyncio.Task[Result] | None = None

    @property
    def done(self) -> bool:
        return self.task is not None and self.task.done()

    @property
    def known(self) -> bool:
        """Whether it is clear if this is a replayed operation or a live one."""
        return self.live or self.done


class Sequencer(Generic[T]):
    """Runs operations and hands back their results one at a time.

    What the coordinator does next depends on the order in which results arrive; a replay after a crash must see the
    same order, or it would submit other operations than the recorded ones. So each result is recorded with its place:
    the number of the launch and a count within it. A result is handed back when every operation in hand is known to be
    replayed or live, and it has the least place among those that have one. A live operation's place is always greater
    than any recorded one, because every launch has a higher number than the ones before.

    Parameters
    ----------
    durable : Durable
        Where results are recorded.
    launch : int
        Number of this launch, greater than that of all launches before.
    clock : RunClock, optional
        Read when a result is recorded.
    """

    def __init__(self, durable: Durable, launch: int, clock: RunClock | None = None) -> None:
        self._durable = durable
        self._launch = launch
        self._clock = clock or RunClock()
        self._count = 0
        self._lock = threading.Lock()
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._operations: list[_Operation[T]] = []
        self._poll_at = 0.0

    def __len__(self) -> int:
        return len(self._operations)

    def submit(self, name: str, tag: T, body: Callable[[], Result]) -> None:
        """Carry out a body in a worker thread, unless it was recorded."""
        operation = _Operation(tag)

        def placed() -> Result:
            self._tell(self._make_live, operation)
            return self._place(operation, body())

        self._start(operation, self._durable.record(name, placed))

    def submit_async(self, name: str, tag: T, body: Callable[[], Coroutine[Any, Any, Result | None]]) -> None:
        """Await a coroutine function on the event loop, unless it was recorded; None counts as an empty result."""
        operation = _Operation(tag)

        async def placed() -> Result:
            self._make_live(operation)
            return self._place(operation, await body() or {})

        self._start(operation, self._durable.record_async(name, placed))

    def _start(self, operation: _Operation[T], awaitable: Awaitable[Result]) -> None:
        async def run() -> Result:
            return await awaitable

        self._operations.append(operation)
        operation.task = asyncio.create_task(run())
        operation.task.add_done_callback(lambda _: self._changed.set())

    def _make_live(self, operation: _Operation[T]) -> None:
        operation.live = True
        self._changed.set()

    def _place(self, operation: _Operation[T], result: Result) -> Result:
        # The place is taken and announced under one lock, so that the loop hears of places in their order.
        with self._lock:
            self._count += 1
            order = (self._launch, self._count)
            self._tell(self._set_order, operation, order)
        return {**result, "order": list(order), "clock": round(self._clock.read(), 3)}

    def _tell(self, change: Callable[..., None], *about: Any) -> None:
        """Have the loop change something; when it is closed, the session ended without waiting for this result."""
        try:
            self._loop.call_soon_threadsafe(change, *about)
        except RuntimeError:
            if not self._loop.is_closed():
                raise

    def _set_order(self, operation: _Operation[T], order: Order) -> None:
        operation.order = order
        self._changed.set()

    async def next(self, poll: Callable[[], bool], interval: float = 0.2) -> tuple[T, Result, bool] | None:
        """Return the tag and the result of the next operation, and whether it was replayed.

        Parameters
        ----------
        poll : callable
            Asked every ``interval`` seconds; when it says True, None is returned at once.
        interval : float
            Seconds between two questions.

        Raises
        ------
        BaseException
            What recording or the body raised; bodies are expected to return failures as results.
        """
        while True:
            self._changed.clear()
            operation = self._first()
            if operation is not None:
                self._operations.remove(operation)
                assert operation.task is not None
                result = operation.task.result()
                self._clock.advance(result["clock"])
                return operation.tag, result, not operation.live
            # Asked by the clock: neither a stream of results nor a long silence keeps it from being asked.
            if self._loop.time() >= self._poll_at:
                self._poll_at = self._loop.time() + interval
                if poll():
                    return None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), interval)

    def _first(self) -> _Operation[T] | None:
        """Return the operation to hand back now, if there is one."""
        for operation in self._operations:
            if operation.done and operation.order is None:
                assert operation.task is not None
                if operation.task.cancelled() or operation.task.exception() is not None:
                    return operation
                first, second = operation.task.result()["order"]
                operation.order = (first, second)
        if not all(operation.known for operation in self._operations):
            return None
        placed = [operation for operation in self._operations if operation.order is not None]
        best = min(placed, key=lambda operation: operation.order or (0, 0), default=None)
        return best if best is not None and best.done else None

    async def drain(self, seconds: float) -> int:
        """Wait a while for what is in hand and return how many operations are still running."""
        tasks = {operation.task for operation in self._operations if operation.task is not None}
        if not tasks:
            return 0
        done, pending = await asyncio.wait(tasks, timeout=seconds)
        for task in done:  # looked at, so that the loop does not report it as forgotten
            if not task.cancelled():
                task.exception()
        for task in pending:
            task.add_done_callback(lambda finished: finished.cancelled() or finished.exception())
        return len(pending)
