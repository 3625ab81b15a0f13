"""Turns inside one step: an answer is on record before anything is made of it, so that nobody asks for it twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from htn.execution.artifacts import ArtifactStore
    from htn.execution.journal import Journal
    from htn.execution.records import Attempt

__all__ = ["SAID", "TAKEN", "JournalTurns", "PlainTurns", "Turn", "Turns"]

TAKEN = "turn_taken"
SAID = "step_progress"
ARTIFACT = "Turn"
# What was answered before these stands: only the turn in flight was in vain. After any other failure the whole of the
# conversation is held to have led there, and the next try begins it anew.
_PASSING = frozenset({"rate_limited", "server_error", "agent_timeout"})


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer from outside, as a step's agent got it.

    Attributes
    ----------
    document : Mapping
        The answer as JSON data: all that is needed to go on from it.
    input_tokens, output_tokens : int
        What it took.
    asks_for : tuple of str
        Names of the tools that it asks for; known names only, as they go into the audit record.
    prompt : str
        SHA-256 of what was sent, for the audit record.
    earlier : bool
        Whether an earlier try of the step paid for it.
    """

    document: Mapping[str, Any]
    input_tokens: int = 0
    output_tokens: int = 0
    asks_for: tuple[str, ...] = ()
    prompt: str = ""
    earlier: bool = False


class Turns(Protocol):
    """What an agent that asks several times within one step may use; every step request has one."""

    def once(self, identity: str, ask: Callable[[], Turn]) -> Turn:
        """Return the answer to what the identity stands for: the recorded one, or else that of `ask`, then recorded.

        Parameters
        ----------
        identity : str
            Hash of all that the answer depends on.
        ask : callable
            Asks. What it raises is recorded nowhere.
        """

    def tell(self, doing: str, said: str = "") -> None:
        """Say what the agent is doing, for those who follow the run.

        Parameters
        ----------
        doing : str
            In the program's own words; goes into the audit record too.
        said : str
            In the words of a model or of a person on a call; is shown, and kept out of the audit record.
        """


class PlainTurns:
    """Turns that are recorded nowhere: for an agent that is called outside a run.

    Examples
    --------
    >>> PlainTurns().once("a", lambda: Turn({"text": "yes"})).document
    {'text': 'yes'}
    """

    def once(self, identity: str, ask: Callable[[], Turn]) -> Turn:
        """Ask."""
        return ask()

    def tell(self, doing: str, said: str = "") -> None:
        """Say nothing."""


@dataclass(slots=True)
class JournalTurns:
    """Turns of one try, recorded in the run's journal and artifacts.

    When the process dies within a step, the next try finds the turns that were answered and asks for the one in flight
    only. The same holds after failures that pass, such as a rate limit.

    Parameters
    ----------
    journal, store
        Where turns are recorded.
    attempt : Attempt
        The try.
    """

    journal: Journal
    store: ArtifactStore
    attempt: Attempt
    asked: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    _known: dict[str, Mapping[str, Any]] | None = field(default=None, repr=False)

    def once(self, identity: str, ask: Callable[[], Turn]) -> Turn:
        """Return the recorded answer, or ask and record."""
        if self._known is None:
            self._known = self._recorded()
        before = self._known.get(identity)
        turn = self._ask(identity, ask) if before is None else self._again(before)
        self.asked += 1
        if not turn.earlier:
            self.input_tokens += turn.input_tokens
            self.output_tokens += turn.output_tokens
        return turn

    def _ask(self, identity: str, ask: Callable[[], Turn]) -> Turn:
        turn = replace(ask(), earlier=False)
        with self.journal.transaction(durable=True):
            told = {
                "turn": self.asked + 1,
                "session": self.attempt.session,
                "asks_for": list(turn.asks_for),
                "input_tokens": turn.input_tokens,
                "output_tokens": turn.output_tokens,
                "identity": identity,
                "answer": self.store.put(ARTIFACT, turn.document),
            }
            self._event(TAKEN, told, detail={"prompt": turn.prompt})
        return turn

    def _again(self, told: Mapping[str, Any]) -> Turn:
        same_try = (told["session"], told["attempt"]) == (self.attempt.session, self.attempt.attempt)
        return Turn(
            self.store.get(told["answer"]).document,
            told["input_tokens"],
            told["output_tokens"],
            tuple(told["asks_for"]),
            earlier=not same_try,
        )

    def tell(self, doing: str, said: str = "") -> None:
        """Record what the agent is doing; what a model or a person said is shown and not audited."""
        self._event(SAID, {"doing": doing}, shown={"said": said} if said else None)

    @property
    def usage(self) -> dict[str, int]:
        """Tokens that this try took so far."""
        taken = {"input_tokens": self.input_tokens, "output_tokens": self.output_tokens}
        return {name: number for name, number in taken.items() if number}

    def _recorded(self) -> dict[str, Mapping[str, Any]]:
        """Return the answers that stand, by identity: those since the step last came to an end that leaves none."""
        known: dict[str, Mapping[str, Any]] = {}
        kinds = (TAKEN, "step_failed", "step_finished", "step_retracted")
        for event in self.journal.events(self.attempt.run_id, kinds=kinds):
            told = event.payload
            if told.get("step") != self.attempt.step_id:
                continue
            if event.kind == TAKEN:
                known[told["identity"]] = told
            elif event.kind != "step_failed" or told["failure"] not in _PASSING:
                known.clear()
        return known

    def _event(self, kind: str, told: Mapping[str, Any], **more: Any) -> None:
        attempt = self.attempt
        payload = {"step": attempt.step_id, "attempt": attempt.attempt, "agent": attempt.agent, **told}
        self.journal.event(attempt.run_id, kind, payload, **more)
