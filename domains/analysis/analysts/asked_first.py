"""The measure that a question asks an analysis for, said before what the analysis usually leads with."""

from __future__ import annotations

from collections.abc import Mapping

from domains.analysis.artifacts import Artifact
from domains.analysis.scope import Scope, value

__all__ = ["asked_first"]

_PER_DAY = "velocity"


def asked_first(scope: Scope, sources: Mapping[str, Artifact | None]) -> list[str]:
    """Return a sentence for each measure asked for: what was found of it, or that it could not be worked out.

    Parameters
    ----------
    scope : Scope
        With the measures in its `metric`.
    sources : mapping
        By measure, the artifact that works it out; None where the plan had no step for it.

    Examples
    --------
    >>> asked_first((("metric", "coverage"),), {"coverage": None, "slippage": None})
    ['The coverage asked for could not be worked out from these records.']
    """
    names = [name for name in (value(scope, "metric") or "").split(",") if name in sources]
    return [_sentence(name, sources[name]) for name in names]


def _sentence(name: str, source: Artifact | None) -> str:
    findings = source.findings if source else ()
    # The velocity stands behind the cycle that goes into it.
    told = [finding.claim for finding in findings if name != _PER_DAY or _PER_DAY in finding.claim.lower()]
    if told:
        return told[0]
    if source and source.limits:
        return source.limits[0]
    return f"The {name.replace('_', ' ')} asked for could not be worked out from these records."
