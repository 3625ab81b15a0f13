"""Objections, good and bad answers to them, and how the customer takes the answer."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CONTENT_WITH", "OBJECTIONS", "Objections"]


@dataclass(frozen=True, slots=True)
class Objections:
    """Templates of one kind of objection.

    A good answer takes the concern up, asks about it and offers something that can be checked; a bad one brushes it aside.
    """

    raised: tuple[str, ...]
    probe: tuple[str, ...]
    detail: tuple[str, ...]
    good: tuple[str, ...]
    relieved: tuple[str, ...]
    bad: tuple[str, ...]
    unconvinced: tuple[str, ...]


CONTENT_WITH = {"migration": "CNT-06", "security": "CNT-03"}

_PROBE = (
    "[That's a fair point|That's a fair concern|I understand]. [Can I ask|May I ask] [what worries you most about it|what's behind that]?",
    "[Okay, I'm glad you say it|Thanks for raising it]. [Tell me a bit more|What would a good answer look like for you]?",
    "[I hear you|I'd ask the same]. [Has that gone wrong before|Is there a particular case you have in mind]?",
)
_RELIEVED = (
    "[Okay, that helps|Alright, that does help]. [I can work with that|I can bring that back to the others].",
    "[That's a better answer than I expected|Fair enough, that's a real answer]. [Send me that in writing|Put that in writing and I'm fine].",
    "[Good|Okay]. [That takes some of the worry out of it|That makes me feel better about it].",
    "[I like that|That would do it for me]. [That's concrete|At least that's something we can check].",
)
_UNCONVINCED = (
    "[Hm|Right]. [I'm not sure about that|If you say so|We'll see].",
    "[Well|Okay]... [that's still a concern on our side|it doesn't really answer it|I'd want more than that].",
    "[Mm|Yeah]. [I've heard that before|That's what the last one said too].",
    "[I don't know|I'm not convinced]. [Let's leave it there for now|Anyway].",
)

OBJECTIONS = {
    "migration": Objections(
        raised=(
            "[What really worries me is migrating|My big worry is the migration of] [twenty years of documents|everything we have in {system}]. [I don't see how we'd get that across|That could sink us].",
            "[Getting the old files over|Moving the old matters over], [that's the part I can't picture|that's my problem]. [Converting {volume} {unit} by hand is out of the question|We can't convert all that by hand].",
            "[Honestly, the data migration scares me|I'll be honest, migration is the sticking point]. [The last time we moved systems we lost files|The last migration took a year and half the links were dead].",
            "[And who migrates all the existing {unit}|How do {volume} existing {unit} get into it]? [Because my people won't do the conversion|I have nobody for a conversion project].",
            "[Our documents are all over the place|Our old documents are a mess], [migrating them would be a nightmare|I can't see them being migrated without a disaster].",
        ),
        probe=_PROBE,
        detail=(
            "[The old trusts, mostly|It's the old ones], [they were typed by people who've died|scanned, sideways, with handwriting on them].",
            "[It's not the volume, it's the mistakes|I'm afraid of silent mistakes], [a wrong date in a trust comes back in thirty years|nobody notices until somebody dies].",
            "[We did one in 2016|Last time], [it took nine months and we paid two suppliers|we ran both systems for a year].",
        ),
        good=(
            "[So let's not argue about it, let's try it|Then let's test exactly that]. [Give us a sample of fifty of your worst files|Pick fifty of your own files, the ugly ones], [we migrate that sample before you sign anything|we run a sample migration at our cost], and [you check the result line by line|{user} checks every field]. [And I'll put you in touch with a firm that did the same move|And you can talk to a reference customer who came from the same place].",
            "[What we do in such a case is a sample migration|I'd suggest a sample migration]: [fifty of your real files, before any contract|a batch of your own files, converted by us]. [You see the error rate yourself|You count the errors, not me]. [I can also set up a call with a reference who went through it|There's a reference in {state} who'd tell you how it went].",
            "[I wouldn't believe me either|You shouldn't take my word]. [We'll do a sample migration on fifty of your own matters|Let us migrate a sample of your own matters], [free, and before you decide|before a decision], [and then you speak to a customer who moved {volume} files with us|and I'll connect you with a reference that had the same mess].",
        ),
        relieved=_RELIEVED,
        bad=(
            "[Oh, the migration is easy|No, no, migration is never a problem], [everybody worries about that|people always say that]. [Let me show you the dashboards instead|Anyway, what I wanted to show you is the client view].",
            "[You could just start fresh|Most people simply leave the old stuff where it is]. [It's honestly not a big deal|I wouldn't spend time on that now].",
            "[We have a tool for that|There's an import button for that], [it's all automatic|it basically does it by itself]. [So, moving on|Next point].",
            "[I think that's more of an IT thing|That would be for your IT to figure out], [I wouldn't let it hold up the decision|we can look at it after signature].",
        ),
        unconvinced=_UNCONVINCED,
    ),
    "price": Objections(
        raised=(
            "[I have to say, the price is higher than we thought|It's more expensive than we expected]. [We had half of that in mind|That isn't in anyone's budget].",
            "[{buyer} will fall off the chair at that price|I can't show {buyer} that price]. [It's a lot of money for software|That's a junior salary].",
            "[It's too expensive for what we'd use|For our size it's just expensive]. [We'd be paying for things we never open|I'd feel bad spending that].",
            "[Budget is going to be a problem|We don't have the budget for that], [we planned for much less|I have a line for a third of it].",
        ),
        probe=(
            *_PROBE,
            "[I get that|Understandable]. [Is it the total, or when it falls due|Is it the amount itself or what you'd compare it with]?",
        ),
        detail=(
            "[It's the first year|The first year], [setup and licences land in the same quarter|everything lands at the same time].",
            "[We pay almost nothing now|What we have now is written off], [so anything looks like a lot|so it's compared with zero].",
        ),
        good=(
            "[Let's put it next to the hours you'd get back|Let's do the sum together]: [at {hours} hours a file it pays for itself in about seven months|with your own figures it's back inside the first year]. [And we could start with one office|We can also begin with fewer seats]. [Would that make it easier to show|Does that address it]?",
            "[Two firms your size had the same reaction|A firm in {state} had that reaction]. [They started with the support staff only|They spread the setup over the term], [and grew after they'd seen the savings|and I can show you their before and after]. [Does that help|Would something like that work]?",
        ),
        relieved=_RELIEVED,
        bad=(
            "[It's actually quite cheap compared with what you earn|I'd say you can afford it]. [Quality has its price|You get what you pay for].",
            "[I can take fifteen percent off|What if I give you twenty percent off], [right now, on this call|just like that]? [I shouldn't, but okay|Don't tell anyone].",
            "[Everyone says that at first|They all say that]. [So, about the client view|Anyway, let me go on].",
        ),
        unconvinced=_UNCONVINCED,
    ),
    "security": Objections(
        raised=(
            "[Our security people won't be happy|{tech} has a real problem with the security side]. [Client data outside our walls, that's a red flag|We've never let that data leave the building].",
            "[I'm not comfortable with the data being in the cloud|Data residency is a blocker for us], [not with these families|not with what's in those files]. [If there's a breach it's on the front page|A breach would finish us].",
            "[We had a security incident two years ago|There was that breach in our sector], [so security is where this will get stuck|so I can't see security approving this].",
        ),
        probe=_PROBE,
        detail=(
            "[It's where the backups are|Where the copies sit], and [who can look at them|which of your people have access].",
            "[The last supplier couldn't tell us who had opened a file|Someone opened a file who shouldn't have], [we only found out by accident|it took us weeks to reconstruct].",
        ),
        good=(
            "[Everything stays in the country, encrypted with your own key|Your data sits in one region, under a key you hold], [and there's an independent audit report every year|and I can send the auditor's report under NDA]. [Would a call between {tech} and our security lead help|Shall I bring our security lead to talk to {tech}]?",
            "[Let me send the audit report and the test results|I'll send you the report from the independent testers], [the whole thing, not the summary|findings included]. [And our security lead can answer {tech} directly|Then {tech} can grill our security lead]. [Is that what you'd need|Would that do]?",
        ),
        relieved=_RELIEVED,
        bad=(
            "[It's totally secure, don't worry|We take security very seriously]. [Nobody has ever had a problem|That has never come up].",
            "[The cloud is safer than your basement|Your current setup is probably worse], [to be blunt|let's be honest]. [Moving on|So].",
        ),
        unconvinced=_UNCONVINCED,
    ),
    "timing": Objections(
        raised=(
            "[I don't think this is the right time|The timing is bad]. [We've got too much going on this year|Everybody is at the limit already].",
            "[We might push this to next year|Maybe we should revisit it next year], [there's the office move and the audit|with everything else that's on].",
            "[It's just a question of priorities|It isn't a priority right now], [two other projects come first|we have to finish the other project].",
        ),
        probe=_PROBE,
        detail=(
            "[It's people, not money|Hands, mostly], [the same three people carry every project|{user} is on everything already].",
            "[If it starts and stalls, that's worse than not starting|A half-finished project is the worst outcome], [we've had that|we still have two of those].",
        ),
        good=(
            "[What if we only did the setup now|We could do the library first, which needs two hours of {user}'s time], [and nobody else is touched until the move is over|and the rest waits until you're ready]? [A firm in {state} did that in their busiest season|I can show you the plan another office used]. [Would that be possible|Does that fit better]?",
            "[Let's work back from when you'd want it live|Suppose we plan backwards]. [The effort on your side is eleven hours in the first month|I'll show you the hours by person], [and our team carries the rest|we do the heavy part]. [Does that change the picture|Would that be bearable]?",
        ),
        relieved=_RELIEVED,
        bad=(
            "[There's never a right time|It's never a good time], [you just have to do it|you should jump]. [The offer won't be around forever|I can't hold the offer].",
            "[Okay, I'll call again in a few months, I guess|Oh. Alright]. [So where were we|Anyway].",
        ),
        unconvinced=_UNCONVINCED,
    ),
    "features": Objections(
        raised=(
            "[It doesn't do fiduciary tax, does it|I'm missing the accounting side]. [That's a gap for us|Without that feature it's half a solution].",
            "[The {state} forms look thin|I don't see our {state} forms]. [That's a missing feature we can't work around|That functionality just isn't there].",
            "[There's no mobile app|It can't do bulk amendments]? [We'd need that feature|That's a functionality we have today, and I'd lose it].",
        ),
        probe=_PROBE,
        detail=(
            "[Two people use it every day|It's a daily thing for two of us], [the rest wouldn't notice|the others don't care].",
            "[We do it maybe forty times a year|It's about forty cases a year], [but those are our best clients|they're the ones that pay].",
        ),
        good=(
            "[You're right, that isn't in there today|Correct, today it's not there]. [It's planned for the release after next, and I can show you the specification|I can get you on the design group for it], [and in the meantime here's how another firm works around it|until then there's an export that covers most of it, let me show you]. [Would that carry you over|Is that workable]?",
            "[Let me not pretend|I won't promise what we don't have]. [I'd like to show you how a firm your size solved it|There's a way to do it with templates, I can show you on your own case], [and you tell me whether that's good enough|then you judge]. [Is that fair|Does that sound okay]?",
        ),
        relieved=_RELIEVED,
        bad=(
            "[You won't really need that|Nobody uses that anyway]. [Let me show you something much cooler|What you want is the dashboard].",
            "[I'm pretty sure we have that somewhere|I think it's coming], [someone will know|I'd have to check]. [Anyway|So].",
        ),
        unconvinced=_UNCONVINCED,
    ),
}
