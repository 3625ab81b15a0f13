"""One row of the corpus as a value: a call, a turn, a deal, a search hit."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Call", "Deal", "Hit", "Turn"]


@dataclass(frozen=True, slots=True)
class Call:
    """One sales call; `outcome` is what became of it (won, lost, open), or None when nobody says."""

    call_id: str
    date: str | None
    title: str | None
    rep: str | None
    prospect: str | None
    account: str | None
    opportunity_id: str | None
    duration_s: float | None
    outcome: str | None
    amount: float | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said until another spoke; `idx` counts from 0 within the call."""

    call_id: str
    idx: int
    role: str
    speaker: str | None
    text: str
    start_s: float | None
    end_s: float | None


@dataclass(frozen=True, slots=True)
class Deal:
    """One opportunity of the CRM; `close_date` is the day it was won or lost, never an expectation."""

    opportunity_id: str
    account: str | None
    rep: str | None
    product: str | None
    stage: str | None
    status: str
    created_date: str | None
    engage_date: str | None
    close_date: str | None
    expected_close: str | None
    amount: float | None
    competitor: str | None
    loss_reason: str | None
    forecast_category: str | None
    segment: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A turn that a search found; a higher `score` is a better match."""

    call_id: str
    idx: int
    role: str
    speaker: str | None
    text: str
    start_s: float | None
    score: float
