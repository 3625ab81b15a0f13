"""How speakers change the subject, and what a rep asks later in a deal about how things stand."""

from __future__ import annotations

from domains.analysis.sample.phrases.exchange import Exchange

__all__ = ["ASKING", "CHECK_BACK", "CHECK_BACK_REPLY", "CHECK_IN", "PROSPECT_TURNS", "SHOWING"]

ASKING = (
    "[Different topic|Let me change the subject|Let me switch topics|New subject|A bit of a jump].",
    "[One more thing I wanted to ask|Something I wanted to ask you|A question I ask everyone|I've been wondering about something].",
    "[While I have you|While we're at it|Before I forget|Since you're here].",
    "[Okay, next|Alright, next point|Next one on my list|Right, moving along].",
    "[Can I go back a step|Let me go back to something you said earlier|Coming back to what you said about {city}|You said something about the {people} earlier].",
    "[I made a note here|I've got a question here in my notes|My notes say to ask about this|There's a question mark in my notes].",
)
SHOWING = (
    "[Different topic|Let me change the subject|Let me switch topics|New subject].",
    "[Okay, next|Alright, next point|Next one on my list|Right, moving along].",
    "[Let me show you something else|Here's another part|Let me click on|So, on to the next part].",
    "[This will interest {user}|The next bit is for the {people}|This one I wanted to show you].",
)
PROSPECT_TURNS = (
    "[There's something else|There is another thing|I have another one].",
    "[Can I raise something|Can I be direct about something|May I be frank]?",
    "[The other thing is this|One thing that's on my mind|Here's what bothers me].",
    "[Since we're on it|While we're talking|Now that I have you].",
    "[Can I stop you there for a second|Sorry, can I jump in|Hold on a second].",
    "[I was asked to bring something up|I promised the others I'd bring this up|{user} made me promise to mention this].",
)

CHECK_BACK = (
    "[Does that answer it|Is that what you were after|Does that cover it]?",
    "[What made you ask|What's behind the question|Where does that come from]?",
    "[How do you handle that now|What do you do about that today|How does {user} deal with it at the moment]?",
    "[Would that be enough for the {people}|Is that good enough for {city}|Would {tech} be happy with that]?",
)
CHECK_BACK_REPLY = (
    "[I think so|Yes, more or less|Mostly, yes]. [I'd have to see it in practice|I'll come back if it isn't|That'll do for the moment].",
    "[Somebody asked in our last meeting|It came up with {user}|We've had a case of that], [so I wanted to hear it from you|and nobody had an answer|that's all].",
    "[By hand|With difficulty|We don't, really], [like most things here|and it shows|it depends who's in].",
    "[Probably|I'd think so], [but I'll ask|I'd want to check|though they surprise me sometimes].",
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
