"""What is talked about: topics and objections, told apart by whether something is held against buying."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domains.analysis.question.known import Known
from domains.analysis.question.measures import Found
from domains.analysis.question.reading import pattern

__all__ = ["find_subjects", "names_of"]

# How people speak of the usual subjects. A name that is not here is looked for in its own words.
_TOPICS: dict[str, str] = {
    "pricing": r"pric(?:e|es|ing)|costs?",
    "security": r"security|data protection|privacy|encryption",
    "data migration": r"(?:data )?migrat(?:ion|ions|ing|e)",
    "integration": r"integrations?|integrating|apis?",
    "implementation timeline": r"implementation(?: timelines?| time| plan| schedule| effort)?|time ?lines?|roll ?-?out(?: plan)?|go live(?: date)?",
    "compliance": r"compliance|compliant|regulat(?:ion|ions|ory)",
    "support": r"(?:customer |technical )?support(?= |$)(?! (?:us|me|the claim|this|that))",
    "roadmap": r"road ?-?map",
    "AI drafting": r"ai(?: |-)?(?:drafting|assisted drafting|draft|features?)?|drafting (?:with|by) ai|automatic drafting",
    "e-signature": r"e ?-?sign(?:ature|atures|ing)?|esignatures?|electronic signatures?|digital signatures?",
    "next steps": r"next steps?|follow ?-?ups?",
    "discount": r"discounts?",
    "budget": r"budgets?",
    "return on investment": r"return on investment|roi",
    "contract": r"contract terms|contracts?",
    "credibility": r"credib(?:ility|le)|reputation|legitima(?:cy|te)|legit|well known",
    "personal story": r"personal (?:stor(?:y|ies)|experiences?|anecdotes?)|stor(?:y|ies)(?= |$)|anecdotes?|own (?:experiences?|life|childhood)",
    "children in need": r"child(?:ren)?(?: in need| suffering| in war \w+| dying)?|kids|(?:starving|suffering|hungry) (?:children|kids)",
    "donation amount": r"(?:specific |donation |fixed |concrete |exact |suggested |certain )+(?:amount|sum|figure|number)s?|how much to (?:give|donate)",
    "donation process": r"(?:donation|donating|giving|payment) (?:process|procedure|mechanics)|how (?:the donation|donating|to donate|the payment)(?: \w+){0,2}|deducted|taken from (?:the|their) payment",
    "transparency": r"transparen(?:cy|t)|(?:how|where) (?:the |their |our )?(?:money|donations?|funds) (?:is|are|goes|go|gets?)(?: \w+)?|use of (?:the )?(?:money|funds|donations)|overhead",
}  # fmt: skip
_OBJECTIONS: dict[str, str] = {
    "price": r"pric(?:e|es|ing|ey|y)|costs?|costly|(?:too )?expensive|afford\w*|budgets?|(?:lack|short|shortage) of (?:money|funds|cash)|no money|money|too poor|broke",
    "budget": r"budgets?|no money",
    "security": r"security|data protection|privacy",
    "migration effort": r"(?:data )?migrat(?:ion|ing)(?: effort| work| pain)?|switching(?: costs?| effort)?|effort of (?:moving|switching)",
    "timing": r"timing|bad time|not now|(?:wrong|right) time|too (?:busy|early)|no time|next year|later",
    "integration": r"integrations?|integrating",
    "status quo": r"status quo|no ?-? ?decisions?|do(?:ing)? nothing|inertia|indecision|stay(?:ing|ed)? (?:put|with what they have|with their current \w+)|happy with what they have|not to change|no change",
    "no authority": r"(?:no|lack of|without|not having|not the) authority|(?:not|no) (?:the )?decision ?-?makers?|need(?:s|ing)? (?:to ask|approval)|wrong person|(?:have|has|had) to ask (?:\w+ ){0,2}boss",
    "authority": r"authority|not the decision ?-?maker",
    "trust": r"(?:dis|mis)?trust(?:ing|ed)?|skeptic\w*|sceptic\w*|suspici\w+|scams?|fraud|doubts?",
    "other causes": r"other (?:causes?|charit(?:y|ies)|organi[sz]ations?)|(?:already|give|gives|giving|donate|donates) (?:to |give to |donate to )?(?:other|another|elsewhere|their own)(?: \w+)?|local (?:causes|charities)",
    "competitor": r"already (?:use|using|have)",
    "complexity": r"complexity|too (?:complex|complicated)",
}  # fmt: skip
_AGAINST = pattern(
    r"objections?|object(?:s|ed|ing)?(?: to)?|push(?:es|ed|ing)? ?back|lose|lost|losing|loses|loss|losses|concern(?:s|ed)?|worr(?:y|ies|ied)|"
    r"resist\w*|hesita\w*|reservations?|obstacles?|blockers?|deal ?-?breakers?|barriers?|complain(?:s|ed|ts?)?|balk\w*|"
    r"no ?-?decisions?|reason(?:s)? (?:not|against|people|they|donors|for (?:losing|saying no|refus\w+))|say(?:s|ing)? no|said no|refus\w*|excuses?|"
    r"afraid|fear(?:s|ed)?|turned (?:us )?down|walk(?:s|ed)? away|held against|kill(?:s|ed)? (?:the |our )?deals?|cited|declin\w+|scar(?:e|es|ed)|expensive|skeptic\w*|sceptic\w*"
)
_SAID = pattern(
    r"mention\w*|talk\w*|discuss\w*|come(?:s)? up|came up|coming up|crops? up|bring(?:s|ing)? up|brought up|rais(?:e|es|ed|ing)|ask(?:s|ed|ing)?|say(?:s|ing)?|said|"
    r"hear(?:d)?|topics?|conversations?|calls?|subject|speak\w*|question(?:s)?|address\w*|cover(?:s|ed)|explain\w*|tell(?:s|ing)?|story|stories|use(?:s)? of|using|feel|asking for|emphasi\w+|answer\w*|pitch\w*|interest(?:ed)? in|sentiment|go(?:es)? with"
)
# "list price", "price sensitive": the word is there, the subject is not.
_NOT_SUBJECT = re.compile(r"(?:list|close|closing|average|stock|share|selling) pric\w+|pric\w+ of (?:the )?(?:@product\d+|turbo)|costs? (?:us|me) (?:most|more|the)|cost of")


_TALK_AFTER = re.compile(r"(?:talk|mentions?|questions?|discussions?|conversations?|chatter|comes? up|came up|(?:is|was|are|gets?) (?:mentioned|discussed|raised|brought up))\b")
_TALK_BEFORE = re.compile(r"(?:mention\w*|talk(?:s|ed|ing)? about|discuss\w*|bring(?:s|ing)? up|brought up|ask(?:s|ed|ing)? about|questions? (?:about|on))(?: the| our)?$")
_ABOUT_ONE = pattern(r"objections? (?:about|on|to|around|regarding|over)")


def names_of(kind: str, known: Known) -> tuple[str, ...]:
    """Return the topics or objections that are known: the workspace's, or else those of the trackers."""
    given = known.names(kind)
    if given or kind in known.entities:
        return given
    from domains.analysis.language.objection_cues import OBJECTIONS
    from domains.analysis.language.topic_cues import TOPICS

    return tuple(item.name for item in (TOPICS if kind == "topic" else OBJECTIONS))


def find_subjects(text: str, known: Known, grouped: Sequence[str] = ()) -> list[tuple[str, Found]]:
    """Return the topics and objections in a text as pairs of kind and what was found.

    Examples
    --------
    >>> known = Known(entities={"topic": ["pricing", "security"], "objection": ["price"]})
    >>> [(kind, item.name) for kind, item in find_subjects("how often do they push back on price", known)]
    [('objection', 'price')]
    >>> [(kind, item.name) for kind, item in find_subjects("how often does pricing come up", known)]
    [('topic', 'pricing')]
    """
    grouped = [] if _ABOUT_ONE.search(text) else grouped
    plain = _NOT_SUBJECT.sub(lambda match: "~" * len(match.group()), text)
    topics = _matches(plain, names_of("topic", known), _TOPICS)
    objections = [item for item in _matches(plain, names_of("objection", known), _OBJECTIONS) if not _spoken_of(text, item)]
    found: list[tuple[str, Found]] = []
    against = _AGAINST.search(text) is not None and "objection" not in grouped
    taken: list[range] = []
    if against or not topics:
        for item in objections:
            if against or _is_own_word(item.name, item.words):
                found.append(("objection", item))
                taken.append(range(item.start, item.start + len(item.words)))
    if _SAID.search(text) or found:
        for item in topics:
            if not any(item.start in span for span in taken):
                found.append(("topic", item))
    if found or not topics:
        return sorted(found, key=lambda pair: pair[1].start)
    # A subject alone, in a text of few words, is a topic: "compliance in the midwest".
    return [("topic", item) for item in topics if len(text.split()) <= 6]


def _spoken_of(text: str, item: Found) -> bool:
    """Whether something is talked about rather than held against: "pricing talk", "bring up pricing"."""
    after = text[item.start + len(item.words) :].lstrip()
    before = text[: item.start].rstrip()
    return _TALK_AFTER.match(after) is not None or _TALK_BEFORE.search(before) is not None


def _is_own_word(name: str, words: str) -> bool:
    """Whether an objection is named by words that mean nothing else: "no decision", not "money"."""
    return name in ("status quo", "no authority", "trust", "other causes", "migration effort")


def _matches(text: str, names: Sequence[str], cues: dict[str, str]) -> list[Found]:
    found = []
    for name in names:
        own = r"[ -]?".join(re.escape(part) for part in re.split(r"[ -]", name.casefold()))
        match = pattern(f"{own}s?|{cues[name]}" if name in cues else f"{own}s?").search(text)
        if match:
            found.append(Found(name, match.group(), match.start()))
    return found
