"""Text that does nothing but be read: without what steers a terminal, reorders or hides."""

from __future__ import annotations

import re

__all__ = ["clean", "clean_json", "clean_lines"]

# An escape sequence as terminals understand it: CSI, OSC up to its end, or any other two-character one.
_ESCAPE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?|\x9b[0-?]*[ -/]*[@-~]"
)
# Control characters, those that reorder or hide text, and halves of characters, which no terminal can be sent.
_ODD = (
    r"\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    r"\U000e0000-\U000e007f"
)
_CONTROL = re.compile(rf"[\x00-\x1f{_ODD}]")
_IN_JSON = re.compile(rf"[{_ODD}]")  # JSON itself escapes those below the blank


def clean(text: object) -> str:
    r"""Return text without terminal escapes, control and direction characters; line breaks become spaces.

    Examples
    --------
    >>> clean("\x1b[31mred\x1b[0m \x1b]0;title\x07alert\nnext")
    'red alert next'
    """
    without = _ESCAPE.sub("", str(text))
    return _CONTROL.sub("", re.sub(r"[\r\n\t]+", " ", without))


def clean_lines(text: object) -> str:
    r"""Return text cleaned line by line.

    Examples
    --------
    >>> clean_lines("one\x1b[2J\n\ttwo")
    'one\n two'
    """
    whole = str(text)
    # Most texts are plain, and some have a million lines.
    if whole.isascii() and whole.replace("\n", "").isprintable():
        return whole
    return "\n".join(map(clean, whole.split("\n")))


def clean_json(text: str) -> str:
    r"""Return a JSON text that says the same, with what could steer a terminal written as escapes.

    Examples
    --------
    >>> clean_json('"a\x9b2J \u202eb"')
    '"a\\u009b2J \\u202eb"'
    """
    return _IN_JSON.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    import json  # not at the start: a search that takes milliseconds imports little

    return json.dumps(found[0])[1:-1] if found[0] > "\x7f" else "\\u007f"
