"""Job titles: the part in a purchase that the holder of a title usually plays."""

from __future__ import annotations

import re

from domains.analysis.language.trackers import phrases

__all__ = ["part_of"]

# Tried in order: the first whose pattern is found in a title is taken.
_RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "technical buyer",
        phrases(
            r"""
            cto|cio|ciso|it|infosec|(?:information|technology|technical|systems?|security|infrastructure|data|software)
            architects?|engineers?|engineering|developers?
            """
        ),
    ),
    (
        "procurement",
        phrases(
            r"""
            procurement|purchasing|sourcing|vendors?|suppliers?|third[- ]party
            (?:office|firm|practice) (?:manager|administrator)
            """
        ),
    ),
    ("legal", phrases(r"(?:general|senior|legal|our )?counsel|legal|lawyers?|attorneys?|compliance|risk|privacy")),
    (
        "business lead",
        phrases(
            r"""
            cmo|chro|chief (?:marketing|people|product|commercial|sales|customer|human)(?: \w+)*
            """
        ),
    ),
    (
        "economic buyer",
        phrases(
            r"""
            ceo|cfo|coo|cro|chief(?: \w+){1,2} officer|chief (?:executive|financial|operating|revenue)
            (?<!vice )(?<!vice-)president|(?<!product )(?<!process )owners?|(?:co-?)?founders?
            managing (?:director|partner|principal)|executive (?:director|team|sponsor|committee)
            board(?: of directors)?|leadership team|investment committee|controller|treasurer
            (?:vp|vice president|head|director|chief)(?: of)? finance|finance (?:director|chief|department|committee|\
              lead|team)
            budget (?:owner|holder)
            """
        ),
    ),
    (
        "user",
        phrases(
            r"""
            (?:end )?users?|paralegals?|analysts?|assistants?|clerks?|administrators?|associates?|specialists?
            agents?|reps?|representatives?|operators?|coordinators?|paraplanners?|officers?|account managers
            team members|field team|nurses?|technicians?|planners?|strategists?|advis[eo]rs?
            """
        ),
    ),
    (
        "business lead",
        phrases(
            r"""
            [se]?vp|vice[- ]president|heads?|directors?|managers?|leads?|leaders?|chairs?|chair(?:man|woman|person)
            partners?|principals?|supervisors?|boss
            """
        ),
    ),
)
_COMPILED = tuple((part, re.compile(rf"\b(?:{'|'.join(patterns)})\b")) for part, patterns in _RULES)


def part_of(title: str) -> str:
    """Return the part that the holder of a job title usually plays in a purchase.

    A title is a guess at best: who really decides is known when the buyer says so.

    Examples
    --------
    >>> part_of("CFO"), part_of("Director of Information Security"), part_of("Vendor Manager")
    ('economic buyer', 'technical buyer', 'procurement')
    >>> part_of("Vice President, Trusts"), part_of("Senior Paralegal"), part_of("gardener")
    ('business lead', 'user', 'unknown')
    """
    lowered = title.lower()
    return next((part for part, pattern in _COMPILED if pattern.search(lowered)), "unknown")
