"""Which sentences of a question ask for something, and which only tell the story before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domains.analysis.question.measures import find_metrics
from domains.analysis.question.reading import MARK, Reading, pattern

__all__ = ["asking", "without_thanks"]

_WH = r"(?:who|whom|whose|what|which|where|when|how|why|is|are|was|were|do|does|did|has|have|had|can|could|should|would|will|any|anyone)"
_IMPERATIVE = (
    r"(?:please |kindly |just |now |ok |so |then |and |also |lastly |finally |first |second |third |hey |hi |hello |, |: |- )*"
    r"(?:tell|give|show|list|rank|compare|find|get|pull|break|summari[sz]e|explain|analy[sz]e|assess|evaluate|review|prep|prepare|brief|walk|predict|forecast|estimate|measure|calculate|compute|count|plot|chart|describe|identify|look|dig|check|see|quantify|provide|let|help|coach|run|do|make|put|pick|name|determine|establish|report|outline|highlight|examine|investigate|track|drill|split|graph|deep|say|contrast)"
)
_STARTS = re.compile(rf"^(?:[^\w@]*|and |but |so |ok |well |then |also |now )*(?:{_WH}|{_IMPERATIVE})(?!\w)")
_WANTS = pattern(
    r"(?:i|we) (?:\w+ )?(?:want|need|would like|would ask|would love|am asking|are asking|am looking|are looking|am interested|are interested|wonder|am wondering|am after|am curious|have to know|must know|am trying to)|"
    r"(?:i was|i am|we were) (?:wondering|asked (?:for|whether|if))|which means :|so :|the question is|my question|question :|in short :|bottom line|what i (?:want|need|would)|interested in|curious (?:about|whether|if|how)|"
    r"(?:tell|show|give) me|let me know|can you|could you|would you|please|(?:^|, )(?:i )?wonder|anything about|not sure (?:if|whether|which|what|who|why)|no idea (?:if|whether|which|what|who|why)"
)
_STORY = pattern(r"(?:i|we) (?:am|are) (?:deciding|considering|planning|thinking|about to|preparing|working|debating|not asking)|(?:i|we|they|he|she|it|@\w+) (?:had|was|were|went|said|told|did|came|got|lost|heard|asked|left|knew|thought|hope|remember|promised|mentioned|seemed)")
_CHECKS = pattern(
    r"is (?:it|this|that) (?:so|true|right|correct|real|fair|the case|accurate|just me)|true|right|correct|fair|myth|fact|fiction|agree|does that hold|can you confirm|confirm|"
    r"does the data|do the data|do the numbers|back (?:it|that|this|him|her|them) up|any truth|really|am i wrong|am i right|what do you think|thoughts|how so"
)
_ABOUT_NOTHING = re.compile(
    r"(?<!\w)(?:thanks?(?: you)?(?: (?:in advance|a lot|so much|very much|for \w+(?: \w+){0,4}))?|cheers|please|kindly|hi(?: there| all| team)?|hello|hey|"
    r"good (?:morning|afternoon|evening)|just|quick question|by the way|fyi|asap)(?!\w)"
)


def without_thanks(text: str) -> str:
    """Return the text without the words of politeness."""
    return " ".join(_ABOUT_NOTHING.sub(" ", text).split())


def asking(reading: Reading) -> tuple[list[str], list[str]]:
    """Return the sentences that ask, and the others; where none asks, all do.

    Examples
    --------
    >>> from domains.analysis.question.known import Known
    >>> from domains.analysis.question.reading import read
    >>> asking(read("We had the QBR yesterday. What is our win rate?", Known()))
    (['what is our win rate ?'], ['we had the qbr yesterday .'])
    """
    sentences = [part for part in (without_thanks(item) for item in reading.sentences) if re.search(r"\w", part)]
    if len(sentences) < 2:
        return sentences, []
    asks = [item for item in sentences if _asks(item)]
    if not asks or _only_checks(" ".join(asks)):
        return sentences, []
    return asks, [item for item in sentences if item not in asks]


def _only_checks(text: str) -> bool:
    """Whether the asking sentences only want what was said before confirmed: "is it so?", "myth or fact?"."""
    return len(text.split()) <= 9 and not find_metrics(text) and not MARK.search(text) and _CHECKS.search(text) is not None


def _asks(sentence: str) -> bool:
    if "?" in sentence or _STARTS.search(sentence) or _WANTS.search(sentence):
        return True
    return len(sentence.split()) <= 14 and bool(find_metrics(sentence) or MARK.search(sentence)) and not _tells(sentence)


def _tells(sentence: str) -> bool:
    return _STORY.search(sentence) is not None


def joined(parts: Sequence[str]) -> str:
    """Return sentences as one text."""
    return " ".join(parts)
