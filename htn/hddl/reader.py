"""From text to nested groups of words: brackets, comments and sections, without knowing what they mean.

Large problem files are almost wholly one flat section, ``(:init (p a) (q b) ...)`` or ``(:objects a b - t ...)``. Such
a section is recognised and split by regular expressions in one go; everything else is read token by token on an
explicit stack, so that no nesting is too deep.
"""

from __future__ import annotations

import re

from htn.hddl.errors import HddlError, Source
from htn.model.record import Record

__all__ = ["Flat", "Group", "Section", "read", "word_at"]

_COMMENT = re.compile(r";[^\n]*")
_TOKEN = re.compile(r"[()]|<=|>=|[<=>]|[^\s()<=>]+")
_SPACE = re.compile(r"\s*")
_DEFINE = re.compile(r"\s*\(\s*define(?![^\s()])", re.I)
_KEYWORD = re.compile(r"\(\s*(:[^\s()]+)")
# Possessive quantifiers: what has been read is never read again, so the time is linear even where the match fails.
_WORDS_ONLY = re.compile(r"[^()]*+\)")
_FACTS_ONLY = re.compile(
    r"(?:\s*+\((?:[^()]*+|\s*+=\s*+\([^()]*+\)\s*+[^\s()]++\s*+|\s*+not\s*+\([^()]*+\)\s*+)\))*+\s*+\)", re.I
)
_FACT = re.compile(r"\(\s*+(?:=\s*+\(([^()]*+)\)\s*+([^\s()]++)\s*+|not\s*+\(([^()]*+)\)\s*+|([^()]*+))\)", re.I)


class Group:
    """What stands between two brackets.

    Attributes
    ----------
    items : list of str or Group
        Words and groups.
    starts : list of int
        Offset of each item.
    start, end : int
        Offsets of the brackets.
    """

    __slots__ = ("end", "items", "start", "starts")

    def __init__(self, start: int) -> None:
        self.items: list[str | Group] = []
        self.starts: list[int] = []
        self.start = start
        self.end = start

    @property
    def head(self) -> str:
        """The first word in lower case, or nothing where a group or nothing comes first."""
        return self.items[0].lower() if self.items and isinstance(self.items[0], str) else ""


class Flat(Record, frozen=False):
    """A section of facts that was split without building groups.

    Attributes
    ----------
    facts : list of str
        The words between the brackets of each positive fact, as they stand.
    values : list of (str, str)
        Function and value of each ``(= (f ...) n)``.
    start : int
        Offset of the section.
    """

    facts: list[str]
    values: list[tuple[str, str]]
    start: int


class Section(Record, frozen=False):
    """One part of a definition: ``(:keyword ...)``; `keyword` is in lower case."""

    keyword: str
    body: Group | Flat
    start: int


def read(source: Source) -> tuple[str, str, list[Section]]:
    """Return the kind of definition (``domain`` or ``problem``), its name and its sections.

    Raises
    ------
    HddlError
        When brackets do not match, or the text is no ``(define (domain NAME) ...)`` or ``(define (problem NAME) ...)``.

    Examples
    --------
    >>> kind, name, sections = read(Source("(define (domain d) (:types a b))"))
    >>> kind, name, sections[0].keyword, sections[0].body.items
    ('domain', 'd', ':types', [':types', 'a', 'b'])
    """
    text = _COMMENT.sub(lambda comment: " " * len(comment[0]), source.text) if ";" in source.text else source.text
    start = _DEFINE.match(text)
    if not start:
        offset = _SPACE.match(text).end()  # type: ignore[union-attr]
        raise source.error(offset, f"expected (define ..., found {word_at(text, offset)}")
    kind, name, at = _heading(source, text, start.end())
    sections: list[Section] = []
    while True:
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
        if at >= len(text):
            raise _unclosed(source, text)
        if text[at] == ")":
            break
        keyword = _KEYWORD.match(text, at)
        if not keyword:
            raise source.error(at, f"expected a section such as (:init ...), found {word_at(text, at)}")
        body, at = _body(source, text, at, keyword)
        sections.append(Section(keyword[1].lower(), body, keyword.start()))
    rest = text[at + 1 :].strip().strip(")").strip()
    if rest:
        offset = text.index(rest[0], at + 1)
        raise source.error(offset, f"expected the end of the file after the definition, found {word_at(text, offset)}")
    return kind, name, sections


def _heading(source: Source, text: str, at: int) -> tuple[str, str, int]:
    at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
    if at >= len(text) or text[at] != "(":
        raise source.error(at, f"expected (domain NAME) or (problem NAME), found {word_at(text, at)}")
    group, end = _group(source, text, at)
    if group.head not in ("domain", "problem"):
        raise source.error(at, "expected (domain NAME) or (problem NAME) after define")
    words = [item for item in group.items if isinstance(item, str)]
    if len(words) != 2 or len(group.items) != 2:
        raise source.error(at, f"expected one name after '{group.head}'")
    return group.head, words[1], end


def _body(source: Source, text: str, at: int, keyword: re.Match[str]) -> tuple[Group | Flat, int]:
    """Read one section, by regular expressions where its shape allows."""
    name = keyword[1].lower()
    if name == ":init":
        found = _FACTS_ONLY.match(text, keyword.end())
        if found:
            facts: list[str] = []
            values: list[tuple[str, str]] = []
            for function, value, negated, fact in _FACT.findall(text, keyword.end(), found.end() - 1):
                if function:
                    values.append((function, value))
                elif not negated:
                    facts.append(fact)
            return Flat(facts, values, at), found.end()
    elif name == ":objects":
        found = _WORDS_ONLY.match(text, keyword.end())
        if found:
            # Without offsets: where a message needs one, the word is looked up in the text.
            group = Group(at)
            group.items = [name, *text[keyword.end() : found.end() - 1].split()]
            group.end = found.end() - 1
            return group, found.end()
    return _group(source, text, at)


def _group(source: Source, text: str, at: int) -> tuple[Group, int]:
    """Read the group that starts at an offset; return it and the offset behind it."""
    current = Group(at)
    stack: list[Group] = []
    tokens = _TOKEN.finditer(text, at + 1)
    for token in tokens:
        word = token[0]
        if word == "(":
            inner = Group(token.start())
            current.items.append(inner)
            current.starts.append(inner.start)
            stack.append(current)
            current = inner
        elif word == ")":
            current.end = token.start()
            if not stack:
                return current, token.end()
            current = stack.pop()
        else:
            current.items.append(word)
            current.starts.append(token.start())
    raise _unclosed(source, text)


def _unclosed(source: Source, text: str) -> HddlError:
    """Return the error for a bracket without an end.

    A section within a section shows where the end was forgotten; otherwise it is the innermost bracket still open.
    """
    opened: list[int] = []
    for token in _TOKEN.finditer(text):
        if token[0] == "(":
            if len(opened) > 1 and _KEYWORD.match(text, token.start()):
                break
            opened.append(token.start())
        elif token[0] == ")" and opened:
            opened.pop()
    return source.error(opened[-1], f"the bracket of {word_at(text, opened[-1])} is never closed")


def word_at(text: str, offset: int) -> str:
    """Return the word at an offset, quoted for a message; a bracket brings its first word along."""
    if offset >= len(text):
        return "the end of the file"
    if text[offset] == "(":
        word = _TOKEN.search(text, offset + 1)
        return f"'({word[0] if word else ''}'"
    found = _TOKEN.match(text, offset)
    return f"'{found[0] if found else text[offset]}'"
