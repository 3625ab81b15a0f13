"""What a question asks for: its parts, their types and scopes, how complex it is, and the words that say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from domains.analysis.question.asks import asking, is_asking, is_telling
from domains.analysis.question.classify import Choice, Clause, choose
from domains.analysis.question.complexity import depth_of, is_exploratory
from domains.analysis.question.known import Known
from domains.analysis.question.lexicon import rule
from domains.analysis.question.measures import find_metrics
from domains.analysis.question.mentions import Mention
from domains.analysis.question.modifiers import modified
from domains.analysis.question.parts import Piece, is_opening, only_reason, refers_back, split
from domains.analysis.question.period_phrases import find_atoms
from domains.analysis.question.reading import MARK, Reading
from domains.analysis.question.scoping import Part, looks_forward, make_clause, merged, pairs_of
from domains.analysis.scope import Scope

__all__ = ["Interpretation", "Unread", "interpret"]

_NOT_ABOUT = rule("asks", "not_about")
# What a pronoun can stand for, when the part that asks does not name it.
_ANY_DAY = date(2025, 6, 30)
_SHORT = 9
# Of whom a piece speaks that does not go on about the account before it.
_GENERAL = rule("parts", "general")
_CARRIED = ("account", "rep", "competitor", "region", "segment", "product", "content", "training")


@dataclass(frozen=True)
class Unread:
    """A piece of a question in which no type of analysis was found."""

    text: str


@dataclass(frozen=True)
class Interpretation:
    """The parts found, the pieces not understood, and the whole in one type, scope and complexity."""

    parts: tuple[Part, ...]
    unread: tuple[Unread, ...]
    asks: tuple[str, ...]
    complexity: str
    depth: str | None

    @property
    def analysis(self) -> str | None:
        """The type: that of the parts when they agree, else custom."""
        types = {part.analysis for part in self.parts}
        return None if not types else types.pop() if len(types) == 1 else "custom"

    @property
    def scope(self) -> Scope:
        """Everything that any part names."""
        return merged(part.scope for part in self.parts)

    @property
    def excludes(self) -> Scope:
        """Everything that any part leaves out."""
        return merged(part.excludes for part in self.parts)


def interpret(reading: Reading, known: Known) -> Interpretation:
    """Return what a question asks for; nothing is judged here.

    Examples
    --------
    >>> from domains.analysis.question.reading import read
    >>> known = Known()
    >>> found = interpret(read("Win rate by region, and also, which deals are slipping?", known), known)
    >>> [part.analysis for part in found.parts], found.complexity
    (['custom', 'pipeline'], 'multi-part')
    """
    asks, story = asking(reading)
    pieces, told = _apart(split(asks))
    if told and any(choose(make_clause(piece.text, reading, known)) for piece in pieces):
        asks, story = [piece.text for piece in pieces], [*story, *told]
    else:
        pieces = split(asks)
    carried = _carried(asks, story, reading)
    groups = _grouped(pieces, reading, known, carried)
    if story and groups and not groups[0][0].subjects and refers_back(" ".join(asks)):
        clause, choice = groups[0]
        subjects = make_clause(" ".join(story), reading, known).subjects
        groups[0] = replace(clause, subjects=subjects), choice
    parts, unread = [], []
    for clause, choice in groups:
        if choice is None:
            unread.append(Unread(clause.text))
        else:
            parts.append(_part(clause, choice, reading, known))
    text = " ".join(asks)
    return Interpretation(tuple(parts), tuple(unread), tuple(asks), _complexity(parts, text), depth_of(text))


def _apart(pieces: Sequence[Piece]) -> tuple[list[Piece], list[str]]:
    """Set apart what a sentence tells before it asks: "my worry is that deals get lost, so which share ..."."""
    first = 0
    while first + 1 < len(pieces) and (is_telling(pieces[first].text) or (first and not _asks(pieces[first].text))):
        first += 1
    rest = list(pieces[first:])
    if not first or not is_asking(rest[0].text) or only_reason(rest[0].text) or len(rest[0].text.split()) < 5:
        return list(pieces), []
    return [replace(rest[0], link="start"), *rest[1:]], [piece.text for piece in pieces[:first]]


def _asks(text: str) -> bool:
    return is_asking(text) or bool(find_metrics(text))


def _part(clause: Clause, choice: Choice, reading: Reading, known: Known) -> Part:
    scope, excludes, spans = pairs_of(clause, choice.analysis, reading, known)
    taken = modified(clause, choice.analysis, scope, reading, known)
    return Part(
        choice.analysis,
        clause,
        taken.scope,
        excludes,
        spans,
        looks_forward(clause.text),
        choice.rule,
        choice.words,
        choice.confidence,
        choice.rule != "weak",
        taken.notes,
        taken.back,
    )


def _complexity(parts: Sequence[Part], text: str) -> str:
    if len(parts) > 1:
        return "multi-part"
    measured = bool(parts) and any(key in ("metric", "group_by") for key, _ in parts[0].scope)
    return "exploratory" if is_exploratory(text, measured) else "simple"


def _carried(asks: Sequence[str], story: Sequence[str], reading: Reading) -> tuple[Mention, ...]:
    """Return the names of the story that the asking sentences point back to."""
    text = " ".join(asks)
    told = " ".join(story)
    if not told or _NOT_ABOUT.search(told) or _NOT_ABOUT.search(text):
        return ()
    own = {item.kind for item in reading.marked(text)}
    if own & {"account", "rep", "competitor"} and not refers_back(text):
        return ()
    found = [item for item in reading.marked(told) if item.name is not None and item.kind not in own]
    kept = found if refers_back(text) or not own else []
    return tuple(
        dict.fromkeys(
            item for item in kept if item.kind in ("account", "rep", "competitor", "content", "training", "product")
        )
    )


def _grouped(
    pieces: Sequence[Piece], reading: Reading, known: Known, carried: tuple[Mention, ...]
) -> list[tuple[Clause, Choice | None]]:
    """Return pieces as parts: a piece that asks nothing of its own goes with the one before it."""
    groups: list[tuple[Clause, Choice | None]] = []
    for piece in pieces:
        before = groups[-1] if groups else None
        inherited = _inherited(piece, groups, carried, reading)
        clause = make_clause(piece.text, reading, known, inherited)
        choice = choose(clause)
        if before is None:
            groups.append((clause, choice))
        elif before[1] is None and choice is not None and piece.link != "strong":
            groups[-1] = _joined(before, clause, reading, known)
        elif _is_own(piece, clause, choice, before):
            groups.append((clause, choice))
        elif choice is None and piece.link == "strong":
            groups.append((clause, None))
        else:
            groups[-1] = _joined(before, clause, reading, known)
    return _list_settled(groups, pieces, reading, known)


def _joined(
    before: tuple[Clause, Choice | None], clause: Clause, reading: Reading, known: Known
) -> tuple[Clause, Choice | None]:
    inherited = tuple(dict.fromkeys((*before[0].inherited, *clause.inherited)))
    own = {item.kind for item in reading.marked(f"{before[0].text} {clause.text}")}
    kept = tuple(item for item in inherited if item.kind not in own)
    both = make_clause(f"{before[0].text} , {clause.text}", reading, known, kept)
    return both, choose(both)


def _is_own(piece: Piece, clause: Clause, choice: Choice | None, before: tuple[Clause, Choice | None]) -> bool:
    """Whether a piece is a part of its own."""
    last = before[1]
    if choice is None or last is None or only_reason(piece.text):
        return choice is not None and last is None and piece.link == "strong"
    if piece.link == "strong":
        return True
    if piece.link == "weak" and _leads_up(before[0]):
        return False
    if choice.rule == "weak" or last.rule == "weak" or (is_opening(before[0].text) and not before[0].metrics):
        return False
    one_table = "enablement" not in (choice.analysis, last.analysis)
    if piece.link == "list" and one_table and _bare(clause) and _bare(before[0]):
        return False
    if choice.analysis != last.analysis:
        return True
    return piece.link != "list" and not refers_back(piece.text) and not _same_subject(clause, before[0])


def _leads_up(clause: Clause) -> bool:
    """Whether a piece asks nothing yet and only says what the next one is about: "rival by rival, how much ...?"."""
    return not clause.metrics and not is_asking(clause.text) and len(clause.text.split()) <= _SHORT


def _bare(clause: Clause) -> bool:
    """Whether a piece is a measure and no more, so that it makes one table with its neighbour."""
    return (
        not clause.mentions and not clause.subjects and bool(clause.metrics) and not find_atoms(clause.text, _ANY_DAY)
    )


def _same_subject(clause: Clause, before: Clause) -> bool:
    """Whether two questions of one type are one: the same named thing, or nothing new measured."""
    ours = {item.name for item in clause.mentions}
    return bool(ours & {item.name for item in before.mentions}) or len(clause.text.split()) < 4


def _inherited(
    piece: Piece, groups: Sequence[tuple[Clause, Choice | None]], carried: tuple[Mention, ...], reading: Reading
) -> tuple[Mention, ...]:
    """Return the names that a piece takes over from those before it: by a pronoun, or as an item of a list."""
    own = {item.kind for item in reading.marked(piece.text)}
    names = list(carried) if not groups or refers_back(piece.text) else []
    if groups and (piece.link == "list" or refers_back(piece.text) or _goes_on(piece, groups[-1][0])):
        last = groups[-1][0]
        names += [*last.mentions, *last.inherited]
    return tuple(dict.fromkeys(item for item in names if item.kind in _CARRIED and item.kind not in own and item.name))


def _goes_on(piece: Piece, before: Clause) -> bool:
    """Whether a piece goes on about the account before it: "what did they care about and what did we leave open"."""
    if piece.link != "weak" or "account" not in before.kinds or MARK.search(piece.text):
        return False
    return _GENERAL.search(piece.text) is None and not find_metrics(piece.text)


def _list_settled(
    groups: list[tuple[Clause, Choice | None]], pieces: Sequence[Piece], reading: Reading, known: Known
) -> list[tuple[Clause, Choice | None]]:
    """Give the items of a list the period that only the last one names ("coverage and win rate in 2024")."""
    if len(groups) < 2 or not any(item.link == "list" for item in pieces):
        return groups
    settled = []
    for clause, choice in groups:
        inherited = tuple(
            item for item in clause.inherited if not MARK.search(clause.text) or item not in clause.mentions
        )
        settled.append((replace(clause, inherited=inherited), choice))
    return settled
