"""Measures named by notions that stand near each other in any order: money + won, share + deals + lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product

from domains.analysis.question.lexicon import rule, sections

__all__ = ["Together", "nearest", "together"]

# Between the first and the last word; farther apart they hardly belong together.
_WITHIN = 22
_STRETCH = re.compile(r"[^.?!;]+")


@dataclass(frozen=True, slots=True)
class Together:
    """A measure, and notions that name it when all of `near` stand together and none of `absent` is there.

    `when` is "first" for those that are looked for before the measures' own phrases, "alone" for those that count only
    where no other measure is named, else "".
    """

    measure: str
    when: str
    near: tuple[str, ...]
    absent: tuple[str, ...]

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where the measure is named: the shortest span of each sentence that has it."""
        for stretch in _STRETCH.finditer(text):
            if any(_notion(name).search(stretch.group()) for name in self.absent):
                continue
            span = nearest([_notion(name) for name in self.near], stretch.group())
            if span is not None:
                yield stretch.start() + span[0], stretch.start() + span[1]


def nearest(notions: list[re.Pattern[str]], text: str) -> tuple[int, int] | None:
    """Return the shortest span with a match of every notion, none overlapping another, or None.

    Examples
    --------
    >>> nearest([re.compile("won"), re.compile("money")], "the money that was won and won again")
    (4, 22)
    """
    found = [[match.span() for match in notion.finditer(text)] for notion in notions]
    spans = []
    for chosen in product(*found):
        ordered = sorted(chosen)
        if all(before[1] <= after[0] for before, after in pairwise(ordered)):
            start, end = ordered[0][0], ordered[-1][1]
            if len(text[start:end].split()) <= _WITHIN:
                spans.append((end - start, start, end))
    return min(spans)[1:] if spans else None


def _notion(name: str) -> re.Pattern[str]:
    return rule("concepts", name)


@cache
def together() -> tuple[Together, ...]:
    """Return the rules of the lexicon, in order."""
    found = []
    for section, lines in sections("together").items():
        measure, _, when = section.partition(" ")
        for line in lines.split("|"):
            names = [name.replace("_", " ") for name in line.split()]
            absent = tuple(name[1:] for name in names if name.startswith("!"))
            found.append(Together(measure, when, tuple(name for name in names if not name.startswith("!")), absent))
    return tuple(found)
