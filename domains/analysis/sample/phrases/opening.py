"""How calls begin: joining, small talk, introductions, the agenda."""

from __future__ import annotations

__all__ = [
    "AGENDA",
    "AGENDA_OK",
    "GREETING",
    "GREETING_BACK",
    "INTRODUCTION",
    "INTRODUCTION_MORE",
    "JOINING",
    "JOINING_BACK",
    "SMALL_TALK",
]

GREETING = (
    "[Hi|Hello|Hey] {them}, [this is {me} from {vendor}|it's {me} at {vendor}]. [How are you|How's it going|How are things]?",
    "{them}, [good morning|good afternoon|hello]. {me} here [from {vendor}|with {vendor}]. [Can you hear me okay?|Is the sound okay on your side?|Am I coming through?]",
    "[Hey|Hi] {them}, [glad we found the time|good to see you|nice to see a face with the name]. [How's your day going|How has the day been]?",
    "[Okay|Alright|Right], I think [that's everybody|we're all here]. [Hi|Hello] {them}. [How are you doing|All well]?",
    "{them}! [Thanks for hopping on|Thanks for making the time|I appreciate you joining]. [How are we doing|How's everything in {city}]?",
    "[Morning|Afternoon], {them}. [Sorry, I was on mute|Sorry, one second, my headset]. [There we go|Okay, better]. How are you?",
)
GREETING_BACK = (
    "[Good|Doing well|Fine], [thanks|thank you]. [Busy, but good|Bit of a week|A little underwater, to be honest].",
    "[Hi|Hello] {me}. [I can hear you fine|Loud and clear|Yes, I can hear you]. [You|And you]?",
    "[Not bad, not bad|Can't complain|Surviving]. [It's been one of those weeks here|We've had three signings since the morning|The phones haven't stopped].",
    "[Good, good|Pretty good]. [I have to be quick today, I have a client right after this|I've got about half an hour|I have a hard stop at the top of the hour].",
    "[Hey|Hi] {me}, [good to hear from you|yeah, good to talk again|good, thanks]. [Sorry I'm a minute late|Sorry, the last one ran over|The link took a while].",
    "I'm well, [thank you|thanks for asking]. [Coffee number three|Just got back from court|Just closed the door so it's quiet].",
)
JOINING = (
    "[Is anybody else joining|Are we expecting anyone else] from your side?",
    "[Should we wait for anyone|Do we wait for anybody], or [shall we start|is it just us]?",
    "[Before we start|Just before we get going], [I am recording this so I don't have to type|I turned the recording on so that I can listen instead of typing], [is that all right|is that okay with everyone]?",
)
JOINING_BACK = (
    "[No, this is it|It's just us today|I think this is everyone|They might drop in later|Someone may join halfway], [but go ahead|so fire away|so don't wait].",
    "[It's just us|No, let's start|Just us today]. [The others send their regards|Go ahead|The rest will read the notes].",
    "[That's fine|Yeah, no problem|Sure, go ahead|Yep, fine by me|Fine with us|No objections here].",
)
SMALL_TALK = (
    (
        "How's the weather [in {city}|down there|over there]? [We're drowning here|It's been grey here for days|We had hail, would you believe it].",
        "[Hot. Far too hot|Windy|Beautiful, actually|Raining sideways]. [The dog refuses to go out|I walked in anyway|The air conditioning gave up yesterday].",
        "[Ha, I know the feeling|Better you than me|I'd trade you].",
    ),
    (
        "Did you [get away at all|manage some time off] [over the holiday|over the summer|recently]?",
        "[We did, a few days at the lake|Sort of, we painted the kitchen|Not really, my daughter had a tournament|We drove to see my in-laws]. [It went too fast|I need a holiday from the holiday|Nobody got hurt, so I call it a win].",
        "[That sounds familiar|Sounds about right|I'm a little jealous].",
    ),
    (
        "[Is that a guitar behind you|Is that a chess board behind you|Have you read that whole shelf]? [I always look at people's walls|Sorry, I'm nosy].",
        "[It's my son's|It came with the office|I get asked that a lot]. [Don't ask me for a performance|It looks good on camera|It's mostly decoration].",
        "[Your secret is safe|Ha, fair enough|Mine is a blanket over a filing cabinet].",
    ),
    (
        "[Did you see the game|Did you catch any of the game] [last night|on the weekend]?",
        "[Please, don't|I turned it off at half time|Only the end of it]. [We're a very patient family when it comes to that team|My husband took it badly|I've been hearing about it all day].",
        "[Next year, as they say|I'm sorry for your loss|There's always the next one].",
    ),
    (
        "How's the new office [treating you|coming along]?",
        "[The elevators work, which is new|Half the boxes are still unopened|Louder than the old one]. [But the parking is better|We'll get there|I found my stapler at least].",
        "[Small wins|One box at a time|That's the important part].",
    ),
    (
        "[You sound like you're getting over something|How's the cold]?",
        "[Everyone in the building has it|Much better, thanks|It's the kids, they bring everything home]. [I'm on tea and stubbornness|I'll cough away from the microphone].",
        "[Take it easy on yourself|Tea fixes most things|Well, I'm glad you're upright].",
    ),
)
AGENDA = {
    "discovery": (
        "So [what I'd like to do today|the idea for today] is [understand how you work now|hear how things run at {account}] and [then see whether we can be of any use|then tell you honestly whether we fit].",
        "[I thought we'd start with you|I'd rather start on your side], [how the work gets done|how {unit} move through the office], and [I'll show slides only if you force me to|I'll keep my part short].",
        "[Thanks for filling in the form|I read your note], [so I have a rough idea|so I know the outline], but [I'd love to hear it in your own words|I'd like to hear it from you].",
    ),
    "demo": (
        "[Today is the walk-through|So, today I'd like to show you the product], [based on what you told us|around the things you said mattered]. [Stop me whenever something looks odd|Interrupt me as much as you like].",
        "I've [set up a workspace|put together an environment] with [made-up families|example clients] so that [it looks like your kind of {unit}|you'll recognise the work]. [Shall I share|Let me share my screen].",
        "[The plan is about twenty minutes of {product}|I have {product} open here] and then [your questions|as many questions as you have]. [Does that work|Is that okay]?",
    ),
    "evaluation": (
        "[So you've had access for a little while now|You have been in the test workspace for a bit], [I'd like to hear what's working and what isn't|and I'd like the unvarnished version].",
        "[The point of today is to go through your open points|I have your list of open points here], [one by one|from the top].",
        "[I want to check where you are with the evaluation|Let's see where the evaluation stands] and [what would still be missing for a decision|what you'd need to feel comfortable].",
    ),
    "proposal": (
        "[You should have the proposal in your inbox|I sent the proposal across], [I'd like to walk through it together|I thought we'd read it together] [so nothing is a surprise|rather than leave you alone with it].",
        "[Today's about the proposal|So, the proposal]. [Scope first, then terms|I'll go through what's in it, what isn't, and the terms].",
        "[I've written up what we discussed|We put together the package we talked about], and [I'd like your reaction|I'd like to see where I got it wrong].",
    ),
    "negotiation": (
        "[I know we're close|We're nearly there], [so let's go through what's still open in the paperwork|so I'd like to clear the remaining points].",
        "[I have the marked-up agreement in front of me|I've got your comments on the agreement here]. [There are three things left as I see it|It looks like a short list].",
        "[Thanks for turning the draft around|Thank you for the comments on the draft], [I think we can settle most of it today|most of it is easy].",
    ),
}
AGENDA_OK = (
    "[Sounds good|That works|Works for me|Perfect|Lovely].",
    "[Yes, that's fine|Okay, good|Right]. [I may have to cut you off with questions|I have some questions, but go ahead|I've got two things of my own for later|Shout if I go off track].",
    "[Great|Good|Excellent]. [That's what I was hoping for|I'd like that|That suits me|Exactly what I need for the {people}].",
    "[Sure|Okay|By all means]. [Just keep an eye on the time for me|I'll take notes|I'll try to be brief|I'll chip in].",
    "[Let's do that|Go for it|Lead on], [I'm listening|I've got my coffee|I'm all ears].",
)
INTRODUCTION = (
    "I [should say|should mention], I've brought {other}, [our {other_title}|who is our {other_title}].",
    "{other} is [on as well|here with me], [{other} is our {other_title}|our {other_title}].",
    "[With me today is {other}|And {other} joined us], the {other_title} [here|on our side].",
)
INTRODUCTION_MORE = (
    "[Hello|Hi everyone|Hi], [nice to meet you|I've heard a bit about this already|thanks for having me].",
    "[Hi|Hello]. [I'll mostly listen|I'll probably chime in when it gets practical|I'm the one who would have to live with it].",
    "[Hi, yes|Hi there]. [I only have the first half|I might have to jump off early|Don't mind me].",
)
