"""Text from outside, made plain before it is shown: nothing in it steers a terminal, hides, or runs over its place."""

from __future__ import annotations

import re
import unicodedata

from domains.analysis.corpus.text import clean_text

__all__ = ["LONGEST", "plain"]

LONGEST = 2_000
"""How many characters of one text are shown unless its place asks for fewer."""

MOST_MARKS = 4
_LINE_ENDS = re.compile(r"\r\n?|[\t\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Needed to write Persian, Hindi and joined emoji; without them words are spelled wrongly.
_JOINERS = "\u200c\u200d"


def plain(text: str, most: int = LONGEST) -> str:
    r"""Return text on one line in which every character shows.

    Terminal escapes and control characters are taken out. What would be invisible or turn the direction of writing is
    spelled out as its code point. A pile of accents is cut to four, and text beyond ``most`` characters is cut with a
    word on how much is left out.

    Examples
    --------
    >>> plain("Acme\x1b[31m\x00 wins\nnow")
    'Acme wins now'
    >>> plain("invoice\u202efdp.exe")
    'invoice[U+202E]fdp.exe'
    >>> plain("a" * 30, most=10)
    'aaaaaaaaaa … (20 more characters)'
    """
    cleaned, _ = clean_text(_LINE_ENDS.sub(" ", text))
    left = len(cleaned) - most
    shown = cleaned[:most]
    if not shown.isascii():
        shown = _visible(shown)
    return f"{shown} … ({left:,} more characters)" if left > 0 else shown


def _visible(text: str) -> str:
    parts = []
    marks = 0
    for char in text:
        kind = unicodedata.category(char)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if marks > MOST_MARKS:
            continue
        if kind in ("Cf", "Cc", "Cs", "Co", "Cn") and char not in _JOINERS:
            parts.append(f"[U+{ord(char):04X}]")
        else:
            parts.append(char)
    return "".join(parts)
