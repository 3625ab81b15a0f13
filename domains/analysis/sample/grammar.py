"""Sentences from templates: ``[a|b]`` chooses, ``{name}`` fills in, and both may nest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from random import Random

__all__ = ["expand", "fill", "polish"]

_TOKENS = re.compile(r"[\[\]|]|[^\[\]|]+")
_SPACES = re.compile(r" {2,}")
_BEFORE_MARK = re.compile(r" +([,.?!;:])")
_START = re.compile(r"(^|[.?!] )([a-z])")

# A node is a plain text or a choice between sequences of nodes.
Node = str | tuple["Sequence_", ...]
Sequence_ = tuple[Node, ...]


@lru_cache(maxsize=4096)
def _parse(template: str) -> Sequence_:
    tokens = iter(_TOKENS.findall(template))

    def sequence(stop: bool) -> tuple[list[list[Node]], bool]:
        options: list[list[Node]] = [[]]
        for token in tokens:
            if token == "[":
                inner, closed = sequence(True)
                if not closed:
                    raise ValueError(f"unclosed choice in {template!r}")
                options[-1].append(tuple(tuple(option) for option in inner))
            elif token == "]":
                return options, True
            elif token == "|" and stop:
                options.append([])
            else:
                options[-1].append(token)
        return options, False

    options, closed = sequence(False)
    if closed:
        raise ValueError(f"a choice is closed that was not opened in {template!r}")
    return tuple(options[0])


def _render(rng: Random, nodes: Sequence_, out: list[str]) -> None:
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
        else:
            _render(rng, node[int(rng.random() * len(node))], out)


def expand(rng: Random, template: str) -> str:
    """Return the template with every choice made; slots are left for `fill`.

    Examples
    --------
    >>> from random import Random
    >>> expand(Random(1), "we [use|run] {system}") in {"we use {system}", "we run {system}"}
    True
    """
    out: list[str] = []
    _render(rng, _parse(template), out)
    return "".join(out)


def polish(text: str) -> str:
    """Return the text with single spaces, marks close to their word and capitals after full stops.

    Examples
    --------
    >>> polish("so  , it works . does it ?")
    'So, it works. Does it?'
    """
    text = _BEFORE_MARK.sub(r"\1", _SPACES.sub(" ", text)).strip()
    return _START.sub(lambda match: match[1] + match[2].upper(), text)


def fill(rng: Random, template: str, slots: Mapping[str, object]) -> str:
    """Return a finished sentence.

    Examples
    --------
    >>> from random import Random
    >>> fill(Random(1), "so how many {people} are there ?", {"people": "attorneys"})
    'So how many attorneys are there?'
    """
    return polish(expand(rng, template).format_map(slots))
