"""What a model read from calls, entry by entry: each keeps only citations that hold, and goes without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from domains.analysis.analysts.prospect_artifacts import (
    LetterEvidence,
    ObjectionRecord,
    PlannedStep,
    Qualification,
    Stakeholder,
    StakeholderMap,
    StepList,
)
from domains.analysis.artifacts import Artifact, Citation, Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domains.analysis.claude.verification import Verification
    from domains.analysis.corpus.records import Call

__all__ = ["verified_readings"]

A = TypeVar("A", bound=Artifact)


def verified_readings(
    artifact: A, fields: tuple[str, ...], local: Artifact, calls: Mapping[str, Call], verification: Verification
) -> A:
    """Return an artifact whose entries in some fields all rest on citations that hold.

    Parameters
    ----------
    artifact : Artifact
        What the model made.
    fields : tuple of str
        The fields that it filled in.
    local : Artifact
        What the local analyst has.
    calls : Mapping
        The calls that the step may read, by id.
    verification : Verification
        Looks citations up, and counts what is dropped.
    """
    changes: dict[str, Any] = {}
    for name in fields:
        kept = []
        for entry in getattr(artifact, name):
            found = _entry(entry, calls, verification)
            if found is None:
                verification.dropped["entries"] += 1
            else:
                kept.append(found)
        changes[name] = tuple(kept)
    return _counted(artifact.model_copy(update=changes), local)


def _entry(entry: Record, calls: Mapping[str, Call], verification: Verification) -> Record | None:
    """Return an entry with the citations that hold, or None when what it must rest on does not."""
    if isinstance(entry, Citation):
        return next(iter(verification.keep([entry])), None)
    changes: dict[str, Any] = {}
    cited: list[Citation] = []
    for name, value in entry:
        if isinstance(value, Citation):
            kept = verification.keep([value])
            if not kept and type(entry).model_fields[name].is_required():
                return None
            changes[name] = kept[0] if kept else None
            cited += kept
        elif isinstance(value, tuple) and any(isinstance(item, Citation) for item in value):
            changes[name] = verification.keep(value)
            cited += changes[name]
    if isinstance(entry, LetterEvidence):
        return entry.model_copy(update=changes | ({} if cited else {"basis": None, "evidence": ()}))
    if not cited or any(citation.kind != "turn" for citation in cited):
        return None
    if isinstance(entry, ObjectionRecord | PlannedStep) and {item.source for item in cited} != {entry.call_id}:
        return None
    if isinstance(entry, Stakeholder):
        changes["calls"] = len({item.source for item in cited})
    if isinstance(entry, PlannedStep):
        day = calls[entry.call_id].date if entry.call_id in calls else None
        changes["call_day"] = None if day is None else day[:10]
    return type(entry).model_validate(entry.model_dump() | changes)


def _counted(artifact: A, local: Artifact) -> A:
    """Put right what follows from the entries: counts, the letters that there are, the parts that nobody plays."""
    if isinstance(artifact, StepList):
        return artifact.model_copy(update={"calls_with_step": len({step.call_id for step in artifact.steps})})
    if isinstance(artifact, StakeholderMap) and isinstance(local, StakeholderMap):
        played = {person.part for person in artifact.people}
        return artifact.model_copy(update={"missing": tuple(part for part in local.missing if part not in played)})
    if isinstance(artifact, Qualification) and isinstance(local, Qualification):
        given = {letter.letter: letter for letter in reversed(artifact.letters)}
        letters = tuple(
            given[own.letter].model_copy(update={"meaning": own.meaning})
            if own.letter in given
            else LetterEvidence(letter=own.letter, meaning=own.meaning, basis=None)
            for own in local.letters
        )
        return artifact.model_copy(update={"letters": letters})
    return artifact
