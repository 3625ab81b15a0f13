"""Who does what when, for many samples at once: a ready step starts as soon as an agent that can do it is free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from htn.scheduling.sampling import Floats

__all__ = ["Schedule", "critical_shares", "dispatch", "unlimited"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Sampled schedules, one row per sample and one column per step.

    Attributes
    ----------
    start, finish : ndarray of float
        When each step starts and ends.
    blocker : ndarray of int
        Column of the step that this one waited for last, be it a dependency or the step before it on the same agent;
        -1 if it waited for nothing.
    """

    start: Floats
    finish: Floats
    blocker: npt.NDArray[np.int64]


def dispatch(
    durations: Floats, dependencies: Sequence[Sequence[int]], eligible: Sequence[Sequence[int]], slots: int
) -> Schedule:
    """Simulate dispatching: at every moment the first ready step (in plan order) takes the slot that is free first.

    This is what the coordinator does (a parallel schedule generation scheme), carried out for all samples in
    lockstep: each round starts one step in every sample, the one that can start earliest.

    Parameters
    ----------
    durations : ndarray
        Of shape (samples, steps).
    dependencies : sequence of sequences of int
        For each step the steps that must finish before; acyclic.
    eligible : sequence of sequences of int
        For each step the slots that can do it, at least one. An agent of capacity 3 has three slots.
    slots : int
        How many slots there are.

    Returns
    -------
    Schedule
        Starts, ends and what each step waited for.

    Notes
    -----
    Takes O(samples * steps ** 2) time, as each round looks for the step to start; O(samples * steps) memory.

    Examples
    --------
    Two steps that need the same only slot, and one after both:

    >>> dispatch(np.array([[2.0, 3.0, 1.0]]), [[], [], [0, 1]], [[0], [0], [0]], 1).finish.tolist()
    [[2.0, 5.0, 6.0]]
    """
    samples, steps = durations.shape
    rows = np.arange(samples)
    classes, members = _slot_classes(eligible)
    open_steps = _Open(samples, steps, dependencies)
    free = np.zeros((samples, slots))
    free_by = np.full((samples, slots), -1)
    start, finish = np.zeros((samples, steps)), np.zeros((samples, steps))
    blocker = np.full((samples, steps), -1)

    for _ in range(steps):
        earliest_free = np.stack([free[:, member].min(axis=1) for member in members], axis=1)
        chosen = np.maximum(open_steps.ready, earliest_free[:, classes]).argmin(axis=1)
        slot = _first_free(free, members, classes[chosen])
        was_ready, was_free = open_steps.ready[rows, chosen], free[rows, slot]
        begins = np.maximum(was_ready, was_free)
        ends = begins + durations[rows, chosen]
        start[rows, chosen], finish[rows, chosen] = begins, ends
        blocker[rows, chosen] = np.where(was_free > was_ready, free_by[rows, slot], open_steps.latest_by[rows, chosen])
        free[rows, slot], free_by[rows, slot] = ends, chosen
        open_steps.end(chosen, ends)
    return Schedule(start, finish, blocker)


class _Open:
    """What is not started yet, in every sample: when it is ready, and what made it wait until then.

    Attributes
    ----------
    ready : ndarray of float
        When a step's dependencies are done; infinite until they are, and once it was started.
    latest, latest_by : ndarray
        When the last of its dependencies so far ended, and which that was.
    """

    def __init__(self, samples: int, steps: int, dependencies: Sequence[Sequence[int]]) -> None:
        self._rows = np.arange(samples)
        self._follows = np.zeros((steps, steps), dtype=bool)
        for step, before in enumerate(dependencies):
            self._follows[list(before), step] = True
        # How many wait for each step, and which they are, those of one step after those of another.
        self._count, self._after = self._follows.sum(axis=1), np.nonzero(self._follows)[1]
        self._first = np.cumsum(self._count) - self._count
        self._waiting = np.tile(self._follows.sum(axis=0), (samples, 1))
        self.ready = np.where(self._waiting == 0, 0.0, np.inf)
        self.latest = np.zeros((samples, steps))
        self.latest_by = np.full((samples, steps), -1)

    def end(self, chosen: npt.NDArray[np.int64], ends: Floats) -> None:
        """Take note of the step that was started in each sample, and of when it ends."""
        self.ready[self._rows, chosen] = np.inf
        many = self._count[chosen]
        total = int(many.sum())
        if total > self._waiting.size // 8:
            self._all(self._follows[chosen], chosen, ends)
            return
        # Few have waited for it: going through those alone is cheaper than going through all.
        row = np.repeat(self._rows, many)
        column = self._after[np.arange(total) + np.repeat(self._first[chosen] - np.cumsum(many) + many, many)]
        self._waiting[row, column] -= 1
        end, by = ends[row], chosen[row]
        later = (end > self.latest[row, column]) | (self.latest_by[row, column] < 0)
        self.latest[row[later], column[later]], self.latest_by[row[later], column[later]] = end[later], by[later]
        done = self._waiting[row, column] == 0
        self.ready[row[done], column[done]] = self.latest[row[done], column[done]]

    def _all(self, freed: npt.NDArray[np.bool_], chosen: npt.NDArray[np.int64], ends: Floats) -> None:
        self._waiting -= freed
        later = freed & ((ends[:, None] > self.latest) | (self.latest_by < 0))
        np.copyto(self.latest, ends[:, None], where=later)
        np.copyto(self.latest_by, chosen[:, None], where=later)
        np.copyto(self.ready, self.latest, where=freed & (self._waiting == 0))


def unlimited(durations: Floats, dependencies: Sequence[Sequence[int]], order: Sequence[int]) -> Schedule:
    """Schedule every step as soon as its dependencies are done, as if there were an agent for each.

    Parameters
    ----------
    durations : ndarray
        Of shape (samples, steps).
    dependencies : sequence of sequences of int
        For each step the steps that must finish before.
    order : sequence of int
        The steps in an order in which dependencies come first.

    Returns
    -------
    Schedule
        Starts, ends and what each step waited for: longest paths.

    Examples
    --------
    >>> unlimited(np.array([[2.0, 3.0, 1.0]]), [[], [], [0, 1]], [0, 1, 2]).finish.tolist()
    [[2.0, 3.0, 4.0]]
    """
    start, finish = np.zeros_like(durations), np.zeros_like(durations)
    blocker = np.full(durations.shape, -1)
    for step in order:
        before = np.asarray(dependencies[step], dtype=np.int64)
        if before.size:
            ends = finish[:, before]
            start[:, step] = ends.max(axis=1)
            blocker[:, step] = before[ends.argmax(axis=1)]
        finish[:, step] = start[:, step] + durations[:, step]
    return Schedule(start, finish, blocker)


def _slot_classes(eligible: Sequence[Sequence[int]]) -> tuple[npt.NDArray[np.int64], list[list[int]]]:
    """Group steps by the slots that can do them, so that slots are looked at once per group."""
    index: dict[tuple[int, ...], int] = {}
    classes = np.array([index.setdefault(tuple(sorted(set(slots))), len(index)) for slots in eligible], dtype=np.int64)
    return classes, [list(member) for member in index]


def _first_free(free: Floats, members: Sequence[Sequence[int]], wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each sample the slot of the wanted class that is free first."""
    slot = np.zeros(len(wanted), dtype=np.int64)
    for number, member in enumerate(members):
        mask = wanted == number
        if mask.any():
            slot[mask] = np.asarray(member)[free[mask][:, member].argmin(axis=1)]
    return slot


def critical_shares(schedule: Schedule) -> Floats:
    """Return for each step in what share of the samples it lies on the chain that decides the end.

    Examples
    --------
    >>> critical_shares(dispatch(np.array([[2.0, 3.0, 1.0]]), [[], [], [0, 1]], [[0], [1], [0]], 2)).tolist()
    [0.0, 1.0, 1.0]
    """
    samples, steps = schedule.finish.shape
    critical = np.zeros((samples, steps), dtype=bool)
    if steps:
        rows, at = np.arange(samples), schedule.finish.argmax(axis=1)
        while rows.size:
            critical[rows, at] = True
            before = schedule.blocker[rows, at]
            rows, at = rows[before >= 0], before[before >= 0]
    shares: Floats = critical.mean(axis=0)
    return shares
