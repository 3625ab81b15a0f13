"""What is talked about on proposal and negotiation calls; figures are named here without being objected to."""

from __future__ import annotations

from domains.analysis.sample.phrases.exchange import Exchange

__all__ = ["NEGOTIATION", "PROPOSAL"]

PROPOSAL = (
    Exchange(
        "scope",
        "rep",
        (
            "[Page two is the scope|Let's begin with the scope]: {product}, {users} [seats|named users], [setup and the clause library|the setup work], [training for {offices} offices|and the training].",
            "[What's included|In the package] [is {product} for {users} people|are {users} seats of {product}], [the setup|our setup team], and [support for the whole term|support].",
        ),
        (
            "[That matches what we said|Yes, that's what we discussed]. [Are the part-timers in there|Does that count the part-timers]?",
            "[Okay|Right]. [Could we begin with fewer seats|What if only half the seats start at first]?",
        ),
        (
            "[We have three people who log in twice a year|Some only ever look at one report], [I'd hate to give them a full seat|they don't need everything].",
        ),
        (
            "[There's a light seat for that|For those we have a read-only seat], [I'll put it in|I'll swap those].",
            "[You could step up|We can stagger it], [I'll write it as two steps|two dates, one agreement].",
        ),
        (
            "[I've left out the modules you didn't ask for|I took the extras out on purpose], [you can add them any time|easier to add than to remove].",
        ),
        (
            "[Is anything missing|Did I leave anything out]?",
            "[Does the seat count look right|Is {users} still the right number]?",
        ),
        (
            "[I don't think so|Not that I can see]. [Ask me again when {procurement} has read it|{procurement} will find something].",
            "[It's about right|Give or take two]. [People come and go|We're hiring].",
        ),
    ),
    Exchange(
        "figures",
        "rep",
        (
            "[The total is on page four|Then the figures], [it comes to {amount} for the year|{amount} a year all in], [including setup|with setup in the first year].",
            "[So the number|On the commercial side], [that's {amount} per year|we are at {amount} a year], [with the three-year term we spoke about|for the edition we talked about].",
        ),
        (
            "[Okay|Right, okay]. [I'll need a version on one page for {buyer}|Could you give me that as one page]?",
            "[That's in the range you gave us|That's about what I expected], [I need to place it with the other items for the year|let me see it next to the other lines].",
        ),
        (
            "[{buyer} reads the first and the last line|Nobody upstairs reads past the first page], [so the first page has to do the work|you know how it is].",
        ),
        (
            "[Of course|Sure], [I'll send a one-pager|I'll do a summary].",
            "[That's fine|Understood], [tell me which format helps|I can break it down any way you like].",
        ),
        (
            "[The setup part is a one-off|Setup falls away after the first year], [I just didn't want to hide it|it's listed apart so you can see it].",
        ),
        ("[How will you present it|Who needs to see that page]?",),
        ("[One slide, three bullets|As a slide], [next to what we spend on it now|with the hours we'd get back].",),
    ),
    Exchange(
        "rollout_plan",
        "rep",
        (
            "[The plan on page five|Then there's the timeline], [kickoff, library, first office, the rest|four phases], [about three months in all|roughly a quarter].",
            "[Here's how we'd stage it|The rollout is drawn here]: [{city} first|first {city}], [then office by office|after that the others].",
        ),
        (
            "[That's realistic|Looks realistic]. [What do you need from us|How much of our time is that]?",
            "[Could that go slower|I'd stretch the middle part], [we have a move in between|people take leave around then].",
        ),
        (
            "[I'd like {user} in the room for all of it|{user} has to be in there from the start], [otherwise it won't stick|I'd learn it in an hour and forget it in two].",
        ),
        (
            "[About two hours a week from one person|Two hours a week], [and the wording you want loaded|plus your forms at the start].",
            "[Sure, it's elastic|Of course], [the order matters more than the dates|we'll follow your calendar].",
        ),
        (
            "[The phase people underestimate is the library|Collecting the forms takes longest], [everyone has a private folder|suddenly there are nine versions of a will].",
        ),
        ("[Who'd give us the forms|Who has the good version of the forms]?",),
        ("[{user}|That'd be {user}]. [And a partner has to bless them|Then they need a blessing].",),
    ),
    Exchange(
        "term",
        "prospect",
        (
            "[What's the term|How long are we bound]? [Three years, did you say|I saw thirty-six months].",
            "[Is there a way out after a year|What if we shrink]? [One office may be sold|We may merge again].",
        ),
        (
            "[Three years with a break after the first|It's three, with an exit after twelve months], [if the milestones aren't met|under the conditions on page six].",
            "[You can reduce once a year|Seats can go down on the anniversary], [up to a fifth|within limits], [and up whenever you like|upwards any time].",
        ),
        (
            "[I prefer customers who stay because it works|I'd rather you stay because it's useful], [but legal likes three|though our finance people like a longer term].",
        ),
        (
            "[Okay, that's fair|That's reasonable].",
            "[I'll show that to {procurement}|{procurement} will want it in writing].",
        ),
        (
            "[We're still paying for a fax service from 2011|We've got a contract here nobody can find the end of], [so I read those pages now|I've become careful].",
        ),
    ),
    Exchange(
        "readers",
        "rep",
        (
            "[Who's going to read this besides you|Who else will see the document]?",
            "[When this leaves your desk|Once you pass it on], [where does it go|whose inbox is next]?",
        ),
        (
            "[{procurement} for the terms|{procurement}, for one], and [somebody in finance|someone who counts].",
            "[A couple of the {people}|Two or three of the {people}], [they were in the demo|they've seen the product].",
        ),
        (
            "[They'll ask me the same five things you'd expect|I know what they will ask], [I have most of the answers|I think we're prepared].",
        ),
        (
            "[If it helps I can join for that|I'm happy to be on that call].",
            "[Okay, I'll write it so that they can follow|Then I'll add a page for people who weren't in the demo].",
        ),
        (
            "[What usually helps|It helps] is [a page with what happens in the first thirty days|a short page on the first month], [it makes it less abstract|people relax when they see it].",
        ),
        ("[What will they look at first|What do they care about]?",),
        (
            "[Whether their people have to change how they work|The disruption], [always|it's always that].",
            "[The last page|The signature page]. [They read backwards|I'm serious].",
        ),
    ),
)

NEGOTIATION = (
    Exchange(
        "liability",
        "prospect",
        (
            "[{procurement} marked up the liability clause|The liability cap is the first one], [we'd want it at twice the fees|twelve months of fees is low for us].",
            "[On indemnities|The indemnity], [ours asks for the standard wording|we have a standard sentence for that].",
        ),
        (
            "[I saw it|Yes, I saw that]. [I think our counsel can go to one and a half|Our lawyers will meet you in the middle there].",
            "[That's usually accepted|I don't expect a fight], [let me get it confirmed in writing|I'll have legal confirm].",
        ),
        (
            "[They've signed that wording before|It's not the first time we see that wording], [with firms your size|so there's a precedent].",
        ),
        ("[Good|Okay, good]. [Then that's closed for me|I'll tick it].", "[Middle works|Let's see the wording]."),
        (
            "[I'm only the messenger|I don't have strong feelings about it], [but it keeps someone here happy|it's a matter of principle upstairs].",
        ),
    ),
    Exchange(
        "payment",
        "prospect",
        (
            "[Can we pay quarterly|Is quarterly payment possible]? [Our cash is seasonal|It's easier on our side].",
            "[About invoicing|The invoices]: [could they go out after go-live|could the first be due once the first office is live]?",
        ),
        (
            "[Quarterly in advance works|We can do quarterly], [I have done that before|I just need to change a line].",
            "[Half at signature, half when {city} is live|We could split it], [would that help|is that any better]?",
        ),
        (
            "[Finance prefers annual|Annual is our default], [but I'd rather have a happy start|it's not worth losing a week over].",
        ),
        ("[That would help|That's better], [thank you|yes].", "[Good|Fine], [put that in|write it that way]."),
        (
            "[We bill when a plan is signed|We get paid at the end of a matter], [so the summer is thin|you see the problem].",
        ),
    ),
    Exchange(
        "kickoff",
        "rep",
        (
            "[Assuming the paper gets signed|Once it's signed], [when could your people be available for kickoff|how soon do you want to begin]?",
            "[Let's talk about the start|Looking past the signature], [who should be at the kickoff|who do I invite]?",
        ),
        (
            "[{user} and me|Me, {user}], and [{tech} for the login part|{tech} for an hour].",
            "[As soon as the ink is dry|Right after], [before everybody disappears for the summer|while people still remember the demo].",
        ),
        (
            "[I promised the team they wouldn't do double work for long|The team dreads the overlap], [so shorter is better|I'd like that to be short].",
        ),
        (
            "[I'll hold some capacity|I'll reserve the setup team].",
            "[Great|Perfect], [I'll introduce you to your project lead|you'll meet the project lead before].",
        ),
        (
            "[Your project lead has done eleven of these|The lead I have in mind has done this for years], [very calm|nothing rattles her].",
        ),
        ("[Anything we should avoid|Are there blackout weeks]?",),
        (
            "[The last week of a quarter|Quarter ends], [and the annual meeting|nobody's reachable then].",
            "[Not really|No], [just tell {user} early|give us a little notice].",
        ),
    ),
    Exchange(
        "service",
        "prospect",
        (
            "[The service levels|On the service levels], [we'd like a credit if it's down|what happens if you miss them]?",
            "[Uptime says ninety-nine five|I read ninety-nine and a half percent], [can we get to ninety-nine nine|is that the best you do]?",
        ),
        (
            "[There's a credit table in the annex|The annex has credits], [five percent per hour, more or less|it goes up with the hours].",
            "[We run above that anyway|In practice we're well above], [so I can ask for the higher figure|I think I can get you that].",
        ),
        (
            "[The last outage was forty minutes, at night|I remember one outage this year], [and we called people ourselves|nobody noticed except us].",
        ),
        (
            "[Okay, I missed the annex|Ah, the annex]. [Fine then|That's okay].",
            "[Please do|Yes, ask], [it'd look better|it would please {tech}].",
        ),
        (
            "[It's for the file, mostly|It's mostly so we can say we asked], [you know how these reviews go|I have a form with a box for it].",
        ),
    ),
    Exchange(
        "signature",
        "rep",
        (
            "[How does signing work at {short}|Mechanically, how do you sign]? [Electronically|Is electronic okay]?",
            "[When the draft is final|As soon as it's final], [do I send it to you or straight to {procurement}|where should it go]?",
        ),
        (
            "[Electronic's fine|We sign electronically], [two signatures|it needs two], [I can chase one of them|one of them sits next door].",
            "[To {procurement}, copy me|Send it to {procurement}], [they put it in the system|it gets a number and then it moves].",
        ),
        (
            "[Nothing is lost anymore since we do it that way|It used to take a month], [it used to be a folder that travelled|with a courier, imagine].",
        ),
        ("[Easy|Good, that's easy].", "[Okay, will do|I'll do that]."),
        (
            "[I'll send a clean copy and the comparison|You'll get a clean version and one with the changes], [so nobody has to trust me|so your people can check].",
        ),
        ("[Is everyone who signs around|Anybody away in the meantime]?",),
        (
            "[They're around|Both are here]. [One hides well, but I know where|One of them ignores e-mail, so I'll walk over].",
        ),
    ),
)
