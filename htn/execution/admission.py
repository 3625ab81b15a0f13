"""Lets steps of all runs of a process begin: first what may be used per minute, then a place, fair between the runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from typing import Any

from htn.execution.agent_settings import AgentSettings, SharedLimit
from htn.execution.places import FairPlaces, Ticket
from htn.execution.rates import Rates

__all__ = ["Admission", "Place", "SharedPlaces"]

Result = dict[str, Any]

LEFT: Result = {"status": "left"}


class SharedPlaces:
    """The places of all agents in one process, and the lines in which steps wait for what is allowed per minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[str, FairPlaces] = {}
        self._waiting: dict[Ticket, tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = {}

    def in_use(self, name: str) -> int:
        """Return how many places of an agent, or of a limit, are held."""
        with self._lock:
            return self._places[name].in_use if name in self._places else 0

    def waiting(self, name: str) -> int:
        """Return how many wait for a place."""
        with self._lock:
            return self._places[name].waiting if name in self._places else 0

    def free(self, name: str) -> bool:
        """Whether a place is free and nobody waits for one."""
        with self._lock:
            places = self._places.get(name)
            return places is None or (places.in_use < places.size and not places.waiting)

    def stuck(self, name: str) -> bool:
        """Whether every place is kept by a call that was given up on and has not ended."""
        with self._lock:
            return self._places[name].stuck

    def at_once(self, name: str, size: int, run: str) -> Place | None:
        """Return a place if one is free and nobody waits for it."""
        with self._lock:
            places = self._places.setdefault(name, FairPlaces(size))
            places.size = size
            if places.waiting or places.in_use >= size:
                return None
            return Place(self, name, places.ask(run))

    async def wait(self, name: str, size: int, run: str) -> Place:
        """Wait for a place; when this is cancelled, nothing is held."""
        loop = asyncio.get_running_loop()
        with self._lock:
            places = self._places.setdefault(name, FairPlaces(size))
            places.size = size  # as the agent says now; settings may have changed since another run began
            ticket = places.ask(run)
            if not ticket.held:
                granted: asyncio.Future[None] = loop.create_future()
                self._waiting[ticket] = (loop, granted)
        place = Place(self, name, ticket)
        if not ticket.held:
            try:
                await granted
            except BaseException:
                place.give_back()
                raise
        return place

    def leave(self, name: str, ticket: Ticket) -> None:
        """Give a place back, or wait no longer, and tell those who got a place by that."""
        with self._lock:
            self._waiting.pop(ticket, None)
            for served in self._places[name].leave(ticket):
                loop, granted = self._waiting.pop(served)
                loop.call_soon_threadsafe(_tell, granted)

    def mark_late(self, name: str, ticket: Ticket) -> None:
        """Note that the call which holds a place was given up on."""
        with self._lock:
            self._places[name].mark_late(ticket)


def _tell(granted: asyncio.Future[None]) -> None:
    if not granted.done():
        granted.set_result(None)


class Place:
    """A place that is held, until it is given back by the step, or by the call that the step no longer waits for."""

    def __init__(self, places: SharedPlaces, name: str, ticket: Ticket) -> None:
        self._places = places
        self._name = name
        self._ticket = ticket
        self.handed_on = False

    def hand_on(self) -> None:
        """Leave the place to a call that is still going on; that gives it back."""
        self.handed_on = True
        self._places.mark_late(self._name, self._ticket)

    def give_back(self) -> None:
        """Give the place back; once is enough, and more does no harm."""
        self._places.leave(self._name, self._ticket)


class Admission:
    """The door of one session of a run.

    A step that waits for what is allowed per minute holds no place and no thread. Only the first in line of a process
    has taken from the bucket, so that processes take turns as well.

    Parameters
    ----------
    run_id : str
        The run.
    places : SharedPlaces
        Those of the process.
    settings : AgentSettings
        What agents may use together.
    rates : Rates
        What was used lately.
    capacity : Mapping
        How many steps each agent carries out at once, by name.
    """

    def __init__(
        self, run_id: str, places: SharedPlaces, settings: AgentSettings, rates: Rates, capacity: Mapping[str, int]
    ) -> None:
        self._run_id = run_id
        self._places = places
        self._settings = settings
        self._rates = rates
        self._capacity = capacity
        self._left = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def is_open(self, agent: str) -> bool:
        """Whether a step of an agent may begin at once, so that a thread can be given to it now."""
        return self._settings.of(agent) is None and self._places.free(f"agent {agent}")

    def carry_out_now(self, agent: str, seconds: float | None, work: Callable[[Place | None], Result]) -> Result:
        """Carry work out in this thread, of an agent whose door was open.

        When another run has taken the place meanwhile, the thread waits for the next one.
        """
        place = self._places.at_once(f"agent {agent}", self._size(agent), self._run_id)
        held: list[Place] | None = [place] if place is not None else None
        if held is None:
            waiting = self._unless_left(agent, None, 0.0, seconds)
            held = asyncio.run_coroutine_threadsafe(waiting, self._loop).result()
        return dict(LEFT) if held is None else _within(held, work)

    def leave(self) -> None:
        """Let nobody in any more: the session ends."""
        self._left.set()

    async def carry_out(
        self, agent: str, tokens: float, seconds: float | None, work: Callable[[Place | None], Result]
    ) -> Result:
        """Carry work out in a thread when there is a place for it.

        Parameters
        ----------
        agent : str
            Who does it.
        tokens : float
            What it is expected to use at most.
        seconds : float or None
            How long a place is waited for while all are kept by calls that were given up on.
        work : callable
            Given the place, or None when there is none.
        """
        limit = self._settings.of(agent)
        held = await self._unless_left(agent, limit, tokens, seconds)
        if held is None:
            return dict(LEFT)
        result = await asyncio.to_thread(_within, held, work)
        if limit is not None and limit.has_rate and held:
            await asyncio.to_thread(self._settle, limit, tokens, result)
        return result

    def _size(self, agent: str) -> int:
        return max(self._capacity[agent], 1)

    async def _unless_left(
        self, agent: str, limit: SharedLimit | None, tokens: float, seconds: float | None
    ) -> list[Place] | None:
        """Wait at the door; return the places held then, or None when the session ends first."""
        entering = asyncio.ensure_future(self._enter(agent, limit, tokens, seconds))
        leaving = asyncio.ensure_future(self._left.wait())
        try:
            await asyncio.wait((entering, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            if not entering.done():
                entering.cancel()
                await asyncio.wait((entering,))
        if entering.cancelled():
            return None
        held = entering.result()
        if self._left.is_set():
            _all_back(held)
            return None
        return held

    async def _enter(self, agent: str, limit: SharedLimit | None, tokens: float, seconds: float | None) -> list[Place]:
        """Return the places that a step holds then, the agent's last; none when they are not to be had."""
        held: list[Place] = []
        try:
            if limit is not None:
                await self._stand_in_line(limit, tokens, held)
            while True:
                waiting = self._places.wait(f"agent {agent}", self._size(agent), self._run_id)
                try:
                    held.append(await asyncio.wait_for(waiting, seconds))
                    return held
                except TimeoutError:
                    if self._places.stuck(f"agent {agent}"):
                        _all_back(held)
                        return []
        except BaseException:
            _all_back(held)
            raise

    async def _stand_in_line(self, limit: SharedLimit, tokens: float, held: list[Place]) -> None:
        """Wait until a limit lets a step through; with a place that the limit gives, where it gives any."""
        line = await self._places.wait(f"line {limit.name}", 1, self._run_id) if limit.has_rate else None
        try:
            if line is not None:
                await self._draw(limit, tokens)
            if limit.places is not None:
                held.append(await self._places.wait(f"limit {limit.name}", limit.places, self._run_id))
        finally:
            if line is not None:
                line.give_back()

    async def _draw(self, limit: SharedLimit, tokens: float) -> None:
        """Take from the bucket and wait until that is covered; put it back when the session ends meanwhile."""
        wait = await asyncio.to_thread(self._rates.take, limit, 1.0, tokens)
        try:
            await asyncio.sleep(wait)
        except asyncio.CancelledError:
            await asyncio.to_thread(self._rates.settle, limit, -1.0, -tokens)
            raise

    def _settle(self, limit: SharedLimit, tokens: float, result: Result) -> None:
        used = result.get("used") or {}
        self._rates.settle(limit, max(used.get("requests", 1), 1) - 1.0, used.get("tokens", 0) - tokens)
        if result.get("failure") == "rate_limited":
            self._rates.close(limit, result.get("retry_after") or 1.0)


def _within(held: list[Place], work: Callable[[Place | None], Result]) -> Result:
    """Carry work out and give the places back, but for one that a late call keeps."""
    try:
        return work(held[-1] if held else None)
    finally:
        for each in held:
            if not each.handed_on:
                each.give_back()


def _all_back(held: list[Place]) -> None:
    for place in held:
        place.give_back()
