"""What is shown and asked on a demo call."""

from __future__ import annotations

from domains.analysis.sample.phrases.exchange import Exchange

__all__ = ["TOPICS"]

TOPICS = (
    Exchange(
        "intake",
        "rep",
        (
            "[So this is the intake screen|Let me start with intake]. [You answer in plain language|The questions adapt to the answers], and [the record fills itself|everything lands in one client record].",
            "[This is what {user} would see in the morning|Here's the first screen]: [open intakes on the left|the families on the left], [what's missing on the right|what still needs an answer on the right].",
        ),
        (
            "[Okay, that's clean|That's neater than I thought]. [Can the client fill that in|Could clients do that part at home]?",
            "[And if they don't know the answer|What if they don't have all the details]? [Half of ours come in without anything|People never bring the deed].",
        ),
        (
            "[We usually get half the information in a parking lot|Half of it reaches us by voice mail], [so that would help|so I like the missing list].",
        ),
        (
            "[Yes, you send a link|They can, you send them a link], [they save and come back|and they can stop and continue].",
            "[Then it stays open and shows up in the list|It's marked as open], [nothing blocks you from going on|you carry on with the rest].",
        ),
        (
            "[I've seen firms cut the intake meeting in half|One office does the intake from a tablet in the living room], [because the boring part is done before|which the clients seem to like].",
        ),
        ("[How does that compare with what you do now|Is that close to how you'd want it]?",),
        (
            "[Closer than I expected|Pretty close], [a few of the questions are in a different order|we'd change the wording a little].",
            "[It's night and day|Now it's a clipboard], [literally|so yes].",
        ),
    ),
    Exchange(
        "drafting",
        "rep",
        (
            "[Now the documents|Let me draft something]. [I pick the plan, press this, and it builds the set|I choose the family and the set, and here we go] - [will, trust, powers, the letters|the whole set at the same time].",
            "[Here's the drafting part|This is where the documents come from]. [The clauses sit here|On the left is the clause library], [and changing the facts changes every document|so one change runs through all of them].",
        ),
        (
            "[Okay, and it's our language|But is it our own language]? [We're particular about our clauses|The partners are very attached to their wording].",
            "[Can I see the tax clause|Open the trust again]... [yeah, that's how we'd write it|okay, that's close to ours].",
            "[How do you handle second marriages|What about a blended family]? [That's where ours always breaks|Our macros fall over there].",
        ),
        (
            "[We have a partner who'd rather retire than change a comma|Someone here has a view on every comma], [I'm only half joking|you'll meet them].",
        ),
        (
            "[It's yours|Entirely yours], [we load your wording at the start|the library starts with ours and you overwrite it].",
            "[It asks|There's a branch for it], [look|here], [children of either, children of both|and the shares follow].",
        ),
        (
            "[The nice thing is the comparison view|What people like here is the redline], [you see what changed since the last version and who changed it|every change has a name next to it].",
        ),
        (
            "[What would you try first|Which document would you test it with]?",
            "[Is there a clause you'd like me to try|Do you want to give me a nasty one]?",
        ),
        (
            "[A pour-over will|A plain revocable trust], [the thing we do every day|just to see].",
            "[Generation skipping|A special needs trust]. [Let's see it sweat|That's our acid test].",
        ),
    ),
    Exchange(
        "diagram",
        "rep",
        (
            "[This one gets a reaction|People like this one]: [the plan as a picture|the family and the flow of assets on one page]. [It's drawn from the record|It isn't drawn by hand, it comes from the data].",
            "[And if I click here|Then this button] [you get the flow chart|it draws who receives what], [first death, second death|for each order of deaths].",
        ),
        (
            "[Oh, that's nice|Oh, I like that]. [We draw those on a whiteboard|Our {people} draw that on a napkin, more or less].",
            "[Can I print that with our logo|Does it take our branding]? [I would put that in every meeting|That alone would sell it to the {people}].",
        ),
        (
            "[Clients glaze over at page four|Nobody reads forty pages], [but they'd look at that|they'd understand that].",
        ),
        (
            "[Yes, logo, colours, footer|Of course], [you set it one time|it's in the settings].",
            "[I thought you'd like it|That's usually the favourite].",
        ),
        (
            "[One customer hangs it in the conference room|I know an office where they start every review meeting with it].",
        ),
        ("[Who would you show that to|Would the families get that, or the {people}]?",),
        ("[Both|Both, I think]. [More the families|The {people} would pretend they didn't need it].",),
    ),
    Exchange(
        "funding",
        "rep",
        (
            "[Next is funding|Now the tracker for funding]. [Every asset has a status|Each asset has a line] and [it nags you until it's retitled|the letters go out from here].",
            "[This is the part after signing|After signing, this takes over]: [who has to retitle what|the list of assets and letters], [and what's overdue in red|red means somebody should call].",
        ),
        (
            "[We don't track that at all|That's the black hole at our place]. [Somebody has a spreadsheet|We find out years later].",
            "[Can it remind the client|Does it chase the client for us]? [That's most of {user}'s day|{user} would cry with joy].",
        ),
        (
            "[I had one last month, the house never made it into the trust|We found an unfunded trust just recently], [not a fun conversation|that was an awkward call].",
        ),
        (
            "[It can, with your wording|Yes, by mail or text], [you decide how often|at whatever rhythm you set].",
            "[Then you'd get something from it early|That's often where it pays off earliest].",
        ),
        (
            "[What I tell people|My advice] is to [load the last two years of plans first|begin with the recent plans], [you find the gaps and the clients are grateful|it pays for the effort].",
        ),
        ("[How do you know today that a trust is funded|Who checks that at the moment]?",),
        (
            "[We don't|Honestly? We don't]. [We hope|We send a letter and hope].",
            "[{user}, from memory|It's in {user}'s head]. [Which is impressive and terrifying|I'd like it out of there].",
        ),
    ),
    Exchange(
        "roles",
        "prospect",
        (
            "[Can we restrict who sees what|Who gets to see which family]? [We have walls between some teams|Not everyone may see every family].",
            "[What about permissions|How do permissions work]? [{user} shouldn't be able to delete things|I don't want everybody editing].",
        ),
        (
            "[By office, by team, or by family|You can set that by team or per family], and [every look at a file is logged|there's a log of who opened what].",
            "[There are four roles|It comes with four roles], [you can make your own|and you can copy and change them].",
        ),
        (
            "[We copied the model from how trust departments work|The idea comes from trust departments], [so it's stricter than most people need|so there's maker and checker if you want it].",
        ),
        (
            "[Good|Okay, good]. [That'll come up|I'd have been asked that].",
            "[That's what we need|Right, that covers it].",
        ),
        (
            "[We had an embarrassing case with a divorce|We represent both halves of some families, in a manner of speaking], [so that matters|hence the question].",
        ),
    ),
    Exchange(
        "reports",
        "prospect",
        (
            "[Can I get a report out of that|What does the reporting look like]? [I get asked every month how many are in progress|I always have to count by hand].",
            "[How would I see where everything stands|Is there an overview for me]? [Something I can look at with coffee|Not for {user}, for me].",
        ),
        (
            "[This is it, the overview|Yes, here], [by stage, by person, by age|every open file by age]. [You can export it|It goes to a spreadsheet if you want].",
            "[There's a dashboard|That's the board view], [and you can have it mailed to you|and a mail with it in the morning if you like].",
        ),
        (
            "[The managers live in that screen|For most managers that's the only screen they ever open], [the rest never see it|I wouldn't tell your team].",
        ),
        (
            "[Okay, that would save me an afternoon a month|Good, that's an afternoon back].",
            "[I like that|Simple enough], [even I can read that|that will do].",
        ),
        (
            "[Right now I walk around and ask|At the moment I go from door to door], [which is good for my step count|people hide when they see me].",
        ),
    ),
    Exchange(
        "signing",
        "prospect",
        (
            "[What about signing|And signing]? [In {state} we still need wet ink for some of it|Remote signing is only half allowed here].",
            "[Does it do the execution part|Does it help with the signing ceremony]? [Witnesses, notary, all that|We always forget a page].",
        ),
        (
            "[It prepares a signing packet|You get a signing packet], [with tabs and a checklist for witnesses|in the right order, with a list of who signs where].",
            "[For the papers that may be signed electronically, yes|Where {state} allows it, yes], [for the others it prints the set with instructions|the others print with instructions].",
        ),
        (
            "[The instructions are by state|We keep the rules by state], [a small team reads statutes all day so you don't have to|they're checked by lawyers every quarter].",
        ),
        ("[Okay|Fine], [that's realistic|that's what I expected].", "[A checklist is all I want|Good, a checklist]."),
        (
            "[We had to call a couple back twice|We've had to redo a signing], [they were eighty-four|they drove an hour].",
        ),
    ),
)
