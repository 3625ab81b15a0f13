"""What the steps of a pattern analysis hand on."""

from __future__ import annotations

from typing import Literal

from domains.analysis.artifacts import Artifact, Citation, Number, Record

__all__ = ["Candidate", "CandidateSet", "ChangeSet", "Noun", "Topic", "TopicSet", "Validated", "ValidatedSet"]

Window = Literal["whole call", "first half of the call"]
Noun = Literal["deals", "calls"]


class Candidate(Record):
    """A behaviour or phrase compared between won and lost calls.

    `won` and `lost` are the share of deals (or calls) that show it; of a habit the mean share of a deal's calls, and of
    a number its mean. `n` counts what is compared.
    """

    name: str
    kind: Literal["behaviour", "phrase"]
    share: bool
    habit: bool = False
    unit: str = ""
    noun: Noun = "calls"
    won: float
    lost: float
    difference: float
    low: float
    high: float
    p: float
    q: float
    n: int
    groups: int
    log_odds: float | None = None
    needed: int | None = None
    examples: tuple[Citation, ...] = ()


class CandidateSet(Artifact):
    """The candidates with the smallest p values out of all that were tested.

    What is compared are deals (`noun`), `cases_won` and `cases_lost` of them, or the calls themselves.
    """

    kind: Literal["behaviour", "phrase"]
    window: Window
    tested: int = 0
    calls_won: int = 0
    calls_lost: int = 0
    noun: Noun = "calls"
    cases_won: int = 0
    cases_lost: int = 0
    groups: int = 0
    smallest_visible: float | None = None
    candidates: tuple[Candidate, ...] = ()


class Validated(Record):
    """A candidate tested again on calls that were kept back."""

    candidate: Candidate
    p_found: float
    p_kept_back: float
    same_direction: bool
    replicates: bool
    follows_decision: bool = False
    strength: Literal["established", "suggestive", "not established"]


class ValidatedSet(Artifact):
    """Candidates with the verdict of the calls kept back."""

    patterns: tuple[Validated, ...] = ()
    tested: int = 0
    calls: int = 0
    kept_back: int = 0


class Topic(Record):
    """A topic: its terms, how stable it is over resamples, and how often it leads a call."""

    label: str
    terms: tuple[str, ...]
    stability: float | None
    calls: int
    share: Number
    difference: Number | None = None
    q: float | None = None


class TopicSet(Artifact):
    """Topics of the calls."""

    topics: tuple[Topic, ...] = ()
    calls: int = 0


class ChangeSet(Artifact):
    """What is spoken of more or less as time goes by."""

    tested: int = 0
    periods: int = 0
    established: int = 0
