"""What the steps of a prospect analysis hand on."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from domains.analysis.artifacts import Artifact, Citation, Number, Record

__all__ = [
    "CompetitiveContext",
    "DealProgress",
    "DealWarning",
    "Event",
    "History",
    "LetterEvidence",
    "Momentum",
    "ObjectionRecord",
    "ObjectionReview",
    "PartBasis",
    "PlannedStep",
    "Qualification",
    "Stakeholder",
    "StakeholderMap",
    "StepList",
]


class Event(Record):
    """Something that happened with the account, on a day."""

    day: date
    kind: Literal["call", "deal opened", "stage", "won", "lost", "content"]
    what: str
    source: Citation


class History(Artifact):
    """Calls and deals in the order in which they happened."""

    events: tuple[Event, ...] = ()
    first: date | None = None
    last: date | None = None
    calls: int = 0
    deals: int = 0


class DealWarning(Record):
    """A deal warning: raised, clear, or not to be told from these data."""

    name: Literal[
        "no activity",
        "ghosted",
        "overdue",
        "not enough contacts",
        "no power",
        "pricing not mentioned",
        "stalled in stage",
    ]
    status: Literal["raised", "clear", "cannot tell"]
    reason: str
    citations: tuple[Citation, ...] = ()


class DealProgress(Record):
    """How far an open deal has come, and how fast it moves."""

    opportunity_id: str
    stage: str | None
    opened: date | None
    age_days: int | None
    entered_stage: date | None
    days_in_stage: int | None
    last_contact: date | None
    days_since_contact: int | None
    calls: int
    amount: float | None
    warnings: tuple[DealWarning, ...] = ()
    won_from_stage: Number | None = Field(default=None, description="share won of closed deals that reached its stage")
    won_as_long: Number | None = Field(default=None, description="share won of those that were in it as long")


class Momentum(Artifact):
    """Open deals with their warnings, and whether contacts come closer together or further apart."""

    as_of: date | None = None
    deals: tuple[DealProgress, ...] = ()
    gaps_days: tuple[int, ...] = ()
    trend: Literal["faster", "slower", "steady", "cannot tell"] = "cannot tell"


class ObjectionRecord(Record):
    """One objection on one call, with what the rep answered and how the prospect took it."""

    call_id: str
    kind: str
    outcome: Literal["resolved", "not resolved", "unclear", "unanswered"]
    answer_kinds: tuple[str, ...] = ()
    objection: Citation
    answer: Citation | None = None
    reaction: Citation | None = None


class ObjectionReview(Artifact):
    """Every objection found, and the share resolved."""

    objections: tuple[ObjectionRecord, ...] = ()
    calls: int = 0


PartBasis = Literal["the buyer says who decides", "title said on a call", "title on record"]


class Stakeholder(Record):
    """A person or a function on the buyer's side; `basis` says what the part in the purchase rests on."""

    name: str | None
    title: str | None
    part: str
    basis: PartBasis | None = None
    spoke: bool
    calls: int
    citations: tuple[Citation, ...]


class StakeholderMap(Artifact):
    """Who is involved on the buyer's side, and which parts nobody is known to play."""

    people: tuple[Stakeholder, ...] = ()
    missing: tuple[str, ...] = ()


class CompetitiveContext(Artifact):
    """Competitors named on the calls or recorded on the deals."""

    mentions: dict[str, int] = Field(default_factory=dict, description="turns that name a competitor")
    recorded: dict[str, int] = Field(default_factory=dict, description="deals with a competitor recorded")


class PlannedStep(Record):
    """A next step with its owner and its date."""

    call_id: str
    call_day: date | None
    owner: Literal["rep", "prospect", "both", "unknown"]
    person: str | None = Field(default=None, description="who is to do it, where the transcript tells")
    due: date | None
    agreed: bool
    status: Literal["overdue", "followed by a later call", "ahead", "undated"]
    citation: Citation


class StepList(Artifact):
    """Next steps said on the calls, latest call first."""

    steps: tuple[PlannedStep, ...] = ()
    calls: int = 0
    calls_with_step: int = 0


class LetterEvidence(Record):
    """One letter of MEDDPICC: the evidence, or null."""

    letter: str
    meaning: str
    basis: Literal["said by the prospect", "answer to the rep's question", "said by the rep only"] | None
    evidence: tuple[Citation, ...] = ()


class Qualification(Artifact):
    """MEDDPICC as evidence with quotes; a letter without a quote stays null."""

    letters: tuple[LetterEvidence, ...] = ()
    earlier: tuple[str, ...] = Field(default=(), description="letters with evidence on calls of closed deals only")
