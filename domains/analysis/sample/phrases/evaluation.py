"""What is talked about while a customer tries the product out."""

from __future__ import annotations

from domains.analysis.sample.phrases.exchange import Exchange

__all__ = ["TOPICS"]

TOPICS = (
    Exchange(
        "testing",
        "rep",
        (
            "[How has the test workspace been|How did the testing go]? [Who's been in there|Has anybody broken it yet]?",
            "[I saw some activity in your workspace|I can see people have been logging in], [what's the verdict|what do they say]?",
        ),
        (
            "[{user} has been in every day|{user} practically lives in it]. [The {people} less so|I had to push the {people} a bit].",
            "[Mixed|Mostly good]. [The drafting people like it, the others haven't had time|Drafting gets good marks, the calendar less].",
            "[We ran ten files through it|We pushed a dozen files through], [eight were smooth|most were fine], [two needed help|a couple made us call you].",
        ),
        (
            "[The search is what they mention|People keep mentioning the search], [finding a clause in two seconds|apparently that's a big deal].",
            "[Someone said it's like having a very patient colleague|One comment was that it doesn't roll its eyes], [high praise here|so there you go].",
        ),
        (
            "[That's good to hear|Great], [and fair about the rest|and I'll look at the rest].",
            "[Okay, thanks for being straight|Thanks, that's a balanced picture].",
        ),
        (
            "[Typically the second week is when it clicks|It usually clicks after the second file], [the first one is slow because everything is new|people look for the buttons where they used to be].",
        ),
        (
            "[Which two were the difficult ones|What tripped people up]?",
            "[What would make it a clear yes for them|What's the one thing they'd change]?",
        ),
        (
            "[The numbering of clauses|Clause numbering], [it jumped|it restarted in the annex]. [Small, but they noticed|They're lawyers, they noticed].",
            "[Fewer clicks at the end|The last step], [exporting takes one screen too many|it asks you three times if you're sure].",
        ),
    ),
    Exchange(
        "integration",
        "prospect",
        (
            "[{tech} was asking about the interface|I have a question from {tech}]: [can it pull from our client database|does it read from the client database overnight]?",
            "[How does the calendar link work|What about single sign-on]? [{tech} wants one login for everything|We try not to have another password].",
        ),
        (
            "[It can|Yes], [there's a nightly job or a live connection|either nightly or live], [most people start with nightly|live is a setting].",
            "[It uses the standard protocol|It works with the standard], [{tech} would need about an hour|it's about an hour with your IT].",
        ),
        (
            "[I can put our engineer on a short call with {tech}|Our integration engineer can go through it with {tech}], [they'll speak the same language|that's better than me pretending].",
        ),
        ("[I'll pass that on|Okay, I'll tell {tech}].", "[Good|Good, that's one off the list]."),
        (
            "[{tech} has been burned before|We've been burned], [an update killed our phone system for a day|so there's some scar tissue].",
        ),
    ),
    Exchange(
        "learning",
        "prospect",
        (
            "[How long until people are productive|What's the learning curve]? [Not the keen ones, the others|I'm thinking of our less technical people].",
            "[What does training look like|How do you train people]? [I can't take everyone off the desk for a day|We can spare an hour, not a day].",
        ),
        (
            "[Two sessions of an hour|It's two short sessions], [one for everyone, one by role|and then office hours], and [most people draft alone after that|after three files they stop calling us].",
            "[We do it in small groups|Small groups], [forty-five minutes|under an hour], [with their own files|on real work, not on exercises].",
        ),
        (
            "[And there are recordings|There's a library of short clips], [two minutes each|none over three minutes], [because nobody watches a webinar|people watch them while the kettle boils].",
        ),
        ("[That's doable|We can do that].", "[Okay|Alright], [I can sell that internally|an hour I can get]."),
        (
            "[The last system came with a two-hundred page manual|Last time they gave us a manual], [it's holding up a monitor now|I think it's a doorstop].",
        ),
    ),
    Exchange(
        "support",
        "prospect",
        (
            "[When something breaks|If we get stuck], [who do we call|is there a person]? [Or do I get a ticket number|Or a chat robot]?",
            "[What are the support hours|How does support work]? [We sign in the evenings sometimes|Our {people} work odd hours].",
        ),
        (
            "[A person|People], [eight to eight your time|until eight in the evening], and [you'd have a named contact|one name you'll know].",
            "[You call, someone answers|There's a phone number], [the median wait last quarter was under two minutes|they pick up quickly], [and yes, it's humans|and they know what a trust is].",
        ),
        (
            "[Two of them are former paralegals|Several of the team used to be paralegals], [so you don't have to explain what a codicil is|which helps].",
        ),
        ("[That's refreshing|Good, that matters to me].", "[Okay, I'll hold you to that|Let's see]."),
        (
            "[With the current one I wait four days|Our present supplier answers within a week], [with a link to the manual|and then asks whether I've restarted it].",
        ),
    ),
    Exchange(
        "quality",
        "rep",
        (
            "[How did the documents hold up|What did the reviewers say about the output]? [Was the quality there|Anything they'd refuse to sign]?",
            "[Did anyone compare the drafts with your own|Have you compared the output with your own drafts]?",
        ),
        (
            "[We did, line by line|One of the {people} did, with a ruler]. [Two typos, and both were ours|It found a mistake in our form, which was embarrassing].",
            "[The wording's fine|It's good], [the layout isn't quite house style|they moaned about the margins].",
        ),
        (
            "[I was surprised|That surprised some people], [I'd expected it to be more generic|they thought it would read like a machine].",
        ),
        (
            "[Glad to hear it|That's the best sort of complaint].",
            "[The layout we can match|Layout is a setting], [send me one of yours and we'll copy it|we do that during setup].",
        ),
        (
            "[Every form is read by two lawyers before it's released|There's an editorial board behind the forms], [that's most of what you pay for|they argue about semicolons for a living].",
        ),
        ("[Was there a type of matter you didn't get to try|What haven't you tested yet]?",),
        (
            "[Business succession|The farm cases]. [We have a lot of those in {state}|They're half of our income].",
            "[Amendments|Restatements]. [We'd like to run a couple|I want to see how it treats an old trust].",
        ),
    ),
    Exchange(
        "rollout",
        "rep",
        (
            "[If you went ahead|Suppose it's a yes], [which office would go first|where would you start]?",
            "[How would you picture the rollout|How do you see the first months]? [All offices or one after another|Big bang or step by step]?",
        ),
        (
            "[{city} first|I'd begin with {city}], [then the others|and let the others come and look].",
            "[Step by step|One at a time]. [I don't have the nerves for a big bang|We'd all go mad otherwise].",
        ),
        ("[And not in tax season|Anything but spring], [nobody answers e-mails then|I'd be lynched].",),
        (
            "[That's what I'd do too|I'd recommend the same].",
            "[Sensible|Good], [we have a plan for that shape|that's a known pattern].",
        ),
        (
            "[Normally one office takes three weeks|Count on about three weeks per office], [the second goes faster|the later ones are quicker because the library is there].",
        ),
        ("[Who'd run it on your side|Who'd own it]?",),
        (
            "[Probably me|Me, probably], [with {user}|and {user} for the daily things].",
            "[{user}, if I can free up some hours|I'd ask {user}], [with me as the bad cop|I'd clear the way].",
        ),
    ),
)
