"""Text from outside, made harmless: no control characters, no terminal escapes, no broken Unicode."""

from __future__ import annotations

import re

__all__ = ["clean_name", "clean_text", "printable"]

# An escape sequence goes as a whole: without its first character the rest ("[31m") would stay as rubbish in the text.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[ -/]*[0-~])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# In a name, marks that turn the direction of writing have no use but to deceive.
_IN_NAMES = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NEWLINES = re.compile(r"\r\n?")
_SPACE = re.compile(r"\s+")


def clean_text(text: str) -> tuple[str, int]:
    r"""Return the text without control characters except newline and tab, and how many characters were taken out.

    Line ends are made plain newlines, which does not count.

    Examples
    --------
    >>> clean_text("\x1b[31mred\x1b[0m\r\nbell\x07")
    ('red\nbell', 10)
    """
    plain = _NEWLINES.sub("\n", text)
    cleaned = _CONTROLS.sub("", _ESCAPES.sub("", plain))
    return cleaned, len(plain) - len(cleaned)


def clean_name(text: str) -> str:
    r"""Return a name on one line, without control characters and invisible marks, with single spaces.

    Examples
    --------
    >>> clean_name("  Acme\x07 \u202eCorp\n")
    'Acme Corp'
    """
    return _SPACE.sub(" ", _IN_NAMES.sub("", clean_text(text)[0])).strip()


def printable(text: str) -> str:
    r"""Return the text on one line with everything a terminal could act on spelled out.

    Examples
    --------
    >>> printable("a\x1b[2Jb\nc")
    'a\\x1b[2Jb\\nc'
    """
    return "".join(item if item.isprintable() else item.encode("unicode_escape").decode() for item in text)
