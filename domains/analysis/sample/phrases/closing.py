"""How calls end: a dated next step, a vague one, none, and good-bye."""

from __future__ import annotations

__all__ = [
    "ACTIONS_BY_PROSPECT",
    "ACTIONS_BY_REP",
    "BYE",
    "BYE_BACK",
    "DATED_AGREED",
    "DATED_BY_PROSPECT",
    "DATED_BY_REP",
    "NO_STEP",
    "NO_STEP_BACK",
    "SUMMARY",
    "VAGUE",
    "VAGUE_BACK",
]

SUMMARY = (
    "[Okay, so to sum up|Let me play that back|Just to recap|So, in short]: [you've told me how it works today|we've covered a lot|it's mostly about {user} and the {people}|{city} is the place to begin], [and I owe you a couple of answers|and there are one or two open points|and I have homework|and some of it needs thought].",
    "[I'm looking at the clock|We're nearly at time|I know you have to run|I see we have three minutes|I want to give you a minute back]. [Let me wrap up|So let's land this|Let me tie this together|I'll stop there].",
    "[Good conversation|This was helpful|I enjoyed this|That was a useful half hour], [thank you|I learned a lot|thanks for the openness|I appreciate the detail]. [I have what I need for now|My notes are full|I've got two pages of notes|I know a good deal more about {short} now].",
    "[So what I take from this|What I'm taking away|If I heard you right] is that [{user}'s desk is where the work piles up|the {people} want less typing|{short} wants it simple|the {offices} offices work in different ways]. [Correct me if that's wrong|Tell me if I misheard|I'll put that in my notes].",
    "[Alright, let's bring it home|Okay, last minutes|Right, closing words]. [I'll write up what we said|You'll get my notes|My summary will be short], [promise|as usual|one page at most].",
)
ACTIONS_BY_REP = {
    "discovery": (
        "set up a demo with {user} in it",
        "send a short summary and the demo invitation",
        "prepare a workspace with your forms",
    ),
    "demo": (
        "open a test workspace for you",
        "send the recording and the answers to the open questions",
        "prepare the evaluation plan",
    ),
    "evaluation": (
        "bring our engineer for the remaining points",
        "send the answers to {tech}'s list",
        "write the proposal",
    ),
    "proposal": (
        "send the revised proposal",
        "send the one-page version for {buyer}",
        "update the seats and the terms",
    ),
    "negotiation": (
        "send the clean copy",
        "send our counsel's wording",
        "send the final agreement and the kickoff plan",
    ),
}
ACTIONS_BY_PROSPECT = {
    "discovery": ("get {user} and {tech} together", "send me your three standard forms", "talk to {buyer}"),
    "demo": ("collect feedback from the {people}", "send me a difficult case to try", "bring {buyer} up to date"),
    "evaluation": ("finish the scorecard", "get {tech}'s list to me", "sit down with {user} on the results"),
    "proposal": ("take it to {buyer}", "go through it with {procurement}", "send me your comments"),
    "negotiation": (
        "get the wording past {procurement}",
        "send me the signed order form",
        "confirm the names for the kickoff",
    ),
}
DATED_BY_REP = (
    "[So here's what I suggest|So, next step]: I'll {action} by {when}, [and we speak again that day|and we talk then]. [Does that work|Is that okay for you]?",
    "[I'll take the next step|The next one's on me]. I {action}, and [we meet again on {when}|let's put {when} in the calendar]. [Ten o'clock|Same time]?",
    "[Can we fix the next meeting now|Let's put something in the diary]: {when}? [By then I'll {action}|Before that I will {action}].",
)
DATED_BY_PROSPECT = (
    "[Could you {action}|Would you be able to {action}] before we speak next? [I'd propose {when}|How about {when}]?",
    "[So on your side, you'd {action}|Then you {action}], and [we meet on {when} to go through it|we look at it together on {when}]. [Is that realistic|Okay]?",
    "[What would help is if you could {action}|It'd be good if you could {action}] by {when}. [I'll hold that slot for a call|Shall we talk that day]?",
)
DATED_AGREED = (
    "[{when_short} works|{when_short} is good]. [Send me the invitation|Send the invite and I'll accept it].",
    "[Let me look|One second, calendar]... [yes, {when_short} is free|{when_short}, yes]. [Done|It's in].",
    "[Okay, {when_short}|Agreed, {when_short}]. [I'll make sure the right people are there|I'll bring {user}].",
)
VAGUE = (
    "[So, let's stay in touch|Let's keep the conversation going|Let's not lose the thread]. [I'll circle back at some point|I'll reach out when I have news|You know where to find me].",
    "[I'll send you some material|I'll send something over|I'll put together a few links], [and we'll see|have a look whenever you have time|read it when it's quiet], [we can reconnect in the coming weeks|and then we can talk again sometime|and shout if anything's unclear].",
    "[Just let me know when you've had a chance to think|Give me a shout when you know more|Come back to me once the {people} have talked]. [No rush|No pressure from my side|Whenever it suits].",
    "[I'll follow up soon|I'll check in before long|I'll give you a ring one of these days]. [We'll find a slot|We'll work something out|We'll see where you are then].",
    "[Let's see how it develops on your side|Let's see what {buyer} says]. [I'll be around|I'm a phone call away|I'd be curious to hear].",
)
VAGUE_BACK = (
    "[Sure|Okay], [we'll be in touch|I'll let you know].",
    "[Sounds good|Fine]. [Things are busy, so it may take a while|I'll see what I can do].",
    "[Yeah, send it over|Please do]. [I'll have a look when I get to it|I'll try to read it].",
)
NO_STEP = (
    "[I think that's it from me|That's everything I had|I've run out of slides]. [Unless you have anything else|Anything else on your mind|Is there something I didn't cover]?",
    "[Okay, well|Right, so|Good]. [Thanks for your time|I've taken enough of your time|I'll let you get back to your {unit}].",
    "[That's all for today, I think|I think we're done|That's the end of my list]. [It was good talking to you|Thanks for the openness|I'm glad we did this].",
    "[I won't keep you|I'll let you go]. [Thanks for walking me through it|That was good of you|Thank you for the patience with my questions].",
)
NO_STEP_BACK = (
    "[No, I'm good|Nothing else from my side]. [Thanks for explaining|Thank you for the overview].",
    "[No, all clear|That's all from us]. [Thanks|Appreciate it].",
    "[Thank you|Thanks], [that was interesting|lots to think about].",
)
BYE = (
    "[Great|Perfect|Alright|Lovely|Super]. [Thanks, {them}|Thank you, {them}|Thanks so much, {them}]. [Have a good rest of the day|Take care|Talk soon|Enjoy the afternoon|Stay well].",
    "[Thanks again, {them}|Thank you all|Appreciate it, {them}], [enjoy the rest of the day|have a good one|good luck with the {unit}|greetings to {city}]. [Bye|Bye now|So long].",
    "[Wonderful|Good|Excellent]. [Say hello to {user}|My best to the team|Regards to {buyer}|Give {user} my regards]. [Bye-bye|Bye|Take care].",
)
BYE_BACK = (
    "[You too|Likewise|Same to you]. [Bye|Bye-bye|Take care|Cheerio].",
    "[Thanks {me}|Thank you, {me}|Okay, {me}]. [Bye|Cheers|So long|Until next time].",
    "[Will do|Okay|I will]. [Bye|Bye, {me}|Take care, {me}].",
    "[Thanks for the time|Thanks for this|Good talk], [bye|bye {me}|see you].",
)
