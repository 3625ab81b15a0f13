"""Stakeholders on the buyer's side: who spoke, which roles were spoken of, which parts are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domains.analysis.analysts.call_artifacts import CallSet, read_calls
from domains.analysis.analysts.citing import spread
from domains.analysis.analysts.prospect_artifacts import Stakeholder, StakeholderMap
from domains.analysis.analysts.prospect_people import people_of
from domains.analysis.artifacts import Finding
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.numbers import count

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["map_stakeholders"]

WANTED = ("economic buyer", "technical buyer", "business lead", "procurement", "legal")
MOST_LISTED = 12


@capability("map_stakeholders", specialist="estate strategist", output=StakeholderMap)
def map_stakeholders(workspace: Workspace, scope: Scope, inputs: Inputs) -> StakeholderMap:
    """List the people and functions on the buyer's side with the words that show their part."""
    calls = read_calls(workspace, scope, inputs.one(CallSet))
    listed = tuple(
        Stakeholder(
            name=person.name,
            title=person.title,
            part=person.part,
            basis=person.basis,
            spoke=person.spoke,
            calls=len(person.calls),
            citations=spread(person.citations, 3),
        )
        for person in sorted(
            people_of(calls), key=lambda one: (not one.spoke, -len(one.calls), one.name or one.title or "")
        )
    )
    parts = {person.part for person in listed}
    missing = tuple(part for part in WANTED if part not in parts)
    return StakeholderMap(
        people=listed,
        missing=missing,
        findings=tuple(_findings(listed)),
        limits=("Roles are known only as far as the buyer's side names them on a call.",) if calls else (),
    )


def _findings(people: Sequence[Stakeholder]) -> list[Finding]:
    if not people:
        return []
    spoke = [one for one in people if one.spoke]
    named = [one for one in people if one.title]
    others = [one for one in named if not one.spoke]
    claims = [f"{len(spoke):,} {'person' if len(spoke) == 1 else 'people'} spoke for the buyer" + _listed(spoke)]
    if others:
        claims.append("Spoken of: " + _listed(others).removeprefix(": "))
    if not named:
        claims.append("No role is known of any of them.")
    cited = [citation for one in (named or spoke) for citation in one.citations[:1]]
    return [
        Finding(
            claim=" ".join(claims),
            strength="descriptive",
            numbers=(count("speakers", len(spoke)), count("roles", len(named))),
            citations=spread(cited, 6),
            title="Who spoke for the buyer, and which roles were named",
        )
    ]


def _listed(people: Sequence[Stakeholder]) -> str:
    if not people:
        return "."
    more = len(people) - MOST_LISTED
    return ": " + "; ".join(map(_in_words, people[:MOST_LISTED])) + (f"; and {more:,} more." if more > 0 else ".")


def _in_words(one: Stakeholder) -> str:
    """Return name, title, part and what the part rests on: by a title it is a guess."""
    known = ", ".join(text for text in (one.name, one.title) if text)
    if one.part == "unknown":
        return known
    by = ", by title" if one.basis != "the buyer says who decides" else ""
    return f"{known} ({one.part}{by})"
