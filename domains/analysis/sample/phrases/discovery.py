"""What is talked about on a discovery call: how the firm works now."""

from __future__ import annotations

from domains.analysis.sample.phrases.exchange import Exchange

__all__ = ["TOPICS"]

TOPICS = (
    Exchange(
        "process",
        "rep",
        (
            "[Could you walk me through|Can you tell me] [what happens when a new family comes in|how a new file starts], [from the first meeting to signing|step by step]?",
            "[So how does the work [move through the office|flow]|How would you say the work [moves through the office|flows]] today, [from intake to the signed documents|start to finish]?",
            "[If I sat next to {user} for a day|If I shadowed {user}], what [would I see|would that look like]?",
        ),
        (
            "[Sure|Okay, so]. [We do an intake meeting|Intake is a meeting, usually an hour], [somebody types up the notes|the notes go into a form], and then [{user} sets up the file|the drafting starts] in {system}.",
            "[It depends who you ask|Honestly, everyone has their own way], but [mostly it lives in {system}|the backbone is {system}], and [{user} keeps it together|{user} is the glue].",
            "[Um, so|Well], a client [calls|gets referred], we [open a file|start a folder], [draft in {system}|work in {system}], [review|have a second pair of eyes on it], [sign|do the signing here in {city}].",
        ),
        (
            "[And then there's the funding part|Then comes funding], which [nobody owns|sort of falls between chairs].",
            "[The {people} do their own thing after that|After that it splits by office], [we have {offices} of them, so it's {offices} ways of doing it|and there are {offices} offices].",
            "[We tried to write the process down once|There's a document describing it], [it was out of date in a month|nobody has opened it since].",
            "[I'd say it's fine for the simple ones|For simple couples it's okay], [it's the blended families where it gets messy|the trouble begins with the unusual ones].",
        ),
        (
            "[Got it|That's helpful|Okay, I see].",
            "[Right|Makes sense], [that's more common than you'd think|I hear that a lot].",
        ),
        (
            "[What we see elsewhere|What other firms tell us] is that [the intake information gets retyped|the same facts travel through four documents], so [we built {product} around a single client record|in {product} it's entered one time].",
            "[A lot of {segment_word} we work with|Most {segment_word}] [start out exactly like that|look like this before they start], [so you're in good company|so don't feel bad].",
        ),
        (
            "[And who touches the file after that|Who picks it up after that]?",
            "[Where does it usually get stuck|Which part takes the longest]?",
        ),
        (
            "[{user}, and then whoever's free|It goes back to {user}]. [It isn't very scientific|We make it work].",
            "[The review|Getting the review done], [no contest|easily]. [It sits on somebody's desk|It waits for whoever is in court].",
        ),
    ),
    Exchange(
        "volume",
        "rep",
        (
            "[Roughly how many {unit}|About how many {unit}] [do you handle in a year|are we talking about]?",
            "[What kind of volume do you see|What's the volume like], [ballpark|just roughly]?",
            "[Help me with the size of it|Give me a feel for scale]: how many {unit} [are active|do you have open] [at any time|in a normal year]?",
        ),
        (
            "[Around|Something like|I'd guess] {volume}, [give or take|a bit more in a good year].",
            "[Last year it was about {volume}|We counted {volume} last year], [and it's going up|this year will be similar].",
            "[Let me think|Um]... {volume}-ish. [{user} would know exactly|I could get you the exact figure].",
        ),
        (
            "[Most of them small|The bulk is routine], [with a handful of really complicated ones|and then maybe a tenth are monsters].",
            "[It comes in waves|It's seasonal], [everybody remembers their estate plan before a flight|the end of the year is always crazy].",
            "[Not all of them in {state}|Some are outside {state}], [which makes it more interesting|which we handle with local counsel].",
        ),
        (
            "[Okay, that gives me a picture|That's a good size|Got it].",
            "[That's more than I expected|Right, so not small].",
        ),
        (
            "[For comparison, the median of our customers|Just as a comparison, a typical customer of ours] is [a bit below that|in the same range], so [nothing here would scare the system|you wouldn't be our biggest or our smallest].",
            "[The reason I ask|I ask because] the [packages|editions] [are sized by active files|go by active files], [I want to point you to the right one|and I don't want to oversell you].",
        ),
        (
            "[And how many people work on those|How many {people} is that spread over]?",
            "[Is that growing|Has it been growing], or [steady|flat]?",
        ),
        (
            "[We've got {users} people who would log in|About {users} who'd actually use it], [counting support staff|if I count everybody].",
            "[Growing|Growing slowly], [a few percent a year|faster than our headcount].",
        ),
    ),
    Exchange(
        "tools",
        "rep",
        (
            "[What else does it have to talk to|Which other systems are in the picture]? [Billing, calendars, a document store|Billing, e-mail, anything else]?",
            "[What's your tool landscape|What are you running] [around the drafting|apart from {system}]?",
        ),
        (
            "[Billing is separate|Billing's its own thing], [calendars are in the usual place|calendars are in e-mail], [documents go to a shared store|and the documents are wherever people save them].",
            "[Not that much, honestly|It's not a big list]. [A billing program, a scanner and e-mail|E-mail, billing, a portal nobody uses].",
            "[{tech} would give you the proper list|Ask {tech} for the full list], but [accounting and the client database|billing and the client database|the calendars and billing] are the two [that matter|I'd care about].",
        ),
        (
            "[None of them talk to each other|They don't talk to each other], [we are the interface|people are the interface].",
            "[There was an integration once|Somebody connected two of them once], [it broke in an update and stayed broken|then that person left].",
        ),
        (
            "[Okay|Understood], [that's manageable|nothing exotic there].",
            "[Good to know|Alright], [I'll note those two|I've written that down].",
        ),
        (
            "[We have connectors for most of the common ones|There are ready-made connectors for the usual suspects], and [an open interface for the rest|for the rest there's an interface your IT can use].",
            "[In my experience the calendar link is the one people love|Funny enough, what people thank us for is the calendar link], [it's a tiny thing|it saves them two clicks a hundred times a day].",
        ),
        (
            "[Which of those would be a must on day one|If only one could be connected at the start, which]?",
            "[Who looks after those systems|Is that {tech}'s area]?",
        ),
        (
            "[The client database|Definitely the client database]. [Everything else can wait|The rest is nice to have].",
            "[Yes, {tech} does|That's {tech}], [with a bit of outside help|and one contractor].",
        ),
    ),
    Exchange(
        "trigger",
        "rep",
        (
            "[What made you look at this now|Why now]? [You could have left it another year|Most people put this off].",
            "[What prompted the call|I'm curious what set this off], [if you don't mind me asking|was there an event]?",
        ),
        (
            "[Well, {driver}|Mostly because {driver}|A couple of things, but mainly {driver}].",
            "[Between us|To be frank], {driver}. [So doing nothing isn't really an option|That got people's attention].",
        ),
        (
            "[And I've wanted to fix it since I started here|I've been saying it for years], [so I took the chance|now people listen].",
            "[It came up at the retreat|It came up in the last partner meeting], and [I got the short straw|I raised my hand].",
        ),
        ("[That makes sense|I see|Understood].", "[Okay, so there's a real reason|That's a good reason to look]."),
        (
            "[We see that quite a lot|That's a story I know well], and [the firms that start early have the calmer year|the ones who plan for it do fine].",
        ),
        (
            "[What happens if nothing changes|And if you left everything as is]?",
            "[Who else feels that|Is everyone behind it]?",
        ),
        (
            "[We'd cope, we always cope|We'd muddle through]. [It would just cost us good people|But people would get grumpier].",
            "[Most of us|The younger ones, certainly]. [A couple of people need convincing|Some would rather not touch it].",
        ),
    ),
    Exchange(
        "clients",
        "rep",
        (
            "[What do your clients see of all this|What's it like from the client's side]?",
            "[How do clients get their documents|How do you share things with the families] [today|at the moment]?",
        ),
        (
            "[A binder|A very nice binder]. [And a PDF if they ask|They love the binder, then they lose it].",
            "[E-mail attachments|By e-mail, mostly], [with a password that we then text them|which makes me nervous].",
            "[They come to the office|We invite them in], [which the older ones like|and the kids find that hilarious].",
        ),
        (
            "[The next generation expects something online|The children ask for an app], [I can't blame them|and they're the future clients].",
            "[Every January we get the calls|After every news story we get calls], [where is my plan, who is my trustee|asking what they signed].",
        ),
        (
            "[Ha, I know the picture|I think every office does it like that].",
            "[Okay|Yeah], [there's room to do something nice there|that's an easy thing to improve].",
        ),
        (
            "[The client view in {product} is what their families usually remember|There's a client view], [a plain summary of who gets what and who decides|it shows the plan as a picture a ten-year-old would understand].",
        ),
        (
            "[Do you hear complaints|Has anyone complained]?",
            "[Would they use a portal|Would your clients log in somewhere], [honestly|do you think]?",
        ),
        (
            "[Not complaints as such|Nobody complains to our face], [they just go quiet|they ask why it takes so long].",
            "[Some would|Half of them would]. [The rest want a person|The others will call {user} until the end of time].",
        ),
    ),
    Exchange(
        "team",
        "rep",
        (
            "[Tell me about the team|Who's on the team]. [Who does the drafting, who does the admin|How are the roles split]?",
            "[How are you set up|How is the group organised], [across {offices} offices|between {city} and the others]?",
        ),
        (
            "[There's me|So there's myself], {user} [who's our {user_title}|as {user_title}], [a few {people}|the {people}], and [support staff|some part-timers].",
            "[About {users} of us|We're {users}] [all in|if you count everybody], [mostly here in {city}|spread over {offices} places].",
        ),
        (
            "[{user} has been here longest|{user} knows where everything is buried], [we all depend on that more than we should|which is a risk of its own].",
            "[Hiring is hard|We can't find people], [so we need to do more with the ones we have|so anything that takes typing away helps].",
        ),
        ("[Sounds like a good group|Nice|Okay, great].", "[I think everybody has a {user}|Every firm has one]."),
        (
            "[Usually we train one person per office|What works is one power user per office], [and they carry the rest|the rest follows in a few weeks].",
        ),
        (
            "[Who'd be the most enthusiastic|Who would jump on it first]?",
            "[And who'd be the hardest to win over|And who will hate it]?",
        ),
        (
            "[{user}|{user}, no doubt], [already sent me three screenshots|keeps asking me when].",
            "[I won't name names on a recording|Let's say one of the founders]. [But there's one|You'd know within five minutes].",
        ),
    ),
    Exchange(
        "past",
        "rep",
        (
            "[Have you tried to fix this before|Is this the first attempt]?",
            "[Have you bought something like this before|Was there an earlier project]? [What happened|How did it go]?",
        ),
        (
            "[Once|We did, once]. [It died quietly|It never got past one office]. [Nobody was put in charge|The person who wanted it left].",
            "[Not seriously|No, this is the first proper go]. [We've looked at brochures|We talked about it a lot].",
            "[We built something ourselves|We had a student build us something], [which worked until the student graduated|and it's still running under somebody's desk].",
        ),
        (
            "[So people are a bit tired of promises|People remember that], [fair warning|you'll hear about it].",
            "[I'd rather do it slowly and properly this time|This time I want it done right].",
        ),
        ("[Thanks for being open about that|I appreciate the honesty].", "[That's useful to know|Okay, noted]."),
        (
            "[What made the difference elsewhere|What the good projects had in common] was [one named owner|somebody with two hours a week for it], [not the software, if I'm honest|more than anything we did].",
        ),
        ("[What would have to be different this time|What would you do differently]?",),
        (
            "[An owner|Someone in charge], and [a realistic plan|fewer features at the start].",
            "[Start small|Begin with one office], [show it works, then the rest|and let them brag about it].",
        ),
    ),
)
