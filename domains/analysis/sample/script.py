"""The transcript being written: picks sentences, joins or separates turns, adds the noise of speech, keeps time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from domains.analysis.sample.chance import chance
from domains.analysis.sample.grammar import fill
from domains.analysis.sample.phrases import filler
from domains.analysis.sample.records import SampleTurn

__all__ = ["MONOLOGUE_WORDS", "Script", "Voice"]

MONOLOGUE_WORDS = 110
_MOST_WORDS = 80
_SENTENCES = re.compile(r"(?<=[.?!]) ")


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: the role in the call, the name, words per second."""

    role: str
    name: str
    pace: float


@dataclass(slots=True)
class _Line:
    voice: Voice
    text: str
    intents: tuple[str, ...]

    @property
    def words(self) -> int:
        return self.text.count(" ") + 1


class Script:
    """A call's lines in order.

    Parameters
    ----------
    rng : Random
        The call's own stream.
    keep : collection of str
        Words that keep their capital after a hesitation: names.
    """

    def __init__(self, rng: Random, keep: frozenset[str]) -> None:
        self.rng = rng
        self._keep = keep
        self._used: set[str] = set()
        self._lines: list[_Line] = []
        self._other: Voice | None = None

    def matching(self, asked: Sequence[str], replies: Sequence[str]) -> tuple[list[str], list[str]]:
        """Return a question and the replies that fit it: the one at the same place, where there are as many of both."""
        question = self.pick(asked)
        if len(asked) == len(replies):
            return [question], [replies[list(asked).index(question)]]
        return [question], list(replies)

    def pick(self, bank: Sequence[str]) -> str:
        """Return a template of the bank that this call has not had yet, as long as there is one."""
        fresh = [template for template in bank if template not in self._used]
        template = self.rng.choice(fresh or list(bank))
        self._used.add(template)
        return template

    def say(
        self, voice: Voice, bank: Sequence[str], slots: Mapping[str, object], *intents: str, plain: bool = False
    ) -> None:
        """Add a sentence or two in a voice; the same voice twice in a row makes one turn, unless it gets too long."""
        text = fill(self.rng, self.pick(bank), slots)
        if not plain:
            text = self._disfluent(voice.role, text, bool(intents))
        self.add(voice, text, *intents)

    def add(self, voice: Voice, text: str, *intents: str) -> None:
        """Add finished text."""
        last = self._lines[-1] if self._lines else None
        if last is not None and last.voice is voice:
            if last.words + text.count(" ") < _MOST_WORDS:
                last.text += " " + text
                last.intents += intents
                return
            if self._other is not None:
                self._lines.append(_Line(self._other, self.rng.choice(filler.BACKCHANNEL), ()))
        elif last is not None:
            self._other = last.voice
        self._lines.append(_Line(voice, text, intents))

    def monologue(self, voice: Voice, slots: Mapping[str, object]) -> None:
        """Add one long turn of pitch in one go."""
        sentences: list[str] = []
        while sum(sentence.count(" ") + 1 for sentence in sentences) < MONOLOGUE_WORDS + 15:
            sentences.append(fill(self.rng, self.pick(filler.PITCH), slots))
        if self._lines and self._lines[-1].voice is voice and self._other is not None:
            self._lines.append(_Line(self._other, self.rng.choice(filler.BACKCHANNEL), ()))
        self._lines.append(_Line(voice, " ".join(sentences), ("habit:long_monologue",)))

    def backchannel(self, voice: Voice) -> None:
        """Let the listener make a noise, if it is not the listener's turn already."""
        if self._lines and self._lines[-1].voice is not voice:
            self._other = self._lines[-1].voice
            self._lines.append(_Line(voice, self.rng.choice(filler.BACKCHANNEL), ()))

    def _disfluent(self, role: str, text: str, planted: bool) -> str:
        rng = self.rng
        if chance(rng, 0.3 if role == "prospect" else 0.2):
            text = self._softened(role, text)
        if chance(rng, 0.16):
            lead = rng.choice(filler.HESITATION if text.count(" ") > 4 else filler.HESITATION[:3])
            text = lead + self._lowered(text)
        if not planted and chance(rng, 0.02):
            words = text.split(" ")
            spot = rng.randrange(len(words))
            if len(words) > 4 and words[spot].isalpha() and words[spot].islower():
                words.insert(spot, words[spot] + ("," if chance(rng, 0.5) else " -"))
                text = " ".join(words)
        if not planted and chance(rng, 0.012):
            text = _typo(rng, text)
        return text

    def _lowered(self, text: str) -> str:
        """Return the text without its first capital, unless that belongs to a name or to the first person."""
        first = text.split(" ", 1)[0].rstrip(",.?!").removesuffix("'s")
        keeps = first in self._keep or text.startswith(("I'", "I ")) or (first.isupper() and len(first) > 1)
        return text if keeps else text[:1].lower() + text[1:]

    def _softened(self, role: str, text: str) -> str:
        """Soften one plain statement of the text, as people do, at its end or at its beginning."""
        sentences = _SENTENCES.split(text)
        plain = [
            i for i, part in enumerate(sentences) if part.endswith(".") and part.count(" ") > 3 and '"' not in part
        ]
        if not plain:
            return text
        spot = self.rng.choice(plain)
        part = sentences[spot]
        if chance(self.rng, 0.6):
            if not part.endswith("..") and not part.startswith(("I ", "I'")):
                part = part[:-1] + self.rng.choice(filler.TAGS[role]) + "."
        elif part.startswith(("I ", "I'", "We ", "We'", "It ", "It's", "They ", "That ", "That's", "There ", "The ")):
            part = self.rng.choice(filler.SOFTENERS) + self._lowered(part)
        sentences[spot] = part
        return " ".join(sentences)

    def turns(self) -> tuple[SampleTurn, ...]:
        """Return the lines with times: pauses after questions, now and then an interruption."""
        rng, clock, found = self.rng, self.rng.uniform(0.4, 3.0), []
        before: _Line | None = None
        for line in self._lines:
            gap = rng.uniform(0.15, 0.9)
            if before is not None and before.text.endswith("?"):
                gap = rng.uniform(0.4, 2.2)
            elif before is not None and before.words > 15 and chance(rng, 0.05):
                gap = -rng.uniform(0.2, 0.9)
            start = round(clock + gap, 2)
            end = round(start + max(0.4, line.words / (line.voice.pace * rng.uniform(0.9, 1.1))), 2)
            found.append(SampleTurn(line.voice.role, line.voice.name, line.text, start, end, line.intents))
            clock, before = end, line
        return tuple(found)


def _typo(rng: Random, text: str) -> str:
    """Swap two inner letters of one longer lower-case word."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) > 5 and word.isalpha() and word.islower()]
    if not long:
        return text
    spot = rng.choice(long)
    word, at = words[spot], rng.randrange(1, len(words[spot]) - 2)
    words[spot] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)
