"""The words on which rules rest, as text files: one alternative per line, under the name of what it tells of."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

__all__ = ["pattern", "rule", "sections", "source", "word_list"]

_MACRO = re.compile(r"\{([a-z_]+)\}")


@cache
def sections(name: str) -> dict[str, str]:
    """Return the sections of a file as regular expressions, in the order of the file.

    A line ``[name]`` begins a section. A section ``[$name]`` is spelled out where
    ``{name}`` stands in a later one, and is no rule of its own.

    Examples
    --------
    >>> list(sections("cues"))
    ['enablement', 'competitive', 'pipeline', 'performance', 'pattern', 'custom']
    """
    text = files("domains.analysis.question.lexicon").joinpath(f"{name}.txt").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if re.fullmatch(r"\[\$?[\w ,&-]+\]", line):
            found[line[1:-1]] = []
        elif line and not line.startswith("# "):
            found[next(reversed(found))].append(line)
    spelled: dict[str, str] = {}
    for key, lines in found.items():
        spelled[key] = _MACRO.sub(lambda match: f"(?:{spelled['$' + match[1]]})", "|".join(lines))
    return {key: text for key, text in spelled.items() if not key.startswith("$")}


@cache
def pattern(expression: str) -> re.Pattern[str]:
    """Return a compiled rule; ``<rep>`` stands for the mark of any rep, and rules match whole words.

    Examples
    --------
    >>> bool(pattern("win rate vs <competitor>").search("win rate vs @competitor0 please"))
    True
    """
    # A word that may be any word may be a mark too.
    loose = re.sub(r"(?<=[ (:|])\\w\+(?=[ )|])", r"@?\\w+", expression)
    return re.compile(r"(?<![\w@])(?:" + re.sub(r"<([a-z]+)>", r"@\1\\d+", loose) + r")(?!\w)")


def source(name: str, section: str) -> str:
    """Return a section of a file as one group, to be put into a longer expression.

    Examples
    --------
    >>> source("comparisons", "event").startswith("(?:")
    True
    """
    return f"(?:{sections(name)[section]})"


@cache
def rule(name: str, section: str) -> re.Pattern[str]:
    """Return a section of a file as one compiled rule.

    Examples
    --------
    >>> rule("scoping", "forward").search("forecast for q3").group()
    'forecast'
    """
    return pattern(sections(name)[section])


@cache
def word_list(name: str, section: str) -> frozenset[str]:
    """Return a section that is a list of plain words, any number to a line.

    Examples
    --------
    >>> "roi" in word_list("names", "usual")
    True
    """
    return frozenset(sections(name)[section].replace("|", " ").split())
