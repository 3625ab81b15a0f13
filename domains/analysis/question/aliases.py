"""The ways in which people write a known name: in full, shortened, by its first word, by the kind of thing it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import process
from rapidfuzz.distance import OSA

from domains.analysis.corpus.names import name_key
from domains.analysis.question.plain_names import AS_WRITTEN, is_plain, only_vocabulary
from domains.analysis.question.words import is_word

__all__ = ["HEADS", "Alias", "AliasIndex", "build_index"]

_LEGAL = {"inc", "ltd", "limited", "llc", "corp", "corporation", "co", "company", "plc", "gmbh", "ag", "sa", "bv"}
_SHORT_WORDS = frozenset(
    "the and for all any are but can did few get got has had her him his how its let lot may new not now off old one "
    "our out own pay per put ran run saw say see set she sit six ten too top two use was way who why win won yes yet "
    "you add age aid art ask bad bar bet big bit box buy car cut day due end far fit fix gap gas hit hot ice ill job "
    "key law led low man map met mix net pro raw red sad sea sky son sun tax tea tip try van via war web "
    "am as at be by do go he if in is it me my no of on or so to up us we".split()
)
# Names of people and firms; anything else (a sentence, markup, code in a field) is known by its full text only, or each
# of its words would change what a question means.
_NAME = re.compile(r"[\w .,&'’()/+-]{1,60}")
_MOST_WORDS = 6
# What a piece of content or a training is called by: "the bootcamp", "the Discovery training".
HEADS: dict[str, frozenset[str]] = {
    "content": frozenset(
        "battlecard calculator whitepaper guide deck onepager datasheet template playbook casestudy brochure video "
        "ebook checklist script handbook report demo".split()
    ),
    "training": frozenset("training workshop bootcamp certification course class programme program academy".split()),
}
# Enough to name the only one there is: "a whitepaper" is no guide of some other sort.
_TELLING = frozenset("battlecard calculator whitepaper onepager datasheet casestudy".split())
_SAME_HEAD = {
    "training": frozenset("training workshop bootcamp certification course class programme program cert".split()),
    "content": frozenset(),
}
_SEGMENTS: dict[str, tuple[str, ...]] = {
    "bank": ("banks", "banking", "banking sector"),
    "law firm": ("law firms", "lawyers", "attorneys", "legal firms", "law practices", "law offices", "legal sector"),
    "wealth manager": (
        "wealth managers",
        "wealth management",
        "wealth advisors",
        "wealth advisers",
        "wealth firms",
        "wealth mgrs",
        "wealth mgr",
    ),
    "trust company": ("trust companies", "trust cos"),
    "insurer": ("insurers", "insurance", "insurance companies", "insurance carriers", "insurance sector"),
    "enterprise": ("enterprises", "enterprise customers", "large enterprise"),
    "mid-market": ("mid market", "midsize", "mid size", "mid sized", "midsized"),
    "small business": ("small businesses", "small firms", "small companies", "small biz"),
    "new business": ("new logo", "new logos", "net new", "new customers", "first time buyers"),
    "expansion": ("expansions", "upsell", "upsells", "upselling", "cross sell", "cross selling"),
    "renewal": ("renewals", "renewal deals", "renewal business"),
    "telecommunications": ("telecom", "telecoms", "telco", "telcos", "telecommunication"),
    "technology": ("tech", "technology sector", "tech sector"),
    "retail": ("retailers", "retail sector"),
    "medical": ("medical sector", "healthcare", "health care"),
    "finance": ("financial sector", "financial services", "finance sector"),
    "entertainment": ("entertainment sector", "entertainment companies"),
    "services": ("services sector", "service sector", "service companies", "services companies"),
    "software": ("software sector", "software companies", "software vendors"),
    "marketing": ("marketing sector", "marketing agencies", "marketing companies"),
}


@dataclass(frozen=True, slots=True)
class Alias:
    """One way to write a name. `needs` says what else must hold: a capital letter, "the" before it, quotes."""

    kind: str
    name: str
    full: bool
    needs: str = ""


class AliasIndex:
    """All ways to write all known names, by their key (no case, no blanks, no signs)."""

    def __init__(self, aliases: Mapping[str, tuple[Alias, ...]]) -> None:
        self.exact = dict(aliases)
        # A misspelling is looked for among the ways that need nothing else to hold, and that begin alike.
        self._loose: dict[str, list[str]] = {}
        for key in sorted(aliases):
            if len(key) >= 5 and not key.isdigit() and any(not item.needs for item in aliases[key]):
                self._loose.setdefault(key[0], []).append(key)
        self.longest = 7

    def __len__(self) -> int:
        return len(self.exact)

    def nearest(self, key: str, limit: int) -> tuple[str, int] | None:
        """Return the way to write a name that is nearest to a misspelt key, and its distance; None beyond the limit."""
        found = process.extractOne(key, self._loose.get(key[0], ()), scorer=OSA.distance, score_cutoff=limit)
        return None if found is None else (str(found[0]), int(found[1]))


def build_index(entities: Mapping[str, tuple[str, ...]], other: Mapping[str, Mapping[str, str]]) -> AliasIndex:
    """Return the index of the names and of their other spellings, by kind.

    Examples
    --------
    >>> index = build_index({"account": ("Calder Trust Company",)}, {})
    >>> sorted(index.exact)[:3]
    ['calder', 'caldertrust', 'caldertrustcompany']
    """
    found: dict[str, dict[tuple[str, str], Alias]] = {}

    def add(written: str, alias: Alias) -> None:
        key = name_key(written)
        if len(key) < 2:
            return
        known = found.setdefault(key, {}).get((alias.kind, alias.name))
        if known is None or (alias.full and not known.full):
            found[key][alias.kind, alias.name] = alias

    for kind, names in entities.items():
        for name in names:
            for written, alias in _ways(kind, name):
                if alias.full or kind in HEADS or not only_vocabulary(written):
                    add(written, alias)
    for kind, spellings in other.items():
        for written, name in spellings.items():
            add(written, Alias(kind, name, True, AS_WRITTEN if is_plain(kind, written) else ""))
    products = len(entities.get("product", ()))
    return AliasIndex(
        {key: kept for key, items in found.items() if (kept := _settled(tuple(items.values()), products))}
    )


def _settled(aliases: tuple[Alias, ...], products: int) -> tuple[Alias, ...]:
    """Prefer full names; a short form of several things stands for none, unless they are people, accounts or a line.

    A line is some of the products, not all: what all are called by is the maker's name, and asks for no product.
    """
    full = tuple(item for item in aliases if item.full)
    if full:
        return full
    if len({item.name for item in aliases}) == 1:
        return aliases
    line = len({item.name for item in aliases if item.kind == "product"}) < products
    kinds = ("account", "rep", "product") if line else ("account", "rep")
    return tuple(item for item in aliases if item.kind in kinds)


def _ways(kind: str, name: str) -> Iterator[tuple[str, Alias]]:
    if is_plain(kind, name):
        yield name, Alias(kind, name, True, AS_WRITTEN)
        return
    yield name, Alias(kind, name, True)
    parts = re.findall(r"[^\W_]+(?:[-_'][^\W_]+)*", name)
    if not _NAME.fullmatch(name) or len(parts) > _MOST_WORDS:
        return
    if "&" in name:
        yield name.replace("&", " and "), Alias(kind, name, True)
    if kind in ("account", "rep", "manager") and len(parts) > 1:
        yield from _parts_of_name(kind, name, parts)
    elif kind in ("content", "training"):
        yield from _heads(kind, name, parts)
    elif kind == "product" and len(parts) > 1:
        yield parts[-1], Alias(kind, name, False, "capital inside")
        if not parts[-1].isdigit():
            yield " ".join(parts[:-1]), Alias(kind, name, False, "capital")
    elif kind == "region":
        yield name + "ern", Alias(kind, name, True)
    elif kind == "segment":
        yield from ((item, Alias(kind, name, True)) for item in (name + "s", *_SEGMENTS.get(name.casefold(), ())))
    elif kind == "stage":
        yield name + "s", Alias(kind, name, True)


def _parts_of_name(kind: str, name: str, parts: list[str]) -> Iterator[tuple[str, Alias]]:
    core = [item for item in parts if item.casefold() not in _LEGAL] or parts
    for size in range(2, len(parts)):
        yield " ".join(parts[:size]), Alias(kind, name, False)
    # "Umbrella Corp" for "Umbrella Corporation"
    if len(core) < len(parts):
        yield " ".join([*core, "corp"]), Alias(kind, name, False)
        yield " ".join([*core, "inc"]), Alias(kind, name, False)
    if kind in ("rep", "manager"):
        yield parts[0] + parts[-1][0], Alias(kind, name, False)
    for place, part in enumerate(core):
        # "the" of "The New York Inquirer" names nobody
        if part.casefold() in ("the", "a", "an", "of", "and"):
            continue
        common = is_word(part.casefold()) if len(part) > 3 else part.casefold() in _SHORT_WORDS
        if place == 0 or kind != "account" or not common:
            yield part, Alias(kind, name, False, "capital" if common else "")


def _heads(kind: str, name: str, parts: list[str]) -> Iterator[tuple[str, Alias]]:
    head = name_key(parts[-1])
    for first, last in combinations(range(len(parts) + 1), 2):
        # A head of two words, as in "Case Study" or "One-Pager".
        key = name_key(" ".join(parts[first:last]))
        if last == len(parts) and key in HEADS[kind]:
            yield key, Alias(kind, name, False, "a" if key in _TELLING else "the")
            if key == "certification":
                yield "cert", Alias(kind, name, False, "the")
    if head in _SAME_HEAD[kind] and len(parts) == 2:
        yield parts[0], Alias(kind, name, False, "done")
    if head in _SAME_HEAD[kind]:
        for other in _SAME_HEAD[kind] - {head}:
            yield " ".join([*parts[:-1], other]), Alias(kind, name, False)
