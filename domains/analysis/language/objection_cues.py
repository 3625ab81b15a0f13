"""Objection trackers: what a buyer says when something stands in the way."""

from __future__ import annotations

from domains.analysis.language.trackers import Tracker, phrases

__all__ = ["OBJECTIONS"]

# What says that it is none after all; such a sentence does not count.
_NO_ISSUE = phrases(
    r"""
    (?:is|was|are|were)(?: not|n['’]t) (?:really |even )?(?:an?|the|our|my)? ?(?:issue|problem|concern|blocker|\
      objection)s?
    no (?:real |big |major )?(?:issue|problem|concern|objection|worr(?:y|ie))s?
    not (?:really )?(?:too|that) (?:expensive|pricey|complicated|complex|risky)
    (?:used to|no longer|less) (?:worr|concern)\w*
    (?:takes?|took|taking) (?:\w+ ){0,4}(?:worr(?:y|ies)|concerns?|doubts?|fears?) (?:out|away|off)
    (?:eases?|settles?|removes?|answers?|addresses) (?:\w+ ){0,3}(?:worr(?:y|ies)|concerns?|doubts?|fears?)
    """
)

# Written for business calls, with the wording of donors and private buyers where it is different.
OBJECTIONS: tuple[Tracker, ...] = (
    Tracker(
        "refusal",
        phrases(
            r"""
            (?:i|we)(?: will| do| would| can|['’]m| am|['’]re| are)?(?: really| just| probably)?(?: not| never|\
              n['’]t)(?: \
              be| going to| able to| want to| wish to| like to| willing to| planning to){0,2} (?:donat|giv|buy|\
                purchas|sign|\
              pay|commit|proceed|mov(?:e|ing) (?:forward|ahead)|go(?:ing)? (?:ahead|forward)|invest|switch|\
                contribut)\w*
            (?:i|we) (?:won|can|don|wouldn|couldn)['’]t (?:really |just |even )?(?:be |want to |be able to |afford \
              to )?\
              (?:donat|giv|buy|purchas|sign|pay|commit|proceed|mov(?:e|ing) (?:forward|ahead)|go(?:ing)? (?:ahead|\
                forward)|\
              invest|switch|contribut)\w*
            (?:i|we)(?:['’]d| would) (?:rather|prefer) (?:not|to keep|keep)
            (?:i|we)(?:['’]ll| will| have to| must| am going to|['’]m going to) (?:pass|decline)
            not (?:for us|for me|going to happen|at this time|this time)
            """
        ),
        unless=_NO_ISSUE + phrases(r"(?:if|unless|why|wouldn['’]t you|but (?:i|we)(?:['’]ll| will| can| could))"),
    ),
    Tracker(
        "price",
        phrases(
            r"""
            (?:too|quite|pretty|very|really|rather|so|bit|more) (?:expensive|pricey|costly|steep)
            (?:price|pricing|cost|quote|number|fee)s? (?:is|are|was|seems?|feels?|looks?|came in)(?: \w+){0,3} \
              (?:high|steep|much|expensive|concern|problem|issue|above|over)
            (?:can(?:not|['’]t| not)|could(?:n['’]t| not)) (?:really )?(?:afford|justify)
            (?:sticker shock|over (?:our|my) budget|outside (?:our|my|of our) budget|out of (?:our|my) (?:budget|\
              price range))
            (?:price|pricing|cost|quote|number|fee)s?(?: \w+){0,3} (?:higher|more|bigger|larger) than
            (?:it|that|this|which)(?:['’]s| is| was| seems| feels| looks)(?: \w+){0,2} (?:expensive|pricey|costly|a \
              lot of money)
            (?:cheaper|less expensive) (?:option|alternative|vendor|tool|solution|elsewhere)s?
            (?:too|so) much (?:money|for us|for me)
            (?:worried|concerned|nervous|hesitant|struggling|stuck) (?:about|on|with|over) (?:the |your |that \
              )?(?:price|pricing|cost)s?
            (?:push ?back|concerns?) (?:on|about|around) (?:the )?(?:price|pricing|cost)s?
            (?:double|triple|twice) (?:what|the price|the cost)
            (?:can['’]t|cannot|couldn['’]t|won['’]t)(?: [\w']+){0,4} (?:that|this|such a|your) (?:price|pricing|figure)
            (?:at|for|see|sees|hears?) (?:that|this|such a) (?:price|pricing|sort of money|kind of money)
            """
        ),
        unless=_NO_ISSUE,
    ),
    Tracker(
        "budget",
        phrases(
            r"""
            (?:no|not? enough|limited|tight|lack of|short on|don['’]t have(?: the| any| a)?|without(?: a)?) \
              (?:budget|funding|funds|money|cash)
            budgets? (?:is|are|was|has been|have been|got|is really|are really) (?:\w+ )?(?:tight|frozen|cut|gone|\
              spent|locked|limited|allocated|closed|set)
            budget (?:freeze|cuts?|constraints?)
            budgets? (?:is|are|will be|would be|is going to be|might be|could be)(?: \w+){0,2} (?:problem|issue|\
              concern|challenge|\
              tough|tricky|hard|question|blocker)
            (?:is|was|are)(?: not|n['’]t) (?:in|within) (?:the|our|this year['’]s) budget
            (?:money|cash|things|funds) (?:is|are) (?:really |very |pretty |so |a bit |a little )?(?:tight|short|\
              low)
            (?:need|could use) (?:all )?the money
            (?:do not|don['’]t|did not|didn['’]t) (?:make|earn|have) (?:that |very |so )?(?:much|enough|a lot)(?: \
              of)?(?: money| income)?
            """
        ),
        unless=(
            _NO_ISSUE
            + phrases(
                r"""
            worth
            """
            )
        ),
    ),
    Tracker(
        "timing",
        phrases(
            r"""
            (?:not|n['’]t) (?:really |quite |exactly )?(?:the|a) (?:right|good|best|great|ideal) (?:time|moment|\
              month|quarter)
            (?:bad|wrong|terrible|tricky|worst|awful) (?:time|timing|moment)
            (?:time|timing|moment) (?:is|was|isn['’]t|could(?:n['’]t)? be)(?: \w+){0,2} (?:bad|off|wrong|terrible|\
              tricky|awful|good|ideal|worse|better)
            (?:not|n['’]t) (?:think|feel|believe|sure)(?: [\w']+){0,4} (?:right|good|best) (?:time|moment)
            (?:push|move|shift|leave|defer|postpone)(?:ing)? (?:this|it|that)(?: \w+){0,2} (?:to|until|till|into) \
              (?:the )?(?:next|new|later|spring|summer|autumn|fall|winter|q[1-4])
            (?:question|matter|problem) of priorit(?:y|ies)
            (?:other|another|bigger|more urgent)(?: \w+){0,2} (?:projects?|priorit\w+|things|initiatives?) (?:come|\
              comes|have to come|go|take)(?: \w+){0,2} (?:first|ahead|precedence|priority)
            have to finish (?:the|an)(?:other)?(?: \w+){0,2} (?:project|migration|rollout|move|audit)
            (?:at|over|near) (?:the|their|our|my) (?:limit|capacity)
            (?:not|n['’]t|no way|nothing)(?: \w+){0,4} (?:until|till|before) (?:the |our |next |after |we |at least \
              )?(?:\w+ )?\
              (?:year|quarter|month|spring|summer|fall|autumn|winter|season|audit|q[1-4]|fiscal|january|february|\
                march|april|\
              may|june|july|august|september|october|november|december|done|over|finished|through)
            (?:too much|so much|a lot|enough)(?: \w+){0,2} (?:going on|on (?:our|my) plate)(?: \w+){0,2}
            (?:in the middle of|right in|busy with|swamped with|snowed under|stretched)
            (?:why|can(?:['’]t| not)? (?:this|it|we)) (?:not )?(?:wait|now)
            (?:next|later this) (?:year|quarter|fiscal)(?: at the earliest)?[,.]? (?:maybe|perhaps|at best|\
              instead)
            (?:too|a bit|little) (?:early|soon) (?:for us|to|yet)
            (?:not|n['’]t) (?:a |our |really a |really our )?priority(?: right now| at the moment| this)?
            (?:revisit|circle back|come back to|pick) (?:this|it|that)(?: up)? (?:next|later|in (?:a few|six|\
              three|the))
            (?:maybe|perhaps|possibly) (?:later|another time|some other time|in the future|next (?:year|quarter|\
              time))
            (?:not|n['’]t)(?: be)? ready (?:to|for|yet)
            (?:other|bigger|competing) priorities
            (?:push|put|hold)(?:ing)? (?:this |it |that )?(?:off|back|out) (?:until|till|to|for)
            on hold
            """
        ),
        unless=_NO_ISSUE,
    ),
    Tracker(
        "authority",
        phrases(
            r"""
            (?:not|isn['’]t|n['’]t) (?:really |just )?(?:my|mine|up to me|only my) (?:decision|call|to decide|\
              alone)?
            (?:need|have|got|going|want)(?:s)? to (?:check|talk|speak|discuss|run|clear|confirm|consult|ask|\
              get)(?: (?:it|this|that|approval|sign[- ]?off|buy[- ]?in))?(?: \w+){0,2}? (?:with|by|past|from|to) \
              (?:my|our|the|his|her) (?:boss|manager|cfo|ceo|cto|coo|vp|director|board|partner|wife|husband|spouse|\
              team|leadership|procurement|legal|finance|committee|stakeholders?|management)
            (?:do not|don['’]t|does not|doesn['’]t) have (?:the )?(?:authority|sign[- ]?off|final say|power)
            (?:not|n['’]t) (?:really )?(?:the|a) (?:one who (?:decides?|signs?|approves?)|decision[- ]?maker)
            (?:above my pay ?grade|final say|someone else (?:decides|makes))
            """
        ),
    ),
    Tracker(
        "no need",
        phrases(
            r"""
            (?:i|we|i['’]m|we['’]re) ?(?:do|did|am|are|was|were)? ?(?:not|n['’]t|never|no longer|hardly) (?:really |\
              actually |particularly |all that |currently )?(?:need(?! to| more)|interested|looking for)
            (?:i|we) (?:don|didn)['’]t (?:really |actually |currently |even )?need(?! to| more)
            ^(?:no[,.]? )?(?:sorry[,.]? )?not (?:really |at all |that )?interested
            (?:not|n['’]t|never|no longer|hardly) (?:really )?see (?:the|any|much|a|how this) (?:\w+ )?(?:value|\
              need|benefit|point|reason|fit|help)\w*
            no (?:real |pressing |particular )?(?:need|interest)
            (?:happy|fine|satisfied|comfortable|good) with (?:what|our|the|my|how)(?: \w+){0,3} ?(?:have|current|\
              existing|today|now|do|setup|using|got)?
            (?:works?|working) (?:fine|well enough|ok(?:ay)?) (?:for us|today|as it is|already|right now)
            """
        ),
        unless=(
            _NO_ISSUE
            + phrases(
                r"""
            (?:you|they|we|they) (?:don['’]t|do not|won['’]t) need to
            """
            )
        ),
    ),
    Tracker(
        "migration and switching",
        phrases(
            r"""
            (?:concern|worr|nervous|afraid|scared|dread|hesitant|problem|issue|risk|headache|nightmare|pain|struggl|\
              trouble|\
              hard|difficult|painful|daunting|burn(?:ed|t))\w*(?: \w+){0,6} (?:migrat|switch|mov(?:e|ing) (?:\w+ \
                ){0,3}(?:over|data|\
              across)|convert|conversion|transition|import)\w*
            (?:migrat|switch|conver(?:t|sion)|transition|mov(?:e|ing) (?:\w+ ){0,4}(?:over|across)|import)\w*(?: \
              \w+){0,6} \
              (?:concern|worr|risk|headache|nightmare|pain|problem|issue|hard|difficult|daunting|expensive|months|\
                forever|\
              scares?|disrupt|break|lose|mess)\w*
            (?:lose|losing|lost|corrupt)(?: \w+){0,3} (?:data|history|records|files|documents)
            years (?:worth )?of (?:\w+ )?(?:data|records|files|documents|history)
            (?:can['’]t|cannot|can not|won['’]t|don['’]t|nobody|no one|no (?:people|time|capacity))(?: [\w']+){0,8} \
              (?:migrat|conver(?:t|sion)|re-?typ|re-?key)\w*
            (?:migrat|conver(?:t|sion)|re-?typ|re-?key|mov(?:e|ing) (?:\w+ ){0,4}(?:over|across))\w*(?: [\w']+){0,8} \
              (?:by hand|manually|out of the question|disaster|chaos|no way|can['’]t|won['’]t|impossible)
            (?:who|how)(?: [\w']+){0,4} (?:migrat|convert|transfer|import|re-?typ)\w*
            (?:get|getting|mov(?:e|ing)|bring|bringing|carry|carrying) (?:\w+ ){0,3}(?:old|existing|current|legacy|\
              historic(?:al)?) (?:\w+ ){0,3}(?:over|across|into)
            how (?:do|does|would|will)(?: [\w']+){0,3} (?:old|existing|current|legacy)(?: \w+){0,4} (?:get|come|\
              move|go) (?:in|into|over|across)
            """
        ),
        unless=_NO_ISSUE,
    ),
    Tracker(
        "status quo",
        phrases(
            r"""
            (?:we|they|i)(?: are|['’]re|['’]m| am)? (?:already|currently) (?:use|using|have|work(?:ing)? with|with|\
              pay(?:ing)?|donat\w+|giv\w+|committed|under contract)
            (?:locked|tied) (?:in|into)
            (?:contract|agreement|renewal)(?: \w+){0,4} (?:until|till|through)
            (?:stick|stay)(?:ing)? with (?:what|our|the|who)
            """
        ),
    ),
    Tracker(
        "trust",
        phrases(
            r"""
            (?:i|we|i['’]m|we['’]re|i['’]d|we['’]d|my|our|me|team|boss|board|some)(?: \w+){0,3} (?:concern(?:ed|s)?|\
              worr(?:y|ied|ies)|nervous|uneasy|skeptical|sceptical|hesitant|unsure|doubt(?:s|ful)?|wary)(?: \w+)? \
              (?:about|that|whether|if|on|over|around|of|regarding|with|is|where)
            (?:how|where) (?:do|can|would|will) (?:i|we) (?:know|be sure|trust|verify)
            (?:not|n['’]t) (?:really |fully |entirely |so |quite )?(?:convinced|trust|confident|comfortable)
            (?:not|n['’]t) (?:really |fully |entirely |so |quite |too )?(?:sure|certain) (?:about|that|whether|if|\
              with|\
              it|this|them|you|where|how)
            (?:scam|fraud|sketchy|shady|too good to be true)s?
            (?:is|are) (?:it|this|that|they|you)(?: \w+){0,3} legit(?:imate)?
            (?:not|n['’]t) (?:\w+ ){0,2}legit(?:imate)?
            (?:where|how much)(?: \w+){0,3} money(?: \w+){0,2} (?:goes|go|going|really|actually)
            (?:been|got) burned
            (?:never|haven['’]t|have not) heard of (?:you|them|it|this|your)
            (?:too|a bit|little|pretty|quite) (?:risky|unproven)
            """
        ),
        unless=(
            _NO_ISSUE
            + phrases(
                r"""
            (?:you|they) (?:don['’]t|need not|do not) (?:have|need) to (?:worry|be)
            if you(?:['’]re| are) (?:not|un)
            """
            )
        ),
    ),
    Tracker(
        "security and compliance",
        phrases(
            r"""
            (?:security|privacy|compliance|gdpr|hipaa|soc ?2|infosec|data protection|legal)(?: \w+){0,3} \
              (?:concern|issue|problem|blocker|risk|worr|question|review|won['’]t|hurdle|objection|push ?back)\w*
            (?:concern|worr|issue|problem|nervous|push ?back)\w*(?: \w+){0,4} (?:security|privacy|compliance|gdpr|\
              hipaa|data protection|data residency)
            (?:where|how)(?: \w+){0,3} (?:data|files|documents|records)(?: \w+){0,3} (?:stored|hosted|kept|sit|sits|\
              live|lives|\
              located|protected|encrypted|backed up)
            who(?: \w+){0,2} (?:see|sees|access|read|look|log)(?: \w+){0,3} (?:data|files|documents|records|it|them|\
              that)
            (?:not allowed|can['’]t|cannot|won['’]t|reluctant|never)(?: \w+){0,5} (?:cloud|outside|off[- ]?site|\
              third part(?:y|ies))
            (?:breach|leak|hack|confidential|privileged)\w*
            (?:security|data|cyber|privacy) (?:incident|breach|leak)\w*
            (?:security|compliance|infosec|it)(?: \w+){0,4} (?:get stuck|stop this|block|refuse|say no)
            (?:can['’]t|don['’]t|won['’]t)(?: [\w']+){0,3} (?:security|compliance|infosec|legal) (?:approv|sign|agree|\
              accept|let)\w*
            (?:pass|clear|get through|get past) (?:our |the |a )?(?:security|compliance|infosec|legal)
            """
        ),
        unless=_NO_ISSUE,
    ),
    Tracker(
        "fit and effort",
        phrases(
            r"""
            (?:too|overly) (?:complex|complicated|difficult|hard|much work|heavy|disruptive)
            (?:function\w*|feature|capability|module|option)s? (?:just |simply )?(?:is|are)(?:n['’]t| not) there
            (?:i['’]m|we['’]re|i am|we are) missing
            (?:that|this|it)(?:['’]s| is| would be) a (?:real |big )?gap
            (?:we|i)(?:['’]d| would)(?: \w+){0,2} (?:need|lose|miss) (?:that|this|it|a|the)(?: (?:feature|\
              function\w*|capability))?
            there(?:['’]s| is) no (?:\w+ ){0,2}(?:app|integration|interface|version|export|import|connector|support for)
            (?:it|that|this|they|setup|rollout|integration|interface|tool|platform|system|product)(?: \w+){0,2} \
              (?:quite|really|very|pretty|rather|so|a bit|a little) (?:complex|complicated|difficult|hard|heavy|\
              disruptive)
            (?:it|that|this|they|you|tool|platform|system|product) (?:doesn['’]t|does not|don['’]t|won['’]t|can['’]t|\
              cannot) (?:seem to |really )?(?:integrate|support|\
              work with|connect|handle|scale|fit|do what)
            (?:it|that|this|you|tool|platform|system|product|software) (?:doesn['’]t|does not|don['’]t|can['’]t|\
              cannot|won['’]t) \
              (?:really |even |actually )?(?:do|have|offer|cover|include|show|let|allow)
            (?:missing|lacks?|lacking|without) (?:the |a |some |an |key |that )?(?:feature|functionality|\
              integration|capabilit|support)\w*
            (?:integration|implementation|migration|onboarding|rollout|roll-out|adoption|training|setup)(?: \
              \w+){0,4} (?:concern|worr|problem|issue|risk|pain|nightmare|headache|take (?:too )?long|effort|hard|\
              difficult|months)\w*
            (?:concern|worr|problem|issue|nervous|struggl)\w*(?: \w+){0,4} (?:integration|implementation|\
              migration|onboarding|rollout|roll-out|adoption|setup|effort|complexity)
            (?:don['’]t|do not|doesn['’]t) have (?:the |enough |any )?(?:time|resources|bandwidth|people|capacity|\
              staff)
            """
        ),
        unless=_NO_ISSUE,
    ),
)
