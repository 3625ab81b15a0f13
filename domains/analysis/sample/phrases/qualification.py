"""Evidence for each letter of a qualification scheme, in the words of customers; said on a call only if planted there."""

from __future__ import annotations

from domains.analysis.sample.phrases.exchange import Exchange

__all__ = ["LETTERS"]


def _ask(letter: str, opening: tuple[str, ...], reply: tuple[str, ...], more: tuple[str, ...]) -> Exchange:
    reaction = (
        "[Okay, thank you|That helps|Good to know|Okay, that's clear|I appreciate that].",
        "[Understood|Right|Got it|Okay], [I'll note that|I've got that down|that's in my notes|let me write that down].",
        "[That's useful|Very helpful], [not everyone tells me that|thanks for being so clear|I wouldn't have guessed].",
        "[I see|Mm, okay], [that's good to know early|then I know where we stand at {short}|that fits what I hear from other {segment_word}].",
    )
    return Exchange(letter, "rep", opening, reply, more, reaction)


LETTERS = {
    "M": _ask(
        "M",
        (
            "[Do you have a number for the manual work|Have you ever put a number on the manual work]? [Hours, errors, anything|Even a rough one].",
            "[What does all that retyping cost you in time|How much time goes into the manual part|How many hours disappear in the paperwork]?",
        ),
        (
            "[We measured it|{user} kept a log for a month]: [about {hours} hours per file|{hours} hours of retyping and checking per file]. [At our rates you can do the sum|Multiply that by {volume}].",
            "[Roughly {hours} hours a week per person|I'd say {hours} hours per person every week], [that's real money|across {users} people], [and we'd want to halve that|half of that would be a success].",
            "[One in {hours} documents comes back with an error|About one document in {hours} goes back for correction], [and each correction is most of a day|we would like that down to one in fifty].",
        ),
        (
            "[That's the figure I put in my note to {buyer}|I used that number upstairs], [nobody argued with it|and it got read].",
        ),
    ),
    "E": _ask(
        "E",
        (
            "[When it comes to the yes|In the end], [whose call is it|who has to say yes]?",
            "[Who holds the purse for this|Who signs off on something like this]?",
        ),
        (
            "[The final word is {buyer}'s|{buyer} has the last word], [our {buyer_title}|as {buyer_title}]. [I recommend, {buyer} decides|I can recommend all I want].",
            "[It's {buyer}|That would be {buyer}], [the {buyer_title}|{buyer_title}]. [Anything over five figures goes there|The money sits there], [nobody else can release it|and nobody else can sign for it].",
        ),
        (
            "[{buyer} isn't a detail person|{buyer} likes short memos], [give me two paragraphs and I'll get an answer|so keep it short].",
        ),
    ),
    "DC": _ask(
        "DC",
        (
            "[How will you compare the options|What are you going to judge it on]?",
            "[What does the winner have to have|If you made a scorecard, what's on it]?",
        ),
        (
            "[Three things|We wrote down three things]: [the quality of the drafts, how fast people learn it, and the audit trail|accuracy, ease for the support staff, and whether it handles {state} properly].",
            "[The must-haves are|What we'll score is] [{state} forms, single sign-on and a client view|an audit trail, the reporting, and references from {segment_word} our size]. [The rest is nice to have|Everything else is decoration].",
        ),
        (
            "[Drafting counts double|The first one weighs most], [the committee agreed on that|that was a long discussion].",
        ),
    ),
    "DP": _ask(
        "DP",
        (
            "[How does a decision like this get made at {short}|What are the steps between here and a decision]?",
            "[Walk me through how you'd decide|What does the road to a decision look like]?",
        ),
        (
            "[First our working group scores it|The working group goes first], then [it goes to the operating committee|the committee meets], [which meets once a month|that's monthly], and [then the partners or the board nod|after that the board confirms].",
            "[I write a recommendation|I'd write it up], [the management committee discusses it|it's discussed in the management meeting], [and if they agree it's approved in the same meeting|and there's usually one round of questions].",
        ),
        (
            "[We've not skipped a step since I'm here|Nobody skips steps here], [so plan for that|don't hope for a shortcut].",
        ),
    ),
    "PP": _ask(
        "PP",
        (
            "[And once people agree|After the decision], [what happens with the paperwork|what does the contract have to go through]?",
            "[What's your process for new suppliers|How do you take on a new supplier]?",
        ),
        (
            "[{procurement} runs a vendor review|There's a vendor review with {procurement}], [a questionnaire of a hundred lines|a long questionnaire], [then legal reads the agreement|then our counsel], [count on four weeks|that takes about a month].",
            "[Our paper, usually|We use our own agreement]. [{procurement} sends it|It comes from {procurement}], [insurance certificates, a risk rating, the lot|and you have to be registered as a supplier], [three to five weeks|it isn't quick].",
        ),
        (
            "[If you send the certificates ahead it goes faster|Get the certificates to us early], [that's my tip|most suppliers forget].",
        ),
    ),
    "I": _ask(
        "I",
        (
            "[What's the part that hurts|What's the worst part] [of how you work now|in the way it runs today]?",
            "[If you could get rid of one thing, what would it be|What annoys you most in a normal week|What do people at {short} complain about most]?",
        ),
        (
            "[{pain}|Easy: {pain}]. [It drives everyone crazy|I hear about it daily].",
            "[For me it's {pain}|The real problem is {pain}]. [We've lost sleep over it|It cost us a client last year, I'm convinced].",
            "[Honestly, {pain}|It has to be {pain}]. [That's why I'm on this call|If that went away I'd be happy].",
        ),
        ("[And it lands on {user}|Mostly {user} gets the blame], [who deserves better|which isn't fair].",),
    ),
    "CH": _ask(
        "CH",
        (
            "[And where do you stand yourself|What's your own view], [if I may ask|between us]?",
            "[Would you put your name to it|Are you behind this yourself]?",
        ),
        (
            "[I'm all in|Me, I want this]. [I've told {buyer} as much|I already brought it up with {buyer}], and [I'll keep pushing|I'll carry it through the committee].",
            "[I'm your advocate in here|Count me as a supporter]. [I'm presenting it myself|I'll make the case internally], [just give me the material|feed me what I need].",
        ),
        ("[I've staked a bit of reputation on this|My name is on the memo], [so don't let me down|no pressure].",),
    ),
}
