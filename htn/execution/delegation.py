"""Chooses the agent for a step: who has the capabilities, is free, and is expected to be done soonest; and says why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from htn.execution.agent import Agent
from htn.execution.track_record import TrackRecord
from htn.execution.workload import WorkloadTracker

__all__ = ["SECONDS_PER_THOUSAND_TOKENS", "Candidate", "Decision", "TaskDelegator", "WorkloadTracker", "passed_over"]

SECONDS_PER_THOUSAND_TOKENS = 1.0
"""What a thousand tokens weigh against waiting."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One agent as it was weighed for a step.

    Attributes
    ----------
    agent : str
        Its name.
    missing : tuple of str
        Capabilities that it lacks; empty when it is capable.
    free, active, given : int
        How many more steps it could take, has in hand, and was given so far in this session.
    order : int
        Its place in the list of agents, which settles ties.
    tried : bool
        Whether it was ruled out because it failed at this step before.
    priority : int
        The greater, the sooner it is asked.
    chance, tries : float
        Probability that its try works out, and the past tries at this capability that it comes from.
    seconds : float or None
        What a try takes; None when nothing is known.
    tokens : float
        What a try uses.
    """

    agent: str
    missing: tuple[str, ...]
    free: int
    active: int
    given: int
    order: int
    tried: bool
    priority: int = 0
    chance: float = 1.0
    tries: float = 0.0
    seconds: float | None = None
    tokens: float = 0.0

    @property
    def eligible(self) -> bool:
        """Whether it may carry out the step, now or when it is free."""
        return not self.missing and not self.tried

    @property
    def expected(self) -> float:
        """Expected seconds until it has worked out, tokens counted as seconds.

        What a try takes grows with what the agent has in hand beside it, and is divided by the chance that it works.
        """
        load = self.active / max(self.active + self.free, 1)
        price = self.tokens / 1000.0 * SECONDS_PER_THOUSAND_TOKENS
        return ((1.0 if self.seconds is None else self.seconds) * (1.0 + load) + price) / self.chance

    def to_json(self) -> dict[str, Any]:
        """Return the candidate as JSON data; of one that is not capable only what it lacks."""
        if self.missing:
            return {"agent": self.agent, "missing": list(self.missing)}
        parts = {"priority": self.priority, "tries": round(self.tries), "tokens": round(self.tokens)}
        if self.seconds is not None:
            parts["seconds"] = round(self.seconds, 3)  # type: ignore[assignment]  # the others are whole numbers
        return {
            "agent": self.agent,
            "missing": [],
            "free": self.free,
            "active": self.active,
            "given": self.given,
            "tried": self.tried,
            "chance": round(self.chance, 3),
            **{name: value for name, value in parts.items() if value},
        }

    def explain(self) -> str:
        """Return the parts of the score in words.

        Examples
        --------
        >>> Candidate("ann", (), 3, 1, 7, 0, False, chance=0.8, tries=9, seconds=8.0, tokens=50).explain()
        'about 13 s until it works out: 8 s a try, 80% of tries work out (9 seen), 1 of 4 places taken, 50 tokens a try'
        """
        seen = "none seen yet" if not self.tries else f"{self.tries:.0f} seen"
        parts = [
            *([] if self.seconds is None else [f"{_short(self.seconds)} s a try"]),
            f"{self.chance:.0%} of tries work out ({seen})",
            f"{self.active} of {self.active + self.free} places taken",
            *([f"{self.tokens:,.0f} tokens a try"] if self.tokens >= 0.5 else []),
            *([f"priority {self.priority}"] if self.priority else []),
        ]
        sooner = "" if self.seconds is None else f"about {_short(self.expected)} s until it works out: "
        return sooner + ", ".join(parts)


def _short(seconds: float) -> str:
    return f"{seconds:.2g}" if seconds < 10 else f"{seconds:,.0f}"


@dataclass(frozen=True, slots=True)
class Decision:
    """Which agent carries out a step, and every candidate with the parts of its score.

    ``agent`` is None when nobody can take the step now: because all who may are busy (``waits``) or because none may.
    """

    required: tuple[str, ...]
    agent: str | None
    candidates: tuple[Candidate, ...]

    @property
    def waits(self) -> bool:
        """Whether somebody may carry it out, but is busy."""
        return self.agent is None and any(candidate.eligible for candidate in self.candidates)

    @property
    def capable(self) -> tuple[str, ...]:
        """Names of the agents that have the capabilities, tried or not."""
        return tuple(candidate.agent for candidate in self.candidates if not candidate.missing)

    def explain(self) -> str:
        """Return one sentence that says why.

        Examples
        --------
        >>> Decision(("count",), None, (Candidate("analyst", ("count",), 1, 0, 0, 0, False),)).explain()
        'no agent has count: analyst lacks count'
        """
        wanted = ", ".join(self.required)
        if self.agent is not None:
            chosen = next(candidate for candidate in self.candidates if candidate.agent == self.agent)
            others = len(self.capable) - 1
            rest = "nobody else can do it" if not others else f"{others} other{'s' * (others > 1)} could do it"
            return f"{self.agent} has {wanted}: {chosen.explain()}; {rest}"
        if self.waits:
            return f"every agent that has {wanted} is busy: {', '.join(self.capable)}"
        if self.capable:
            return f"every agent that has {wanted} was tried: {', '.join(self.capable)}"
        lacking = "; ".join(f"{candidate.agent} lacks {', '.join(candidate.missing)}" for candidate in self.candidates)
        return f"no agent has {wanted}" + (f": {lacking}" if lacking else ": there are no agents")

    def to_json(self) -> dict[str, Any]:
        """Return the decision as JSON data."""
        return {
            "required": list(self.required),
            "agent": self.agent,
            "candidates": [candidate.to_json() for candidate in self.candidates],
        }


def passed_over(decision: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each capable agent that was not chosen, from a recorded decision.

    Examples
    --------
    >>> busy, chosen = Candidate("ann", (), 0, 1, 1, 0, False), Candidate("ben", (), 1, 0, 0, 1, False)
    >>> passed_over(Decision(("count",), "ben", (busy, chosen)).to_json())
    ['ann: no place free']
    """
    told = []
    for each in decision.get("candidates", ()):
        if not each["missing"] and each["agent"] != decision["agent"] and "chance" in each:
            reason = "failed at this step before" if each["tried"] else "no place free"
            known = Candidate(**{**each, "missing": (), "order": 0})
            told.append(f"{known.agent}: {known.explain() if known.eligible and known.free > 0 else reason}")
    return told


class TaskDelegator:
    """Chooses agents for steps.

    An agent is capable when the required capabilities are a subset of its own. Among the capable with a free place: the
    highest priority, then the least expected seconds until it has worked out (`Candidate.expected`), then most free
    places, fewest steps given so far, and the order of the list. The choice depends on nothing else, and nothing of
    that on a clock, so that a replay chooses the same.

    Parameters
    ----------
    agents : sequence of Agent
        Who there is, in order of preference.
    workload : WorkloadTracker or None
        Who has how much in hand; a new one by default.

    Attributes
    ----------
    record : TrackRecord
        How agents did so far.
    """

    def __init__(self, agents: Sequence[Agent], workload: WorkloadTracker | None = None) -> None:
        self._agents = tuple(agents)
        self._by_name = {agent.name: agent for agent in self._agents}
        self._priority: Mapping[str, int] = {}
        self.workload = workload or WorkloadTracker(self._agents)
        self.record = TrackRecord()

    def learn(self, record: TrackRecord, priority: Mapping[str, int]) -> None:
        """Take in how agents did in past runs, and their priorities by name; 0 for those that are not named."""
        self.record, self._priority = record, priority

    def agent(self, name: str) -> Agent:
        """Return an agent by name."""
        return self._by_name[name]

    def choose(
        self,
        required: Collection[str],
        *,
        tried: Collection[str] = (),
        prefer: str | None = None,
        seconds: float | None = None,
    ) -> Decision:
        """Choose an agent.

        Parameters
        ----------
        required : collection of str
            Capabilities that the step needs, all of them.
        tried : collection of str
            Agents that failed at the step and are not to be asked again.
        prefer : str or None
            The agent that is to try again; it is taken when it is capable and has a free place.
        seconds : float or None
            What the step is expected to take, where nothing was measured.

        Returns
        -------
        Decision
            With the agent, or None and the reason; the workload is left as it is.
        """
        needed = frozenset(required)
        candidates = tuple(
            self._weigh(agent, order, needed, agent.name in tried, seconds) for order, agent in enumerate(self._agents)
        )
        able = [candidate for candidate in candidates if candidate.eligible and candidate.free > 0]
        best = min(able, key=lambda item: _rank(item, prefer), default=None)
        return Decision(tuple(sorted(needed)), None if best is None else best.agent, candidates)

    def _weigh(self, agent: Agent, order: int, needed: frozenset[str], tried: bool, seconds: float | None) -> Candidate:
        missing = tuple(sorted(needed - agent.capabilities))
        measured = {}
        if not missing and len(needed) == 1:
            (capability,) = needed
            known = self.record.seconds(agent.name, capability)
            measured = {
                "chance": self.record.chance(agent.name, capability),
                "tries": self.record.tries(agent.name, capability).tries,
                "seconds": seconds if known is None else known,
                "tokens": self.record.tokens(agent.name, capability),
            }
        return Candidate(
            agent=agent.name,
            missing=missing,
            free=self.workload.free(agent.name),
            active=self.workload.active(agent.name),
            given=self.workload.given(agent.name),
            order=order,
            tried=tried,
            priority=self._priority.get(agent.name, 0),
            **measured,  # type: ignore[arg-type]  # what was measured, by the names of the attributes
        )


def _rank(item: Candidate, prefer: str | None) -> tuple[bool, int, float, int, int, int]:
    return (item.agent != prefer, -item.priority, round(item.expected, 6), -item.free, item.given, item.order)
