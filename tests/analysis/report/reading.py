"""Reading a report back: the elements of its HTML, and what a Markdown renderer makes of its text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

__all__ = ["VOID", "Page", "blocks", "inline", "read_html", "slugs", "tables"]

VOID = frozenset({"meta", "br", "line", "hr", "img", "input", "link"})


@dataclass
class Page:
    """What an HTML parser finds: elements with attributes in order, their texts, and what was left open."""

    elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    style: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def attributes(self, name: str) -> list[str]:
        """The values of an attribute, wherever it stands."""
        return [value or "" for _, attributes in self.elements for key, value in attributes if key == name]

    @property
    def outline(self) -> list[tuple[str, tuple[str, ...]]]:
        """Elements with the names of their attributes: what must not depend on any text."""
        return [(tag, tuple(key for key, _ in attributes)) for tag, attributes in self.elements]

    @property
    def words(self) -> str:
        """All text that a reader sees, with single spaces."""
        return " ".join(" ".join(self.text).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append((tag, tuple(attrs)))
        if tag not in VOID:
            self.page.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append((tag, tuple(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.page.open or self.page.open.pop() != tag:
            self.page.problems.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        (self.page.style if self.page.open[-1:] == ["style"] else self.page.text).append(data)

    def handle_comment(self, data: str) -> None:
        self.page.problems.append(f"a comment: {data}")

    def handle_pi(self, data: str) -> None:
        self.page.problems.append(f"a processing instruction: {data}")

    def unknown_decl(self, data: str) -> None:
        self.page.problems.append(f"a declaration: {data}")


def read_html(html: str) -> Page:
    """Return what a parser finds in a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


def _renderer() -> MarkdownIt:
    # CommonMark lets HTML through: whatever got into the text as HTML would be found.
    return MarkdownIt("commonmark").enable("table").enable("strikethrough")


def blocks(markdown: str) -> list[Token]:
    """Return the blocks that a renderer finds."""
    return _renderer().parse(markdown)


def inline(markdown: str) -> list[Token]:
    """Return the inline tokens of all blocks."""
    return [part for token in blocks(markdown) if token.type == "inline" for part in token.children or ()]


def slugs(markdown: str) -> list[str]:
    """Return the anchors that a page makes of headings, as GitHub does."""
    tokens = blocks(markdown)
    titles = [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]
    return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]


def tables(markdown: str) -> list[list[int]]:
    """Return for each table how many cells each of its rows has."""
    found: list[list[int]] = []
    for token in blocks(markdown):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append(0)
        elif token.type in ("td_open", "th_open"):
            found[-1][-1] += 1
    return found
