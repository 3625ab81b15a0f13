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
    "[Okay, so to sum up|Let me play that back|Just to recap]: [you've told me how it works today|we've covered a lot], [and I owe you a couple of answers|and there are one or two open points].",
    "[I'm looking at the clock|We're nearly at time|I know you have to run]. [Let me wrap up|So let's land this].",
    "[Good conversation|This was helpful], [thank you|I learned a lot]. [I have what I need for now|My notes are full].",
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
    "discovery": ("get {user} and {tech} together", "send you our three standard forms", "talk to {buyer}"),
    "demo": ("collect feedback from the {people}", "send you a difficult case to try", "bring {buyer} up to date"),
    "evaluation": ("finish the scorecard", "get {tech}'s list to you", "sit down with {user} on the results"),
    "proposal": ("take it to {buyer}", "go through it with {procurement}", "send you our comments"),
    "negotiation": (
        "get the wording past {procurement}",
        "send you the signed order form",
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
    "[So, let's stay in touch|Let's keep the conversation going]. [I'll circle back at some point|I'll reach out when I have news].",
    "[I'll send you some material|I'll send something over], [and we'll see|have a look whenever you have time], [we can reconnect in the coming weeks|and then we can talk again sometime].",
    "[Just let me know when you've had a chance to think|Give me a shout when you know more]. [No rush|No pressure from my side].",
    "[I'll follow up soon|I'll check in before long]. [We'll find a slot|We'll work something out].",
)
VAGUE_BACK = (
    "[Sure|Okay], [we'll be in touch|I'll let you know].",
    "[Sounds good|Fine]. [Things are busy, so it may take a while|I'll see what I can do].",
    "[Yeah, send it over|Please do]. [I'll have a look when I get to it|I'll try to read it].",
)
NO_STEP = (
    "[I think that's it from me|That's everything I had]. [Unless you have anything else|Anything else on your mind]?",
    "[Okay, well|Right, so]. [Thanks for your time|I've taken enough of your time].",
    "[That's all for today, I think|I think we're done]. [It was good talking to you|Thanks for the openness].",
)
NO_STEP_BACK = (
    "[No, I'm good|Nothing else from my side]. [Thanks for explaining|Thank you for the overview].",
    "[No, all clear|That's all from us]. [Thanks|Appreciate it].",
    "[Thank you|Thanks], [that was interesting|lots to think about].",
)
BYE = (
    "[Great|Perfect|Alright]. [Thanks, {them}|Thank you, {them}]. [Have a good rest of the day|Take care|Talk soon].",
    "[Thanks again, {them}|Thank you all], [enjoy the rest of the day|have a good one]. [Bye|Bye now].",
    "[Wonderful|Good]. [Say hello to {user}|My best to the team]. [Bye-bye|Bye].",
)
BYE_BACK = (
    "[You too|Likewise]. [Bye|Bye-bye|Take care].",
    "[Thanks {me}|Thank you, {me}]. [Bye|Cheers|So long].",
    "[Will do|Okay]. [Bye|Bye, {me}].",
)
