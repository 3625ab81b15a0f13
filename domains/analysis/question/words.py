"""Words of a question: clean text, tokens, English or not, and the words that a misspelt one may stand for."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import OSA

from domains.analysis.question.lexicon import sections, word_list

__all__ = ["SALES_WORDS", "Token", "clean", "corrected", "is_any_word", "is_word", "spelled_out", "tokens"]

_QUOTES = str.maketrans({"‘": "'", "’": "'", "´": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": " - ", "…": "..."})
_TOKEN = re.compile(r"[^\W_]+(?:['&_-][^\W_]+)*'?|[^\w\s]", re.UNICODE)
_ENDINGS = (
    ("ies", ("y",)),
    ("ied", ("y",)),
    ("es", ("", "e")),
    ("s", ("",)),
    ("ed", ("", "e")),
    ("ing", ("", "e")),
    ("ings", ("", "e")),
    ("ly", ("",)),
    ("er", ("", "e")),
    ("ers", ("", "e")),
    ("est", ("", "e")),
    ("iest", ("y",)),
    ("ier", ("y",)),
    ("ily", ("y",)),
    ("iness", ("y",)),
    ("able", ("", "e")),
    ("ability", ("", "e")),
    ("ful", ("",)),
    ("ish", ("", "e")),
    ("wise", ("",)),
    ("ity", ("", "e")),
    ("ation", ("", "e")),
    ("ise", ("",)),
    ("ize", ("",)),
    ("ment", ("",)),
    ("ness", ("",)),
    ("less", ("",)),
)
_PREFIXES = ("un", "re", "non", "mis", "over", "under", "pre", "post")

# The words on which rules rest: a misspelt word is read as one of these first.
SALES_WORDS = word_list("sales_words", "sales")

_SPELLED_OUT = {
    "pls": "please", "plz": "please", "thx": "thanks", "u": "you", "ur": "your", "r": "are", "b4": "before",
    "whos": "who is", "whats": "what is", "hows": "how is", "wheres": "where is", "whens": "when is",
    "dont": "do not", "doesnt": "does not", "didnt": "did not", "isnt": "is not", "arent": "are not",
    "cant": "can not", "wont": "will not", "havent": "have not", "hasnt": "has not", "ive": "i have", "im": "i am",
    "who's": "who is", "what's": "what is", "how's": "how is", "where's": "where is", "it's": "it is",
    "that's": "that is", "there's": "there is", "let's": "let us", "won't": "will not", "can't": "can not",
    "cannot": "can not", "when's": "when is", "i'm": "i am", "she's": "she is", "he's": "he is",
    "qtr": "quarter", "qtrs": "quarters", "qtly": "quarterly", "wk": "week", "wks": "weeks", "mth": "month",
    "mths": "months", "mo": "month", "yr": "year", "yrs": "years", "avg": "average", "pct": "percent",
    "acct": "account", "accts": "accounts", "cust": "customer", "custs": "customers", "mgr": "manager",
    "mgrs": "managers", "opp": "opportunity", "opps": "opportunities", "oppty": "opportunity", "excl": "excluding",
    "incl": "including", "perf": "performance", "fcst": "forecast", "rev": "revenue", "num": "number",
    "nr": "number", "cnt": "count", "versus": "vs", "prev": "previous", "curr": "current", "comp": "competitor",
    "comps": "competitors", "obj": "objection", "info": "information", "biz": "business", "ppl": "people",
    "w": "with", "wo": "without", "wout": "without", "smb": "small business", "smbs": "small business",
    "gonna": "going to", "wanna": "want to", "gimme": "give me", "lemme": "let me", "cos": "because", "cuz": "because",
    "n": "and", "lst": "last", "nxt": "next", "prv": "previous", "mos": "months", "rn": "right now", "wich": "which",
    "wat": "what", "wht": "what", "kno": "know", "enuf": "enough", "hv": "have", "wld": "would", "cld": "could",
    "shld": "should", "tmrw": "tomorrow", "coz": "because", "bcos": "because", "theyre": "they are",
    "youre": "you are", "thats": "that is", "theres": "there is", "hes": "he is", "shes": "she is",
    "whatll": "what will", "wholl": "who will", "itll": "it will", "theyll": "they will", "weve": "we have",
    "youve": "you have", "theyve": "they have", "wasnt": "was not", "werent": "were not", "wouldnt": "would not",
    "couldnt": "could not", "shouldnt": "should not", "hadnt": "had not", "aint": "is not", "ain't": "is not",
    "mtg": "meeting", "mtgs": "meetings", "msg": "message", "msgs": "messages", "opptys": "opportunities",
    "bc": "because", "abt": "about", "btw": "by the way", "anyones": "anyone's", "reps'": "reps",
    "convo": "conversation", "convos": "conversations", "comms": "communication", "ae": "rep", "aes": "reps",
    "bdr": "rep", "bdrs": "reps",
    "winrate": "win rate", "winrates": "win rates", "sdr": "rep", "sdrs": "reps", "csm": "rep", "csms": "reps",
}  # fmt: skip
# Four letters are enough for these only; else a short name would be read as a word.
_SMALL_WORDS = tuple(sorted(word_list("sales_words", "small")))
_SUFFIXES = (("n't", " not"), ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'d", " would"))


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a sign, as written, with whether its capital tells something."""

    text: str
    capital: bool
    first: bool

    @property
    def lower(self) -> str:
        """The word without case."""
        return self.text.casefold()


def clean(text: str) -> str:
    r"""Return the text with one kind of quotes and blanks, without control and formatting characters.

    Examples
    --------
    >>> clean("  What’s\u200b   up\x00? ")
    "What's up ?"
    """
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    kept = (item for item in plain if unicodedata.category(item) != "Cf")
    return " ".join("".join(" " if unicodedata.category(item)[0] == "C" else item for item in kept).split())


def tokens(text: str) -> list[Token]:
    """Return the words and signs of a cleaned text.

    `capital` is set only where a capital letter tells something: not in a text that is all capitals or title case.
    """
    found = _with_closing_quotes([match.group() for match in _TOKEN.finditer(text)])
    words = [item for item in found if item[0].isalpha() and len(item) > 2]
    # The first word has a capital in any case.
    capitals = sum(item[0].isupper() for item in words[1:])
    informative = capitals <= 0.6 * len(words) or (len(words) <= 3 and not text.isupper())
    result, first = [], True
    for item in found:
        result.append(Token(item, informative and item[0].isupper(), first))
        first = item in ".?!:;" or (first and not item[0].isalnum())
    return result


def _with_closing_quotes(found: list[str]) -> list[str]:
    """Take the sign off "reps'", and set it apart where it closes what a sign of its own has opened."""
    result, opened = [], False
    for item in found:
        word = item.rstrip("'")
        result.append(word or item)
        if not word:
            opened = not opened
        elif word != item and opened:
            result.append("'")
            opened = False
    return result


@cache
def _english() -> frozenset[str]:
    return _listed("english_words.txt")


@cache
def _rarer() -> frozenset[str]:
    return _listed("rarer_words.txt")


def _listed(name: str) -> frozenset[str]:
    text = files("domains.analysis.question.lexicon").joinpath(name).read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@cache
def is_word(word: str) -> bool:
    """Return whether a lower-case word is English, or too short to tell; endings and prefixes are allowed for.

    Examples
    --------
    >>> is_word("forecasting"), is_word("unanswered"), is_word("wunderwill")
    (True, True, False)
    """
    word = word.removesuffix("'s")
    if len(word) <= 3 or word in _english() or word in SALES_WORDS or word in _SPELLED_OUT:
        return True
    if "-" in word or "'" in word:
        return all(is_word(part) for part in re.split(r"[-']", word))
    if len(word) == 4 and word.endswith("s"):
        return True
    if any(stem in _english() or stem in SALES_WORDS for stem in _stems(word)):
        return True
    return any(word.startswith(item) and len(word) - len(item) > 3 and is_word(word[len(item) :]) for item in _PREFIXES)


@cache
def is_any_word(word: str) -> bool:
    """Return whether a lower-case word is English, be it a rare one, which may also be somebody's name.

    Examples
    --------
    >>> is_word("enumerate"), is_any_word("enumerate"), is_any_word("haggled"), is_any_word("documagic")
    (False, True, True, False)
    """
    word = word.removesuffix("'s")
    if is_word(word) or word in _rarer():
        return True
    if "-" in word or "'" in word:
        return all(is_any_word(part) for part in re.split(r"[-']", word))
    if any(stem in _rarer() for stem in _stems(word)):
        return True
    return any(
        word.startswith(item) and len(word) - len(item) > 3 and is_any_word(word[len(item) :]) for item in _PREFIXES
    )


def _stems(word: str) -> list[str]:
    found = []
    for ending, replacements in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            found += [stem + item for item in replacements]
            if len(stem) > 3 and stem[-1] == stem[-2]:
                found.append(stem[:-1])
    return found


@cache
def corrected(word: str) -> str | None:
    """Return the word that a misspelt lower-case word stands for, or None when there is none near enough.

    Examples
    --------
    >>> corrected("forcast"), corrected("documagic")
    ('forecast', None)
    """
    if len(word) < 4 or is_any_word(word) or not word.isalpha():
        return None
    if len(word) == 4:
        near = process.extractOne(word, _SMALL_WORDS, scorer=OSA.distance, score_cutoff=1)
        return str(near[0]) if near is not None and near[0][0] == word[0] else None
    limit = 1 if len(word) < 8 else 2
    for choices in (_by_initial(word[0], True), _by_initial(word[0], False)):
        found = process.extractOne(word, choices, scorer=OSA.distance, score_cutoff=limit)
        if found is not None:
            return str(found[0])
    return None


@cache
def _rule_words() -> frozenset[str]:
    """Return the English words that stand in the rules."""
    names = ("measures", "dimensions", "groups", "cues", "topics", "objections", "subjects", "scoping", "comparisons")
    found = {word for name in names for text in sections(name).values() for word in re.findall(r"[a-z]{5,}", text)}
    return frozenset(found & _english()) | SALES_WORDS


@cache
def _by_initial(letter: str, sales: bool) -> tuple[str, ...]:
    words = _rule_words() if sales else _english()
    return tuple(sorted(word for word in words if word[0] == letter))


def spelled_out(word: str) -> str:
    """Return a lower-case short form in full: contractions and the shorthand of chat.

    Examples
    --------
    >>> spelled_out("haven't"), spelled_out("qtr"), spelled_out("deal")
    ('have not', 'quarter', 'deal')
    """
    if word in _SPELLED_OUT:
        return _SPELLED_OUT[word]
    for suffix, full in _SUFFIXES:
        if word.endswith(suffix):
            return word.removesuffix(suffix) + full
    if word.endswith("in") and not is_any_word(word) and is_word(f"{word}g"):
        return f"{word}g"  # "leavin"
    return word
