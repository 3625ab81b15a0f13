"""How speakers change the subject, and what a rep asks later in a deal about how things stand."""

from __future__ import annotations

from domains.analysis.sample.phrases.exchange import Exchange

__all__ = ["CHECK_IN", "PROSPECT_TURNS", "REP_TURNS"]

REP_TURNS = (
    "[Different topic|Let me change the subject|Let me switch topics].",
    "[One more thing I wanted to ask|Something I wanted to ask you].",
    "[While I have you|While we're at it|Before I forget].",
    "[Okay, next|Alright, next point|Next one on my list].",
    "[Can I go back a step|Let me go back to something you said earlier].",
    "[I made a note here|I've got a question here in my notes].",
)
PROSPECT_TURNS = (
    "[There's something else|There is another thing].",
    "[Can I raise something|Can I be direct about something]?",
    "[The other thing is this|One thing that's on my mind].",
    "[Since we're on it|While we're talking].",
    "[Can I stop you there for a second|Sorry, can I jump in].",
    "[I was asked to bring something up|I promised the others I'd bring this up].",
)

CHECK_IN = (
    Exchange(
        "changes",
        "rep",
        (
            "[What's changed since we last spoke|Has anything moved on your side since the last time]?",
            "[What's new at {short}|Anything new on your side] [since we talked|since last time]?",
        ),
        (
            "[Not a lot|Less than I hoped]. [Holidays, and a big closing|Two people were out], [so it's been slow|but we kept testing].",
            "[We hired somebody|A new colleague started], [which helps|so there's one more login to plan for]. [Otherwise it's the same|Nothing else].",
            "[{buyer} asked about it in the corridor|Somebody upstairs asked me how it's going], [I take that as interest|so it's on the radar].",
        ),
        (
            "[I'd tell you if there was bad news|No drama, at least], [it's just life getting in the way|just the usual].",
        ),
        ("[Okay, that's normal|Good to know].",),
        ("[That's why I keep these calls short|I try not to be the person who mails every day].",),
        ("[Does that change what you need from us|Should I adjust anything]?",),
        ("[No, carry on|Not really]. [Maybe a bit more patience|Just keep the answers coming].",),
    ),
    Exchange(
        "mood",
        "rep",
        (
            "[How are people feeling about it|What's the mood in the group], [now that they've seen it|by now]?",
            "[What are you hearing from the others|What do the {people} say when I'm not there]?",
        ),
        (
            "[Curious, mostly|Better than I expected]. [Two are keen, one is silent|The quiet ones worry me].",
            "[The support staff want it yesterday|{user} wants it tomorrow]. [The {people} say they'll see|The rest are neutral].",
            "[They argue about the name of the buttons|There's a debate about the colours], [which means they're paying attention|so I'm optimistic].",
        ),
        (
            "[Change is hard here|This is a place where people still miss the typewriter], [I mean it fondly|but they come round].",
        ),
        (
            "[I'll take curious|That's encouraging].",
            "[Silence can mean anything|Okay], [we should give them something to react to|maybe I can help with that].",
        ),
        (
            "[At another firm we did a lunch with the sceptics|One trick is a lunch with the sceptics only], [it turned two of them around|it works better than a slide].",
        ),
        ("[Who's the silent one|Is there anyone I should speak to directly]?",),
        ("[I'd leave it for now|Not yet]. [I'll tell you when|Let me warm them up].",),
    ),
    Exchange(
        "success",
        "rep",
        (
            "[If we look back in a year|Suppose it's a year from now], [what would make you say it was worth it|what has to be true]?",
            "[What would success look like for you personally|What do you want to be able to say at the end of it]?",
        ),
        (
            "[That nobody talks about it|When nobody mentions it anymore]. [It just works|It's simply how we do things].",
            "[If {user} goes home on time|{user} leaving at five], [that'd be it|I'd call that a win].",
            "[When the second office asks for it|If the other offices ask when it's their turn], [instead of me begging|without being told to].",
        ),
        (
            "[And if I get to present it at the retreat|Plus a nice chart for the retreat], [I wouldn't mind|small vanity].",
        ),
        ("[I like that|That's a good answer].", "[I'm writing that down|Let me quote you on that]."),
        (
            "[We measure it with a handful of figures|There's a little scorecard for that], [we look at it together every quarter|I'll bring it to the kickoff].",
        ),
        ("[Who would notice first|And who'd see that first]?",),
        ("[The clients, funnily enough|{user}]. [Then everybody|The rest later].",),
    ),
    Exchange(
        "others",
        "rep",
        (
            "[Who haven't we talked to that we should|Is there anyone we've forgotten]?",
            "[Whose desk does this change that I haven't met|Who's affected and hasn't been asked]?",
        ),
        (
            "[The people at the front desk|Reception, actually]. [They take the first call|It starts with them].",
            "[{tech} should see the login part|Maybe {tech}]. [Everybody else has had a look|I think the rest is covered].",
            "[The second office|The other offices], [they've only heard rumours|they'd like to be asked].",
        ),
        (
            "[They get forgotten every time|It's always the same ones that hear last], [so it would be a nice touch|it'd be noticed].",
        ),
        ("[Good point|Good], [that's easy to fix|I hadn't thought of that].",),
        ("[I can do a short session just for them|Twenty minutes is plenty], [no slides|only their part].",),
        ("[Would you set that up or should I|Can you introduce me]?",),
        ("[I'll introduce you|Let me do it]. [They don't answer unknown numbers|They're shy].",),
    ),
)
