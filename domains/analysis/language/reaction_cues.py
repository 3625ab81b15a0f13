"""Reaction trackers: kinds of answer, acceptance, rejection, agreement and refusal."""

from __future__ import annotations

from domains.analysis.language.trackers import Tracker, phrases

__all__ = ["ACCEPTS", "AGREES", "ANSWERS", "COMMITS", "DECLINES", "REJECTS"]

# How a rep answers an objection.
ANSWERS: tuple[Tracker, ...] = (
    Tracker(
        "acknowledges",
        phrases(
            r"""
            i (?:totally |completely |fully |really )?(?:understand|hear you|get (?:it|that)|appreciate)
            makes sense
            fair (?:enough|point|question|concern)
            (?:good|great|valid) (?:question|point|concern)
            you['’]re right
            """
        ),
    ),
    Tracker(
        "gives evidence",
        phrases(
            r"""
            \d+(?:\.\d+)? ?(?:%|percent|x|times|hours|days|weeks|months)
            (?:customers?|clients?|team|compan(?:y|ies)) (?:like|who|that|in|with|saw|had|reduced|cut|saved|found)
            case stud(?:y|ies)
            certifi\w+
            audit\w*
            roi
            payback
            reviews?
            rated
            track record
            \d+ (?:out )?of (?:every )?\d+
            """
        ),
    ),
    Tracker(
        "offers a concession",
        phrases(
            r"""
            discounts?
            (?:lower|smaller|flexible|split|spread|phased?|waive|free)\w*
            payment (?:plan|terms)
            pilot
            trial
            even (?:a little|a small|one|\d+)
            any amount
            every (?:little|penny|dollar|cent)
            no obligation
            """
        ),
    ),
    Tracker(
        "brings someone in",
        phrases(
            r"""
            (?:bring|loop|connect|introduce|set)(?:ting|ing)?(?: \w+){0,3} (?:in|with|up|to)
            (?:our|my) (?:engineer|specialist|expert|security|legal|solutions?|technical|implementation|\
              support)\w*
            """
        ),
    ),
    Tracker(
        "defers",
        phrases(
            r"""
            get back to you
            (?:i['’]ll|i will|let me) (?:check|find out|look into|ask|see)
            (?:circle|come) back to (?:that|this|it)
            (?:later|another time) (?:in|on)
            """
        ),
    ),
)

# A prospect takes an answer.
ACCEPTS = Tracker(
    "accepts",
    phrases(
        r"""
        that (?:\w+ ){0,2}(?:makes sense|helps|helpful|works|is helpful|is good|is great|is fair|is reassuring|\
          answers|addresses|clears|covers|would work|would help|could work|resolves|settles)
        that['’]s (?:\w+ )?(?:fair|helpful|good|great|reassuring|reasonable|fine|better|useful|perfect|amazing|\
          awesome|wonderful|true|doable|impressive)
        makes sense
        fair enough
        good to (?:know|hear)
        great to (?:know|hear)
        sounds (?:\w+ )?(?:good|great|fair|reasonable|fine|like a plan|doable|promising|better)
        (?:i|we) (?:can|could) (?:live|work) with (?:that|it)
        (?:i|we)(?:['’]m| am|['’]re| are) (?:\w+ )?(?:comfortable|ok(?:ay)?|convinced|happy|satisfied|good|\
          reassured|relieved) (?:with|now|then|about)
        (?:i|we) (?:did not|didn['’]t) (?:know|realize|realise) that
        (?:okay|ok|alright|right|great|perfect|excellent|got it|understood|wonderful|awesome)
        (?:i|we) (?:feel|am|are) (?:\w+ )?better
        (?:i|we)(?:['’]ll| will| would| can) (?:\w+ )?(?:donate|sign|move forward|go ahead|buy|proceed|do it|do \
          that|give)
        (?:you['’]ve|you have) (?:\w+ )?(?:convinced|persuaded|addressed|answered)
        (?:yes|yeah|yep|sure|absolutely|definitely)
        (?:let['’]s|let us) (?:move|go|do|get|set|book|schedule)
        (?:thanks|thank you) for (?:clarifying|explaining|clearing|the clarity)
        that (?:does|would|will|should|might|can) (?:\w+ )?(?:help|do|work|be enough)(?: it)?
        (?:that['’]s|that is|at least that['’]s|well that['’]s) (?:a |an |something |at least )?(?:\w+ )?(?:answer|\
          concrete|\
          clear|specific|we can|i can)
        (?:i|we) (?:can|could) (?:bring|take|use|show|live|work|check|pass)(?: \w+){0,2} (?:back|that|it|with|this|on)
        (?:takes?|took) (?:\w+ )?(?:the|some|a lot)(?: of)?(?: the)? (?:worry|concern|pressure|fear|edge)
        """
    ),
)

# A prospect does not take it.
REJECTS = Tracker(
    "rejects",
    phrases(
        r"""
        still
        (?:not|n['’]t)(?: \w+){0,2} (?:sure|convinced|comfortable|work|help|enough|think so|see|buy|answer|\
          address|sold|solve|change|interested|able|afford|ready|possible)
        (?:no|nope|nah)
        but
        however
        unfortunately
        (?:i|we) (?:just )?(?:can['’]t|cannot|won['’]t|doubt)
        (?:as i said|like i said|again)
        sorry
        (?:hard|tough|difficult) (?:sell|to)
        hmm+
        (?:heard|seen) (?:that|it|this) (?:before|all)
        that['’]s what (?:they|everyone|everybody|the last|you all|the other)(?: \w+){0,3} (?:say|said|tell|told|\
          promised?)
        (?:we|i)(?:['’]ll| will) (?:see|think about it)
        (?:i|we) (?:don['’]t|do not) know
        (?:i|we)(?:['’]d| would) (?:\w+ )?(?:want|need|like|expect) (?:\w+ )?more
        not (?:quite|really|exactly)
        """
    ),
)

# Somebody agrees to a next step.
AGREES = Tracker(
    "agrees",
    phrases(
        r"""
        (?:yes|yeah|yep|sure|okay|ok|absolutely|definitely|perfect|great|will do|of course|certainly|alright)
        sounds (?:\w+ )?(?:good|great|fine|like a plan|perfect)
        that works
        works for (?:me|us)
        looking forward
        talk (?:then|soon)
        see you (?:then|\w+)
        (?:i|we)(?:['’]ll| will) (?:be there|do that|accept|look out|take a look|review|expect)
        thank(?:s| you)
        """
    ),
)

# Somebody does not.
DECLINES = Tracker(
    "declines",
    phrases(
        r"""
        no(?:t yet|pe)?
        (?:can|do|wo|would|is)(?:n['’]t|not)
        not
        rather not
        too (?:soon|early|busy)
        """
    ),
)

# Somebody commits to buy, sign or give.
COMMITS = Tracker(
    "commits",
    phrases(
        r"""
        (?:i|we)(?:['’]ll| will| would| can| want to| am going to| are going to|['’]m going to|['’]re going to|\
          ['’]d)(?: \
          like to| love to| be happy to| be willing to| gladly| definitely| probably| be)?(?: \w+)? (?:donat\w+|\
            giv(?:e|ing)|\
          contribut\w+|sign(?: up)?|buy(?:ing)?|order|subscribe|proceed|go ahead|move forward|go with|take (?:it|\
            the)|get started)
        (?:i['’]m|i am|we['’]re|we are) (?:\w+ )?(?:willing|happy|ready|glad) to (?:donate|give|contribute|sign|buy|\
          proceed|go \
          ahead|move forward|start)
        (?:let['’]?s|let us) (?:do (?:it|this|that)|go ahead|move forward|get started|get this (?:done|signed)|sign|\
          proceed)
        send (?:me|us|over|the)(?: \w+){0,2} (?:contract|paperwork|order form|agreement|invoice)
        (?:count|sign) me in|sign (?:me|us) up|(?:you(?:['’]ve| have)|it['’]s|we have) (?:got )?a deal
        """
    ),
    unless=phrases(
        r"""
        (?:not|n['’]t|never|cannot|if|unless|maybe|might|later|some ?day|in the future|next time)
        """
    ),
)
