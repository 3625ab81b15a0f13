"""Stakeholders on the buyer's side: who spoke, which roles were spoken of, which parts are missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domains.analysis.analysts.call_artifacts import CallSet, SpokenCall, read_calls
from domains.analysis.analysts.citing import cite_turn, spread
from domains.analysis.analysts.prospect_artifacts import Stakeholder, StakeholderMap
from domains.analysis.artifacts import Citation, Finding
from domains.analysis.language.roles import RoleMention, mentions
from domains.analysis.language.text import excerpt
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.numbers import count

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Turn, Workspace

__all__ = ["map_stakeholders"]

WANTED = ("economic buyer", "technical buyer", "business lead", "procurement", "legal")
MOST_LISTED = 12


@dataclass
class _Person:
    """What has been gathered about one person or function so far."""

    name: str | None
    title: str | None = None
    part: str = "unknown"
    spoke: bool = False
    calls: set[str] = field(default_factory=set)
    citations: list[Citation] = field(default_factory=list)


@capability("map_stakeholders", specialist="estate strategist", output=StakeholderMap)
def map_stakeholders(workspace: Workspace, scope: Scope, inputs: Inputs) -> StakeholderMap:
    """List the people and functions on the buyer's side with the words that show their part."""
    calls = read_calls(workspace, scope, inputs.one(CallSet))
    people: dict[str, _Person] = {}
    for call in calls:
        _add_speakers(people, call)
        for item in mentions(call.turns):
            if item.role == "prospect":
                _add_mention(people, call, item)
    listed = tuple(
        Stakeholder(
            name=person.name,
            title=person.title,
            part=person.part,
            spoke=person.spoke,
            calls=len(person.calls),
            citations=spread(person.citations, 3),
        )
        for person in sorted(
            people.values(), key=lambda one: (-len(one.calls), not one.spoke, one.name or one.title or "")
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


def _buyers_turns(call: SpokenCall) -> Iterable[Turn]:
    return (turn for turn in call.turns if turn.role == "prospect")


def _add_speakers(people: dict[str, _Person], call: SpokenCall) -> None:
    for turn in _buyers_turns(call):
        name = turn.speaker or call.call.prospect
        if not name:
            continue
        person = people.setdefault(name.lower(), _Person(name))
        if call.call.call_id not in person.calls:
            person.citations.append(cite_turn(call.call.call_id, turn.idx, excerpt(turn.text, 0, 1)))
        person.spoke = True
        person.calls.add(call.call.call_id)


def _add_mention(people: dict[str, _Person], call: SpokenCall, item: RoleMention) -> None:
    cited = cite_turn(call.call.call_id, item.turn, item.quote)
    if item.speaker_is:
        speaker = next((turn.speaker for turn in call.turns if turn.idx == item.turn), None) or call.call.prospect
        key, name = (speaker or item.title).lower(), speaker
    elif item.name:
        # "our CFO, Maria" is the Maria Lopez who speaks on another call when only one speaker has that first name
        same = [
            key
            for key, one in people.items()
            if one.name and one.name.split()[0].lower() == item.name.split()[0].lower()
        ]
        key, name = (same[0] if len(same) == 1 else item.name.lower()), item.name
    else:
        held = [key for key, one in people.items() if one.title == item.title]
        key, name = (held[0] if len(held) == 1 else f"the {item.title}"), None
    person = people.setdefault(key, _Person(name))
    if person.title is None:
        person.title, person.part = item.title, item.part
        person.citations.insert(0, cited)
    person.calls.add(call.call.call_id)


def _findings(people: Sequence[Stakeholder]) -> list[Finding]:
    if not people:
        return []
    spoke = [one for one in people if one.spoke]
    named = [one for one in people if one.title]
    said = "; ".join(
        f"{one.name or one.title or ''}"
        + (f", {one.title}" if one.name and one.title else "")
        + (f" ({one.part})" if one.part != "unknown" else "")
        for one in named[:MOST_LISTED]
    )
    claims = [f"{len(spoke):,} {'person' if len(spoke) == 1 else 'people'} spoke for the buyer."]
    if named:
        claims.append(f"Roles spoken of: {said}" + (" and others." if len(named) > MOST_LISTED else "."))
    else:
        claims.append("None of them names a role.")
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
