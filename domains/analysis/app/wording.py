"""Texts from outside made safe to show: for Streamlit's Markdown, and for HTML."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlencode

from htn.views.plain import clean

__all__ = ["chip", "html_text", "link", "plain", "short", "when"]

_SIGNS = re.compile(f"([{re.escape(string.punctuation)}])")


def plain(text: object) -> str:
    r"""Return text as Markdown that shows it as it is: no emphasis, link, colour, icon, formula or HTML is read in it.

    Examples
    --------
    >>> plain("**a** :red[b]\n$c$")
    '\\*\\*a\\*\\* \\:red\\[b\\] \\$c\\$'
    """
    return _SIGNS.sub(r"\\\1", clean(text))


def html_text(text: object) -> str:
    r"""Return text for HTML: escaped, without control characters and those that reorder text.

    Examples
    --------
    >>> html_text("<b>\x1b[2J")
    '&lt;b&gt;'
    """
    return escape(clean(text))


def short(text: object, most: int = 90) -> str:
    """Return text of at most so many characters.

    Examples
    --------
    >>> short("abcdef", 4)
    'abc…'
    """
    whole = clean(text)
    return whole if len(whole) <= most else f"{whole[: most - 1]}…"


def link(page: str, text: object, **parameters: object) -> str:
    """Return a link within the application, as HTML.

    Examples
    --------
    >>> link("call", "turn 3 <", call="c&1", turn=3)
    '<a href="call?call=c%261&amp;turn=3" target="_self">turn 3 &lt;</a>'
    """
    path = "./" if page == "ask" else page  # the first page has the address of the whole
    query = f"?{urlencode(parameters)}" if parameters else ""
    return f'<a href="{escape(path + query)}" target="_self">{html_text(text)}</a>'


def chip(text: str, kind: str = "") -> str:
    """Return a small label as HTML; ``kind`` is a class that the application's style sheet has.

    Examples
    --------
    >>> chip("not established")
    '<span class="chip not-established">not established</span>'
    """
    return f'<span class="chip {escape(kind or text.replace(" ", "-"))}">{html_text(text)}</span>'


def when(moment: float | None) -> str:
    """Return a moment in UTC, to the minute.

    Examples
    --------
    >>> when(0), when(None)
    ('1970-01-01 00:00 UTC', '')
    """
    return "" if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")
