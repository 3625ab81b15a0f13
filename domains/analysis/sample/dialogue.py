"""A call in words: the plan of a call played out between people who know the account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from random import Random

from domains.analysis.sample import names
from domains.analysis.sample.chance import chance, stream
from domains.analysis.sample.phrases import (
    closing,
    commercial,
    competitors,
    demo,
    discovery,
    evaluation,
    filler,
    opening,
    transitions,
)
from domains.analysis.sample.phrases.exchange import Exchange
from domains.analysis.sample.phrases.objections import OBJECTIONS
from domains.analysis.sample.phrases.qualification import LETTERS
from domains.analysis.sample.records import CallPlan, Contact, Objection, SampleTurn
from domains.analysis.sample.script import Script, Voice

__all__ = ["spoken_date", "write_dialogue"]

_BODY = {
    "discovery": discovery.TOPICS,
    "demo": demo.TOPICS,
    "evaluation": evaluation.TOPICS,
    "proposal": commercial.PROPOSAL,
    "negotiation": commercial.NEGOTIATION,
}
_EXPERTS = ("Ines Farrowdale", "Tobias Wrenfield", "Mei Castlebrook")
_CONTENT = {piece.content_id: piece.title for piece in names.CONTENT}
_SEGMENTS = {segment.name: segment for segment in names.SEGMENTS}
_PLURALS = {
    "Law firm": "law firms",
    "Wealth manager": "wealth managers",
    "Trust company": "trust companies",
    "Bank": "banks",
}
# Spelt out here, because the names that `strftime` gives depend on the locale.
_MONTHS = tuple("January February March April May June July August September October November December".split())
_WEEKDAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
_RAISES = {"security": "technical", "price": "economic_buyer", "timing": "economic_buyer"}

Slots = dict[str, object]


def write_dialogue(seed: int, plan: CallPlan) -> tuple[SampleTurn, ...]:
    """Return the turns of a planned call: what is planned is said, and what is not planned is not."""
    return _Conversation(stream(seed, "words", plan.call_id, plan.deal.opportunity_id), plan).play()


def spoken_date(rng: Random, day: date, today: date) -> tuple[str, str]:
    """Return a date as it is said, in full and for short.

    Examples
    --------
    >>> from random import Random
    >>> spoken_date(Random(3), date(2026, 3, 12), date(2026, 3, 3))
    ('Thursday, March 12th', 'Thursday')
    """
    suffix = "th" if 10 <= day.day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    ordinal, month, weekday = f"{day.day}{suffix}", _MONTHS[day.month - 1], _WEEKDAYS[day.weekday()]
    forms = [
        f"{weekday} the {ordinal} of {month}",
        f"{weekday}, {month} {ordinal}",
        f"{month} {ordinal}",
        f"the {ordinal} of {month}",
    ]
    monday = today - timedelta(today.weekday()) + timedelta(7)
    if monday <= day < monday + timedelta(5):
        forms.append(f"{weekday} of next week")
    chosen = rng.choice(forms)
    return chosen, weekday if weekday in chosen else f"the {ordinal}"


class _Conversation:
    """One call while it is being written."""

    def __init__(self, rng: Random, plan: CallPlan) -> None:
        self.rng = rng
        self.plan = plan
        self.deal = plan.deal
        self.rep = Voice("rep", self.deal.rep.rep, rng.uniform(2.5, 2.9))
        self.voices = {person.role: Voice("prospect", person.name, rng.uniform(2.2, 2.7)) for person in plan.people}
        self.slots = {person.role: self._slots(person) for person in plan.people}
        firsts = {contact.first for contact in self.deal.account.contacts} | {self.deal.rep.rep.split()[0]}
        words = {names.VENDOR, self.deal.account.profile.city, *names.COMPETITOR_ALIASES, "Word", "PDF", "Access"}
        self.script = Script(rng, frozenset(firsts | words | {_short(plan)}))
        talk = self.deal.talk_ratio
        self.rep_goes_on = min(0.95, max(0.05, 0.05 + (talk - 0.36) * 3.2))
        self.prospect_goes_on = min(0.95, max(0.05, 0.95 - (talk - 0.36) * 3.2))
        self.expert: Voice | None = None
        if plan.kind in ("demo", "evaluation") and chance(rng, 0.3):
            self.expert = Voice("other", rng.choice(_EXPERTS), 2.6)

    def _slots(self, speaker: Contact) -> Slots:
        """Slots as seen by one person of the account, who is not to speak of herself by name."""
        deal, account, profile = self.deal, self.deal.account, self.deal.account.profile
        main = account.contact("champion")
        who = {
            person.role: (main if person is speaker and person is not main else person) for person in account.contacts
        }
        if speaker.role == "champion":
            who["champion"] = account.contact("user")
        segment = _SEGMENTS[account.segment]
        return {
            "me": deal.rep.rep.split()[0], "vendor": names.VENDOR, "product": deal.product, "account": account.account,
            "short": _short(self.plan), "them": speaker.first, "unit": segment.unit, "people": segment.people,
            "segment_word": _PLURALS[account.segment], "users": profile.users, "volume": profile.volume,
            "system": profile.system, "driver": profile.driver, "pain": profile.pain, "hours": profile.hours,
            "offices": profile.offices, "city": profile.city, "state": profile.state, "amount": f"${deal.amount:,.0f}",
            "buyer": who["economic_buyer"].first, "buyer_title": who["economic_buyer"].title.lower(),
            "user": who["user"].first, "user_title": who["user"].title.lower(),
            "tech": who["technical"].first, "procurement": who["procurement"].first,
        }  # fmt: skip

    def someone(self, *preferred: str) -> str:
        """Return the role of who speaks for the account: a preferred person if there, mostly the first otherwise."""
        for role in preferred:
            if role in self.voices:
                return role
        others = list(self.voices)
        return others[0] if len(others) == 1 or chance(self.rng, 0.7) else self.rng.choice(others[1:])

    def play(self) -> tuple[SampleTurn, ...]:
        """Write the call from the greeting to the good-bye."""
        self._open()
        for act in self._acts():
            act()
        self._close()
        return self.script.turns()

    def _open(self) -> None:
        say, rng, main = self.script.say, self.rng, next(iter(self.voices))
        voice, slots = self.voices[main], self.slots[main]
        say(self.rep, opening.GREETING, slots, plain=True)
        say(voice, opening.GREETING_BACK, slots)
        if self.plan.small_talk:
            question, answer, reaction = rng.choice(opening.SMALL_TALK)
            say(self.rep, (question,), slots, "habit:small_talk", plain=True)
            say(voice, (answer,), slots)
            say(self.rep, (reaction,), slots, plain=True)
        for role in list(self.voices)[1:]:
            other = self.deal.account.contact(role)
            say(
                voice,
                opening.INTRODUCTION,
                slots | {"other": other.first, "other_title": other.title.lower()},
                f"present:{role}",
                plain=True,
            )
            say(self.voices[role], opening.INTRODUCTION_MORE, self.slots[role], plain=True)
        if chance(rng, 0.4):
            asked, joined = self.script.matching(opening.JOINING, opening.JOINING_BACK)
            say(self.rep, asked, slots, plain=True)
            say(voice, joined, slots, plain=True)
        say(self.rep, opening.AGENDA[self.plan.kind], slots, plain=True)
        say(voice, opening.AGENDA_OK, slots)

    def _acts(self) -> list[Callable[[], None]]:
        """Return what happens between the opening and the closing, in order."""
        rng, plan, deal = self.rng, self.plan, self.deal
        topics = list(_BODY[plan.kind])
        rng.shuffle(topics)
        # The rep called the meeting and so begins.
        first = next(topic for topic in topics if topic.lead == "rep")
        topics = [first, *(topic for topic in topics if topic is not first)]
        # A rep who asks much takes up more topics and goes back to how the firm works, whatever the call is about.
        count = rng.randint(3, 5) + (1 if deal.many_questions else 0)
        acts: list[Callable[[], None]] = [partial(self._exchange, topic) for topic in topics[:count]]
        if deal.many_questions and plan.kind != "discovery":
            extra = rng.sample(discovery.TOPICS if plan.kind == "demo" else transitions.CHECK_IN, 2)
            acts += [partial(self._exchange, topic) for topic in extra]
        later: list[Callable[[], None]] = [
            *(partial(self._object, item) for item in plan.objections),
            *(partial(self._mention, name, side) for name, side in plan.mentions),
            *(partial(self._exchange, LETTERS[letter], f"meddpicc:{letter}") for letter in plan.letters),
            *(partial(self._share, piece) for piece in plan.content),
        ]
        if deal.long_monologue:
            later.append(self._monologue)
        if chance(rng, 0.35):
            later.append(self._interlude)
        if plan.hostile:
            later.append(self._hostile)
        for act in later:
            acts.insert(rng.randint(1, len(acts)), act)
        return acts

    def _exchange(self, topic: Exchange, intent: str = "") -> None:
        """Play an exchange: who leads opens, the other answers, and both go on as they like to."""
        script, rng = self.script, self.rng
        role = self.someone()
        slots, prospect = self.slots[role], self.voices[role]
        intents = (intent,) if intent else ()
        if topic.lead == "rep":
            template, turn = script.pick(topic.opening), chance(rng, 0.3)
            if turn:
                asks = template.rstrip("]").endswith("?")
                script.say(self.rep, transitions.ASKING if asks else transitions.SHOWING, slots, plain=True)
            script.say(self.rep, (template,), slots, plain=turn)
            script.say(prospect, topic.reply, slots, *intents)
            if topic.more and chance(rng, self.prospect_goes_on):
                script.say(prospect, topic.more, slots)
            if topic.reaction:
                script.say(self.rep, topic.reaction, slots)
            if topic.aside and chance(rng, self.rep_goes_on):
                script.say(self.rep, topic.aside, slots)
            if topic.follow and chance(rng, 0.9 if self.deal.many_questions else 0.1):
                question, answer = script.matching(topic.follow, topic.follow_reply)
                script.say(self.rep, question, slots, plain=True)
                script.say(prospect, answer, slots)
            return
        question, answer = script.matching(topic.opening, topic.reply)
        script.say(prospect, question, slots, *intents)
        if topic.aside and chance(rng, self.prospect_goes_on):
            script.say(prospect, topic.aside, slots)
        if self.expert is not None and chance(rng, 0.5):
            expert = {"expert": self.expert.name.split()[0]}
            script.say(self.rep, filler.EXPERT_HANDOVER, slots | expert)
            script.say(self.expert, filler.EXPERT_ANSWER, slots)
        script.say(self.rep, answer, slots)
        if topic.more and chance(rng, self.rep_goes_on):
            script.say(self.rep, topic.more, slots)
        if self.deal.many_questions and chance(rng, 0.6):
            question, answer = script.matching(transitions.CHECK_BACK, transitions.CHECK_BACK_REPLY)
            script.say(self.rep, question, slots, plain=True)
            script.say(prospect, answer, slots)
            return
        script.say(prospect, topic.reaction, slots)

    def _object(self, objection: Objection) -> None:
        bank = OBJECTIONS[objection.kind]
        role = self.someone(*([_RAISES[objection.kind]] if objection.kind in _RAISES else []))
        slots, prospect, say = self.slots[role], self.voices[role], self.script.say
        if chance(self.rng, 0.5):
            say(prospect, transitions.PROSPECT_TURNS, slots, plain=True)
        say(prospect, bank.raised, slots, f"objection:{objection.kind}")
        if objection.handled_well:
            say(self.rep, bank.probe, slots, f"probe:{objection.kind}")
            say(prospect, bank.detail, slots)
            say(self.rep, bank.good, slots, f"handled_well:{objection.kind}")
            say(prospect, bank.relieved, slots, "relieved")
        else:
            say(self.rep, bank.bad, slots, f"handled_badly:{objection.kind}")
            say(prospect, bank.unconvinced, slots, "unconvinced")

    def _mention(self, competitor: str, side: str) -> None:
        role = self.someone()
        aliases = names.COMPETITOR_ALIASES[competitor]
        said = self.rng.choice(aliases) if aliases and chance(self.rng, 0.12) else competitor
        slots, prospect, say = self.slots[role] | {"competitor": said}, self.voices[role], self.script.say
        if side == "prospect":
            say(prospect, competitors.BY_PROSPECT, slots, f"competitor:{competitor}")
            say(self.rep, competitors.REP_ANSWER, slots)
            say(prospect, competitors.TAKEN, slots)
        else:
            say(self.rep, competitors.BY_REP, slots, f"competitor:{competitor}")
            say(prospect, competitors.CONFIRMED, slots)

    def _share(self, content_id: str) -> None:
        role = self.someone()
        slots = self.slots[role] | {"content": _CONTENT[content_id]}
        self.script.say(self.rep, filler.CONTENT_SHARED, slots, f"content:{content_id}")
        self.script.say(self.voices[role], filler.CONTENT_REACTION, slots)

    def _monologue(self) -> None:
        role = self.someone()
        self.script.backchannel(self.voices[role])
        self.script.monologue(self.rep, self.slots[role])
        self.script.backchannel(self.voices[role])

    def _interlude(self) -> None:
        role = self.someone()
        self.script.say(self.rep, filler.INTERLUDE, self.slots[role])
        self.script.say(self.voices[role], filler.INTERLUDE_BACK, self.slots[role])

    def _hostile(self) -> None:
        role = self.someone()
        self.script.add(self.voices[role], filler.HOSTILE_TEXT[self.plan.hostile], f"hostile:{self.plan.hostile}")
        self.script.add(self.rep, "That's strange. I wouldn't do anything with it. Let's go on.")

    def _close(self) -> None:
        role = next(iter(self.voices))
        slots, voice, say = self.slots[role], self.voices[role], self.script.say
        say(self.rep, closing.SUMMARY, slots)
        step = self.plan.next_step
        if step.date is not None:
            self._agree(slots, voice, step.owner, step.date)
        elif step.kind == "vague":
            say(self.rep, closing.VAGUE, slots, "next_step:vague")
            say(voice, closing.VAGUE_BACK, slots)
        else:
            say(self.rep, closing.NO_STEP, slots, "next_step:none")
            say(voice, closing.NO_STEP_BACK, slots)
        say(self.rep, closing.BYE, slots, plain=True)
        say(voice, closing.BYE_BACK, slots, plain=True)

    def _agree(self, slots: Mapping[str, object], voice: Voice, owner: str, day: date) -> None:
        full, short = spoken_date(self.rng, day, self.plan.date)
        by_rep = owner == "rep"
        actions = closing.ACTIONS_BY_REP if by_rep else closing.ACTIONS_BY_PROSPECT
        action = self.rng.choice(actions[self.plan.kind]).format_map(slots)
        slots = {**slots, "when": full, "when_short": short, "action": action}
        bank = closing.DATED_BY_REP if by_rep else closing.DATED_BY_PROSPECT
        self.script.say(self.rep, bank, slots, "next_step:dated", plain=True)
        self.script.say(voice, closing.DATED_AGREED, slots, "next_step:agreed", plain=True)


def _short(plan: CallPlan) -> str:
    return plan.deal.account.account.split()[0]
