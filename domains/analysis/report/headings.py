"""What stands above a finding: its claim in a few words, and the anchor that a Markdown page makes of it."""

from __future__ import annotations

import re

from domains.analysis.artifacts import Finding

__all__ = ["anchor", "heading"]

_MOST = 90
_BESIDE = re.compile(r"\s*(?:\[[^\]]*\]|\((?:n|p|q|corrected p) = [^)]*\))")
_ENDS = re.compile(r"[:;](?=\s)|[.!?](?=\s|$)")


def heading(finding: Finding) -> str:
    """Return the title of a finding; where it has none, the start of its claim, up to the first stop.

    Examples
    --------
    >>> heading(Finding(claim="The win rate is 66.7 % [30.0 to 90.3] (n = 6); it fell.", strength="descriptive"))
    'The win rate is 66.7 %'
    >>> heading(Finding(claim="Reps do not differ (all: 53.3 %).", strength="descriptive"))
    'Reps do not differ'
    >>> heading(Finding(claim="It fell.", strength="descriptive", title="A fall"))
    'A fall'
    """
    text = " ".join((finding.title or finding.claim).split())
    if finding.title:
        return _cut(text)
    short = _BESIDE.sub("", text)
    stop = _ENDS.search(short)
    started = short[: stop.start()] if stop and stop.start() else short
    if started.count("(") > started.count(")"):  # the stop stood in brackets
        started = started.rpartition("(")[0].rstrip() or started
    return _cut(started)


def _cut(text: str) -> str:
    """Return a text of at most 90 characters, cut between words."""
    if len(text) <= _MOST:
        return text
    kept = text[:_MOST].rpartition(" ")[0] or text[:_MOST]
    return f"{kept.rstrip(' ,;:(')} …"


def anchor(title: str) -> str:
    """Return the anchor that GitHub makes of a heading.

    Examples
    --------
    >>> anchor("2. Won less often (-16 points)")
    '2-won-less-often--16-points'
    """
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
