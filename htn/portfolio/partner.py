"""A partner: a second process in which other members of the portfolio work at the same time."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection

from htn.model.errors import InputError
from htn.portfolio.members import Candidate, Progress
from htn.portfolio.schedule import Slice, Turns

__all__ = ["Partner"]


class Partner:
    """Members at work in a process of their own, which ends with this one.

    Parameters
    ----------
    members : mapping
        What begins each search.
    slices : sequence of Slice
        Their turns.

    Raises
    ------
    InputError
        Where processes cannot be forked.
    """

    def __init__(self, members: Mapping[str, Callable[[], Progress]], slices: Sequence[Slice]) -> None:
        if "fork" not in multiprocessing.get_all_start_methods():
            raise InputError("a second core needs processes that can be forked, which this system does not have")
        context = multiprocessing.get_context("fork")
        self._connection, there = context.Pipe(duplex=False)
        self._process = context.Process(target=_work, args=(there, members, slices), daemon=True)
        self._process.start()
        there.close()
        self.ended: str | None = None

    def poll(self) -> Candidate | None:
        """Return a plan that has arrived, if one has; `ended` says how the searches ended once all have."""
        if self.ended is None and self._connection.poll():
            try:
                message = self._connection.recv()
            except EOFError:  # the process is gone, whatever ended it
                self.ended = "gave up"
                return None
            if isinstance(message, str):
                self.ended = message
            else:
                return Candidate(*message)
        return None

    def wait(self, seconds: float) -> None:
        """Wait until something arrives, or the seconds are over."""
        self._connection.poll(seconds)

    def close(self) -> None:
        """End the process."""
        self._process.kill()  # a milder signal is lost on a process that has only just been forked
        self._process.join()
        self._connection.close()


def _work(connection: Connection, members: Mapping[str, Callable[[], Progress]], slices: Sequence[Slice]) -> None:
    import signal

    # Interrupting is the first process's business: it ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    turns = Turns(members, slices).run()
    while True:
        try:
            candidate = next(turns)
        except StopIteration as stop:
            connection.send(stop.value)
            return
        if candidate is not None:
            connection.send((candidate.plan, candidate.member))
