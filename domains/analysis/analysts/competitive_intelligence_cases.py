"""Deals (or, without deals, the calls of a customer) with the competitors that were in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domains.analysis.analysts.comparison import calls_beyond, deals_beyond
from domains.analysis.analysts.competitive_intelligence_turns import find_mentions
from domains.analysis.analysts.deal_selection import cite_rows, closed
from domains.analysis.corpus.names import name_key
from domains.analysis.corpus.vocabulary import NO_COMPETITOR

if TYPE_CHECKING:
    from domains.analysis.artifacts import Citation
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace
    from domains.analysis.registry import Inputs
    from domains.analysis.scope import Scope

__all__ = ["Case", "Cases", "competitor_cases"]


@dataclass(frozen=True, slots=True)
class Case:
    """Something that was won or lost: its key, who it belongs to, and the competitors in it."""

    key: str
    group: str
    won: bool
    competitors: frozenset[str]
    deal: Deal | None


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases, what they are, and what "against a competitor" means for them."""

    rows: tuple[Case, ...]
    noun: str
    table: str
    meaning: str

    def against(self, competitor: str) -> list[Case]:
        """Return the cases with a competitor in them."""
        return [case for case in self.rows if competitor in case.competitors]

    @property
    def alone(self) -> list[Case]:
        """The cases in which no competitor is known."""
        return [case for case in self.rows if not case.competitors]

    @property
    def competitors(self) -> list[str]:
        """The competitors by number of cases, most first."""
        names = {name for case in self.rows for name in case.competitors}
        return sorted(names, key=lambda name: (-len(self.against(name)), name))

    def cite(self, rows: Sequence[Case]) -> Citation:
        """Return a citation of the rows behind some cases."""
        return cite_rows(self.table, (case.key for case in rows))


def competitor_cases(workspace: Workspace, scope: Scope, inputs: Inputs) -> Cases:
    """Return closed deals with the competitor that each records; where none does, calls with those they name.

    Deals are taken by what the CRM records and not by mentions on their calls as well: deals without recorded calls
    would count as free of competitors, and more calls would mean more competitors.
    """
    deals = closed(deals_beyond(workspace, scope, inputs, "competitor")) if workspace.deals() else []
    rows = [
        Case(deal.opportunity_id, deal.account or deal.opportunity_id, deal.status == "won", _named(deal), deal)
        for deal in deals
    ]
    if any(case.competitors for case in rows):
        return Cases(tuple(rows), "closed deals", "opportunities", "the competitor that the CRM records")
    return Cases(
        tuple(_call_cases(workspace, scope, inputs)), "decided calls", "calls", "the competitors that a call names"
    )


def _named(deal: Deal) -> frozenset[str]:
    name = deal.competitor
    return frozenset({name}) if name and name_key(name) not in NO_COMPETITOR else frozenset()


def _call_cases(workspace: Workspace, scope: Scope, inputs: Inputs) -> list[Case]:
    calls = [
        call for call in calls_beyond(workspace, scope, inputs, "competitor") if call.call.outcome in ("won", "lost")
    ]
    named: dict[str, set[str]] = defaultdict(set)
    for mention in find_mentions(workspace, calls):
        named[mention.spoken.call.call_id].add(mention.competitor)
    return [
        Case(call.call.call_id, call.group, call.call.outcome == "won", frozenset(named[call.call.call_id]), None)
        for call in calls
    ]
