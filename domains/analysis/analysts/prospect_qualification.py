"""Qualification of an account by MEDDPICC: evidence with quotes for each letter, null where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domains.analysis.analysts.call_artifacts import CallSet, SpokenCall, read_calls
from domains.analysis.analysts.citing import cite_turn, spread
from domains.analysis.analysts.prospect_artifacts import LetterEvidence, Qualification
from domains.analysis.artifacts import Finding
from domains.analysis.language.meddpicc import Evidence, evidence
from domains.analysis.language.meddpicc_cues import LETTERS
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.numbers import count

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["gather_qualification"]

# What the prospect says outweighs what the rep says of the prospect.
_BASES = ("said by the prospect", "answer to the rep's question", "said by the rep only")


@capability("gather_qualification", specialist="estate strategist", output=Qualification)
def gather_qualification(workspace: Workspace, scope: Scope, inputs: Inputs) -> Qualification:
    """Gather for each letter of MEDDPICC what was said; no quote, no evidence."""
    calls = read_calls(workspace, scope, inputs.one(CallSet))
    names = workspace.entities()["competitor"]
    found = [(call, item) for call in calls for item in evidence(call.turns, names)]
    letters = tuple(_letter(name.name, name.meaning, found) for name in LETTERS)
    return Qualification(
        letters=letters,
        findings=tuple(_findings(letters, calls)),
        limits=(
            "MEDDPICC evidence is found by cue words; a letter without evidence may have been covered in other words.",
        )
        if calls
        else (),
    )


def _letter(name: str, meaning: str, found: Sequence[tuple[SpokenCall, Evidence]]) -> LetterEvidence:
    own = [(call, item) for call, item in found if item.letter == name]
    for basis in _BASES:
        # the latest calls first: what was true in the first call may no longer be
        quotes = [
            cite_turn(call.call.call_id, item.turn, item.quote) for call, item in reversed(own) if item.basis == basis
        ]
        if quotes:
            return LetterEvidence(letter=name, meaning=meaning, basis=basis, evidence=spread(quotes, 3))  # type: ignore[arg-type]
    return LetterEvidence(letter=name, meaning=meaning, basis=None)


def _findings(letters: Sequence[LetterEvidence], calls: Sequence[SpokenCall]) -> list[Finding]:
    firm = [one for one in letters if one.basis in _BASES[:2]]
    weak = [one for one in letters if one.basis == _BASES[2]]
    empty = [one for one in letters if one.basis is None]
    found = []
    if firm:
        found.append(
            Finding(
                claim=f"The buyer's own words give evidence for {len(firm)} of {len(letters)} MEDDPICC letters: "
                f"{', '.join(one.letter for one in firm)}.",
                strength="descriptive",
                numbers=(count("letters with evidence", len(firm)),),
                citations=tuple(one.evidence[0] for one in firm),
            )
        )
    if weak:
        found.append(
            Finding(
                claim=f"Only the rep speaks of {', '.join(one.letter for one in weak)}; the buyer does not confirm it.",
                strength="descriptive",
                citations=tuple(one.evidence[0] for one in weak),
            )
        )
    if empty and calls:
        last = calls[-1]
        cited = cite_turn(last.call.call_id, last.turns[-1].idx, last.turns[-1].text[:120])
        found.append(
            Finding(
                claim=f"No evidence in {len(calls):,} {'call' if len(calls) == 1 else 'calls'} for "
                f"{', '.join(one.letter for one in empty)}.",
                strength="descriptive",
                numbers=(count("letters without evidence", len(empty)),),
                citations=(cited,),
                note="An absence: the citation is the last call that was read, not proof.",
            )
        )
    return found
