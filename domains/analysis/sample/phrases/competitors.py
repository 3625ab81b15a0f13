"""Mentions of competitors by either side; the wording is the same for every competitor, so it gives nothing away."""

from __future__ import annotations

__all__ = ["BY_PROSPECT", "BY_REP", "CONFIRMED", "REP_ANSWER", "TAKEN"]

BY_PROSPECT = (
    "[I should tell you we're also talking to {competitor}|To be open with you, {competitor} is in the running too]. [They were here recently|They showed us theirs already].",
    "[How are you different from {competitor}|What would you say to someone choosing between you and {competitor}]? [Because that's the question I'll get|It's what the others will ask me].",
    "[One of the {people} used {competitor} at a previous firm|Someone here came from a place with {competitor}], [and keeps mentioning it|so the name comes up a lot].",
    "[{competitor} gave us access as well|We've got a test account from {competitor} too]. [It's not bad|It has its moments].",
    "[The other one we're looking at is {competitor}|{competitor} is the other name on our list]. [Similar idea, different look|They come at it from another side].",
    "[{buyer} knows somebody at {competitor}|{buyer} met the {competitor} people at a conference], [so they got invited|so that's a conversation we're having].",
    "[We had {competitor} in|{competitor} came by] [with two people and a very long deck|and did the whole show]. [I'm comparing notes|So I have a bit of a comparison].",
)
REP_ANSWER = (
    "[They're a decent company|I know them, they do some things well]. [Where we differ is the record behind the documents|What I'd look at is how a change runs through the documents], [try the same case in both|ask them to amend a trust live].",
    "[Thanks for telling me|I appreciate you saying so]. [What did you like about it|What stood out for you]?",
    "[Okay|Right]. [I won't talk about them, I'd rather show you ours|I don't want to run anyone down]. [Judge it on your own files|Compare it on the hard cases].",
    "[We meet them often|We run into them]. [Some pick them, some pick us|It's usually close], [it tends to hang on who'll use it every day|people who draft a lot tend to prefer ours].",
)
TAKEN = (
    "[Fair enough|Okay, fair].",
    "[Right|Okay]. [We'll do a side by side|I'll put both in a table].",
    "[That's useful|Good to know], [I'll keep that in mind|I'll look at that part again].",
    "[I thought you'd say that|That's diplomatic]. [Okay|We'll see].",
)
BY_REP = (
    "[May I ask who else you're looking at|Are you comparing us with anyone]? [{competitor}, perhaps|Is it {competitor}, by any chance]?",
    "[I noticed {competitor} has been busy in {state}|{competitor} is usually around when we are]. [Are you speaking with them as well|Are they in the picture here]?",
    "[If I remember right you mentioned {competitor} in your mail|In your form you had named {competitor}]. [Is that still live|Where does that stand]?",
)
CONFIRMED = (
    "[They are, yes|Yes, they're one of two|Yes]. [We've seen a demo|They sent an offer|It's early days with them].",
    "[We're talking|Yes, we are in touch with them]. [No decision|Nothing's decided], [I want to see both properly|both are still in].",
    "[Good guess|You're well informed]. [They're on the list|They're one of the candidates].",
)
