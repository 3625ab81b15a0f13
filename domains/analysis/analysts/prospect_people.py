"""Who is on the buyer's side: those who spoke, by name and title, and those whom the buyer names, with their part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domains.analysis.analysts.call_artifacts import SpokenCall
from domains.analysis.analysts.citing import cite_turn
from domains.analysis.analysts.prospect_artifacts import PartBasis
from domains.analysis.artifacts import Citation
from domains.analysis.language.job_titles import part_of
from domains.analysis.language.meddpicc import Evidence, evidence
from domains.analysis.language.roles import RoleMention, mentions
from domains.analysis.language.text import excerpt

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Turn

__all__ = ["ECONOMIC_BUYER", "Person", "people_of"]

ECONOMIC_BUYER = "economic buyer"
_SPEAKS_OF_SELF = re.compile(r"\b(?:i|me|mine|my (?:call|decision|budget))\b", re.IGNORECASE)


@dataclass
class Person:
    """What is known of one person or function: `basis` says what the part rests on."""

    name: str | None
    title: str | None = None
    part: str = "unknown"
    basis: PartBasis | None = None
    spoke: bool = False
    calls: set[str] = field(default_factory=set)
    citations: list[Citation] = field(default_factory=list)


def people_of(calls: Sequence[SpokenCall]) -> list[Person]:
    """Return the people and functions on the buyer's side of some calls.

    What somebody says of who decides counts before a title said, a title said before one on record. Every analysis
    that speaks of roles asks here, so that they cannot contradict each other.
    """
    people: dict[str, Person] = {}
    for call in calls:
        _add_speakers(people, call)
    for call in calls:
        for item in mentions(call.turns):
            if item.role == "prospect":
                _add_mention(people, call, item)
    for call in calls:
        for shown in evidence(call.turns):
            if shown.letter == ECONOMIC_BUYER and shown.role == "prospect":
                _add_decider(people, call, shown)
    return list(people.values())


def _buyers_turns(call: SpokenCall) -> Iterable[Turn]:
    return (turn for turn in call.turns if turn.role == "prospect")


def _add_speakers(people: dict[str, Person], call: SpokenCall) -> None:
    for turn in _buyers_turns(call):
        name = turn.speaker or call.call.prospect
        if not name:
            continue
        person = people.setdefault(name.lower(), Person(name))
        if call.call.call_id not in person.calls:
            person.citations.append(cite_turn(call.call.call_id, turn.idx, excerpt(turn.text, 0, 1)))
        person.spoke = True
        person.calls.add(call.call.call_id)
        title = call.titles.get(name)
        if title and person.title is None:
            part = part_of(title)
            person.title, person.part = title, part
            person.basis = "title on record" if part != "unknown" else None


def _known(people: dict[str, Person], name: str) -> str:
    """Return the key of the person meant: "Maria" is the one Maria Lopez who spoke, if there is only one."""
    if name.lower() in people:
        return name.lower()
    first = name.split()[0].lower()
    same = [key for key, one in people.items() if one.name and one.name.split()[0].lower() == first]
    return same[0] if len(same) == 1 else name.lower()


def _speaker(call: SpokenCall, index: int) -> str | None:
    return next((turn.speaker for turn in call.turns if turn.idx == index), None) or call.call.prospect


def _add_mention(people: dict[str, Person], call: SpokenCall, item: RoleMention) -> None:
    name = _speaker(call, item.turn) if item.speaker_is else item.name
    if name:
        key = _known(people, name)
    else:
        held = [key for key, one in people.items() if one.title and one.title.lower() == item.title]
        key = held[0] if len(held) == 1 else f"the {item.title}"
    person = people.setdefault(key, Person(name))
    if person.basis in (None, "title on record"):
        person.title = person.title or item.title
        if person.basis is None or item.speaker_is:
            person.part, person.basis = item.part, "title said on a call"
        person.citations.insert(0, cite_turn(call.call.call_id, item.turn, item.quote))
    person.calls.add(call.call.call_id)


def _add_decider(people: dict[str, Person], call: SpokenCall, shown: Evidence) -> None:
    """Take over whom the buyer names as the one who decides: somebody named, the speaker, or a function."""
    named = [
        one for one in people.values() if one.name and re.search(rf"\b{re.escape(one.name.split()[0])}\b", shown.quote)
    ]
    speaker = _speaker(call, shown.turn)
    functions = [one for one in people.values() if not one.name and one.title and one.title in shown.quote.lower()]
    if not named and not functions and speaker and _SPEAKS_OF_SELF.search(shown.quote):
        named = [people[speaker.lower()]] if speaker.lower() in people else []
    if not named and not functions:
        named = [people.setdefault(name.lower(), Person(name)) for name in shown.names[:1]]
    for person in (named or functions)[:1]:
        person.part, person.basis = ECONOMIC_BUYER, "the buyer says who decides"
        person.citations.insert(0, cite_turn(call.call.call_id, shown.turn, shown.quote))
        person.calls.add(call.call.call_id)
