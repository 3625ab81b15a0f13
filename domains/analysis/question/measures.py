"""The measure that a question asks for, and by what it is to be grouped, in the words of the scope."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domains.analysis.question.reading import pattern

__all__ = ["METRICS", "CLOSED", "OPEN", "SAID", "TALK", "Found", "find_groups", "find_metrics"]

CLOSED = frozenset({"win_rate", "revenue", "deal_size", "deal_count", "activity", "discount"})
OPEN = frozenset(
    {"cycle_time", "pipeline_value", "coverage", "velocity", "stage_conversion", "deal_age", "slippage", "forecast", "commit"}
)
TALK = frozenset({"talk_ratio", "question_rate", "monologue", "patience", "interruptions", "next_step_rate"})
SAID = frozenset({"mention_rate"})

_DEALS = r"(?:deals?|opportunit(?:y|ies)|accounts?|wins|sales|contracts|customers|clients|renewals|@segment\d+)"
_SAID = r"(?:mention(?:s|ed|ing)?|raised?|raises|brought up|bring up|brings up|named?|come up|comes up|came up|coming up|cited|heard|hear|said)"
_CALLER = r"(?:rep|reps|seller|sellers|agent|agents|caller|callers|people|anyone|anybody|someone|salespeople|who|team|<rep>)"

# In order: where two fit the same words, the first is taken.
METRICS: tuple[tuple[str, str], ...] = (
    ("forecast", r"(?:will|are|do you think) we (?:\w+ ){0,4}(?:hit|make|reach|meet|beat|exceed|miss)(?: \w+){0,2} (?:quota|target|plan|number|numbers|goal|budget)s?"),
    ("ramp_time", r"ramp(?: |-)?(?:up )?(?:time|times|period|speed)?|ramp(?:ed|ing|s)?(?: up)?|time to (?:first (?:deal|win|sale)|productivity|full productivity|quota)|(?:first (?:deal|win|sale)) (?:after|since|from)|(?:how (?:long|fast|quickly|soon)|weeks|months) (?:\w+ )*?(?:until|till|before|for|do|does|did) (?:\w+ ){0,5}(?:new hires?|new reps?|newcomers?|hires?|productive|up to speed|first (?:deal|win|sale))[^.?]*|up to speed"),
    ("quota_attainment", r"(?:quota )?attainment|(?:percent|%|share) (?:of|to) (?:quota|target|plan|goal)|(?:hit|hits|hitting|made|make|makes|making|miss|missed|missing|meet|meets|meeting|met|reach|reached|exceed(?:s|ed)?|beat|above|below|over|under|behind|ahead of|close to|against|vs|versus|on) (?:their |his |her |its |the |our |my )?(?:quotas?|targets?|plan|numbers?|goals?)|quotas?(?! (?:left|to go|remaining))|targets? (?:achieved|reached|met|hit)|% to plan"),
    ("coverage", r"(?:pipeline |pipe )?coverage|cover(?:s|ed)? (?:the |our )?(?:quota|target|number)|enough (?:open )?(?:pipeline|pipe|deals)(?: (?:to|for))?|\dx (?:pipeline|coverage)"),
    ("stage_conversion", r"(?:which|what|per|by|each|every) stages?[^.?]*? conversions?(?: rates?)?|conversions?(?: rates?)? (?:by|per|at each|of each|between|across) stages?|(?:stage|stages|funnel|step)(?: (?:by|to) (?:stage|step))? (?:to stage )?conversion(?: rates?)?|conversion(?: rates?)? (?:from|between|by stage|per stage|at each stage|through|out of|into|of each stage|<stage>)[^.?]*?|conver(?:t|ts|ted|ting) (?:from |into |to )?(?:the )?(?:next stage|<stage>)|<stage> to <stage>(?: conversion(?: rates?)?)?|<stage> conversion(?: rates?)?|<stage> (?:\w+ )?(?:turn|turns|turned|become|becomes|lead|leads|led|go|goes|result|results|convert|converts|end|ends|make it|makes it)(?: up| on)?(?: in| into| to| as)? (?:an? |the )?<stage>|(?:make|makes|made|get|gets|move|moves|progress|progresses|advance|advances|pass|go|goes) (?:it )?(?:on |through |past |beyond )?(?:from )?<stage> (?:to|into|on to) (?:the )?(?:<stage>|next)|(?:at|in|from|through) (?:which|what|each|every) stages? do (?:we|deals|most deals|opportunities) (?:lose|die|drop|fall|leak|get lost|stall)[^.?]*|drop ?-?(?:off|out)s?(?: rates?)?|fall(?:s)? out of (?:the )?(?:funnel|pipeline)|leak(?:s|age)?|funnel conversion|what (?:share|percentage|fraction|proportion) (?:of [^.?]*? )?(?:leave|leaves|reach|reaches|make it|makes it|get|gets|move|advance|advances|progress)[^.?]*?<stage>"),
    ("slippage", r"slip(?:s|ped|ping|page)?|pushed (?:out|back|to)|push(?:es)? (?:out )?their|get pushed|gets pushed|close dates? (?:\w+ ){0,4}?(?:chang|mov|push|pass|slip|shift|postpon|delay)\w*|(?:past|beyond|missed|overdue|passed) (?:their |its |the )?(?:expected )?close dates?|overdue|(?:moved|changed|postponed|shifted|delayed) (?:their |its |the )?(?:expected )?close dates?|expected close dates?"),
    ("velocity", r"(?:sales |deal |pipeline )?velocity"),
    ("commit", r"commit(?:ted|ment|s)?(?= |$)(?! to (?:a|the|buy|us))"),
    ("forecast", r"forecast(?:s|ed|ing)?|(?<!that )(?<!which )(?<!best )(?<!reliably )predict(?:s|ed|ion|ions|ing)?(?! (?:a |the |an )?(?:win|wins|won|loss|losses|outcomes?|success|donations?|close|lost)(?!\w))|projection|projected|project (?:revenue|bookings|sales)|outlook|best case|worst case|upside|(?:will|do you think|are) we (?:\w+ )?(?:likely to |going to |expected to |expecting to |on track to |on course to )?(?:close|win|land|hit|make|book|sign|finish|end|sell|bring in|reach)|(?:expect(?:ed)?|likely|going|on track|on course|set|able) to (?:close|win|land|book|sign|hit|finish|bring in|make)|(?:where|what|how) (?:will|do|are) we (?:going to |expect to )?(?:land|end up|finish)|(?:will|can) <rep> (?:\w+ )?(?:close|win|land|book|sign|hit|bring in|sell)|landing|run rate|call for (?:the|next|this)|(?:revenue|bookings|sales) (?:next|for next|in the next)|expected (?:revenue|bookings|sales|value)|(?:a |the )?low(?:er)? ,? ?(?:a |and )?(?:likely|mid|middle|expected)[^.?]*? high(?:er)?(?: (?:figure|case|estimate|number)s?)?|(?:a )?range for (?:next|the next|this)"),
    ("deal_age", r"(?:deal|opportunity|pipeline)s? (?:age|ages|aging|ageing)|(?:aging|ageing|age)(?: of)?(?: open| the)?(?: deals?| pipeline| opportunit\w+)?|(?:how )?old(?:est|er)?(?: is| are)?(?: the| our)?(?: open)? (?:deals?|opportunit\w+|pipeline)|sitting (?:the )?longest|open (?:the )?longest|open (?:for )?(?:more|longer|over)(?: than)?|older than|how long (?:have|has) (?:\w+ ){0,4}(?:been )?(?:open|sitting|stuck|in)|stuck (?:in|at) <stage>|(?:been |sat |sitting |stuck |spent )(?:\w+ ){0,3}(?:longest|for (?:more|over|longer))|time in stage|days in (?:stage|<stage>)|how long do deals (?:sit|stay)|stay(?:s)? in <stage>"),
    ("cycle_time", r"(?:sales|deal|buying|selling) cycles?(?: (?:time|length|duration)s?)?|cycles? (?:time|length|duration)s?|(?<!in the )(?<!the )(?<!a )cycles?(?= ?(?:$|[,?.]| by| per| vs| for| in| since| last| this))|time to (?:close|win|sign|signature)|clos(?:e|ing) times?|days to (?:close|win)|how (?:long|many (?:days|weeks|months)|much time|quickly|fast|soon) (?:does|do|did|is|are|has|was|to)(?: \w+| @\w+){0,6}? (?:take|takes|took|close|closed|win|sign|signed|signature|need|last)|takes? (?:us )?(?:longer|longest|shorter|to close)|time from [^.?]*? to (?:\w+ )?(?:signature|signing|close|closing|won|win|contract|close date|order)|(?:deal|sales) (?:duration|length)|(?:clos(?:e|es|ed|ing)|mov(?:e|es|ed|ing)) (?:the )?(?:faster|fastest|quicker|quickest|slower|slowest|sooner|soonest)|(?:fastest|slowest|quickest) (?:to close|deals)|days from \w+ to close"),
    ("pipeline_value", r"(?:open |weighted |total |unweighted |sales |qualified )*pipeline(?! (?:is )?(?:health\w*|reviews?|hygiene|risks?|quality|look\w*|meeting|problems?|real|strong|thin))(?: (?:value|amount|total|totals|size|gen|generation|created|creation|volume|worth))?|pipe|open (?:deal )?(?:amount|value|volume)|(?:value|amount|worth|total) of (?:all |the |our )?(?:open|outstanding)[\w ]*|(?:how much|what) (?:is|do we have|money is)(?: \w+){0,2}? (?:still )?open|still open|funnel(?: value| size)?|open (?:deals?|opportunit\w+) (?:amount|value|worth)"),
    ("next_step_rate", r"next steps? (?:rate|share|percentage|discipline|set|agreed|booked|scheduled)|(?:without|with|with no|no|miss|misses|missing|missed|lack|lacks|lacking|set|sets|book|books|agree|agrees|secure|secures|get|gets|forget|forgets|skip|skips|leave|end|ends|fail to (?:set|get|book|agree|secure))(?: \w+){0,3}? (?:an? |any |the |clear |agreed |concrete |firm )*next steps?"),
    ("talk_ratio", r"talk(?:ing)?(?: to)?(?: listen(?:ing)?)? (?:ratios?|time|share)|talk listen|(?:share|percentage|proportion|amount) of (?:the )?(?:talking|talk|airtime|speaking|words|call)(?: time)?|talks? (?:too|so) much|talk(?:s|ed|ing)? (?:the )?(?:most|least|more|less) (?:on|in|during|than)|(?:who|reps?|callers?|@rep\d+) (?:does |do )?(?:all |most of )?(?:the )?(?:talk(?:s|ing)?|speaks?) (?:the )?(?:most|least|more|less|too)|how much (?:does|do|did) (?:\w+|@rep\d+)(?: \w+){0,2} (?:talk|speak|listen)|listen(?:s|ing)? (?:enough|more|less|the most|the least|most|least|too|to talk)|word in|airtime|(?:dominate|dominates|hog|hogs) (?:the )?(?:call|calls|conversation|conversations)|does (?:all|most of) the talking|speaking time|talk ?-?time"),
    ("question_rate", r"question(?:s|ing)? (?:rates?|(?:per|a|each) (?:call|minute|hour|meeting|demo|conversation|rep)|frequency|counts?)|(?:ask|asks|asked|asking) (?:\w+ ){0,2}?(?:enough|more|most|fewest|fewer|many|few|the most|too few|too many) questions?|(?:how many|number of|fewest|most|more|enough|fewer) (?:\w+ )?questions (?:do|does|did|are|per|asked|each|a )?|(?:questions?) (?:\w+ ){0,2}asked per|(?:ask|asks) questions"),
    ("monologue", r"monologu\w+|longest (?:stretch|uninterrupted|speech|turn)|talk(?:s|ing)? (?:for )?(?:\w+ )?(?:without (?:a )?(?:pause|break|stopping|pausing)|non ?-?stop|minutes at a stretch|at a stretch|uninterrupted)|(?:go|goes) on (?:and on|too long|for too long)|lectur(?:e|es|ing)|ramble|rambles|rambling"),
    ("patience", r"patien(?:ce|t)|(?:enough |more |less )?time to (?:answer|respond|think|reply)|wait(?:s|ing)? (?:long |longer |before|after|for (?:an |the )?answer)|paus(?:e|es|ing) (?:after|before|long|length)|response time|silence (?:after|before)|jump(?:s|ing)? in|let(?:s)? (?:the )?(?:prospect|prospects|customer|customers|buyer|buyers|donor|donors) (?:finish|think|answer)"),
    ("interruptions", r"interrupt\w*|talk(?:s|ing)? over|cut(?:s|ting)? (?:\w+ ){1,2}off|speak(?:s|ing)? over"),
    ("discount", r"discounts?(?: (?:rate|rates|level|levels|depth|percentage))?|price concessions?|percent off|off (?:the )?list(?: price)?"),
    ("win_rate", r"win(?:s|ning)? (?:rates?|ratios?|percentages?|%|probabilit\w+|likelihood|chances?|odds)|wins? ?(?:/|to|vs|and) ?loss(?:es)?(?: (?:ratio|rate|record))?|(?:close|closing|success|hit|strike|loss|conversion|donation|conversion to (?:won|win)) (?:rates?|ratios?)|head to head(?: record)?|(?:share|percentage|percent|proportion|fraction|%) of (?:\w+ |@\w+ ){0,6}?(?:we )?(?:won|win|wins|lost|lose|closed|close|gave|give|donate|donated|donors?|ended|end|succeed|succeeded|successful)(?: in a (?:donation|win))?|how often (?:do|did|does|have) (?:we|@rep\d+|they|callers|people|donors) (?:\w+ )?(?:win|won|close|lose|lost|succeed|beat|give|donate)|win (?:more|less|fewer|most)(?: often| deals)?|(?:more|less|most) likely to (?:win|close|be won|end in a (?:win|donation)|give|donate|buy)|(?:help|helps|helped|helping) (?:us |them |to |you |reps )*(?:win|close)|(?:end|ends|ended|result|results|finish) in (?:a |more )?(?:donations?|wins?|sales?|deals?)|(?:odds|chances?|likelihood|probability) of (?:winning|a win|closing)|conver(?:t|ts) (?:better|best|more|worse|worst|well)|(?:higher|lower|better|worse) (?:win|close)|closes? (?:best|better|worst|worse)|conversion(?: rates?)?"),
    ("mention_rate", rf"mentions|how (?:often|frequently|many times)(?: \w+| @\w+){{0,8}}? {_SAID}|(?:most|least)? ?(?:common|frequent|frequently|commonly|often)(?: \w+){{0,3}}? (?:objections?|topics?|questions?|concerns?|complaints?|reasons?|themes?|subjects?|issues?|phrases?|heard|raised|mentioned|asked)|(?:share|percentage|proportion|fraction|percent|number|%) of (?:\w+ ){{0,3}}?calls (?:\w+ )?(?:with|in which|where|that|which|mention\w*|about|on|have|had|raise|raising|contain\w*|includ\w*)|how many (?:\w+ )?calls (?:mention|raise|contain|include|bring|have|had|where|in which|with an?|talk)|(?:come|comes|came|coming|crop|crops|pop|pops|show|shows) up (?:a lot|constantly|all the time|every time|regularly|rarely|frequently|most|more|less|least|the most|often|in|on|with)|top (?:\w+ )?(?:objections|topics|concerns|complaints|questions|themes|pushbacks)|(?:objection|topic) (?:rates?|frequency|counts?|volume|share)|frequency of|(?:talk|talking|chatter|conversation|discussion)(?:s)? (?:about|of|around|on) (?:\w+ ){{1,4}}?(?:gone|going|went|increas\w+|decreas\w+|risen|up|down|more|less|grow\w*|declin\w*)|(?:competitor|competition) (?:talk|chatter)|how often (?:do|does|did|is|are)(?: \w+| @\w+){{0,7}}? (?:talk|discuss|ask|mention|come|raise|hear|bring|complain|discussed|asked|talked)(?:ed)?|(?:we|you|reps|they) hear (?:the )?(?:most|more|least|about most)|(?:most|more) (?:often )?(?:mentioned|discussed|raised|talked about|asked about)|(?:three|five|ten|3|5|10) (?:most )?(?:\w+ )?objections|(?:is|are|gets?|been|was|were) (?:\w+ )?(?:raised|mentioned|discussed|talked about|brought up) (?:more|less|most|often)|(?:discussed|asked about|talked about) (?:most|more|least|the most)"),
    ("activity", r"(?:call |sales )?activit(?:y|ies)|(?:number|amount|volume|count) of (?:\w+ )?(?:calls|meetings|emails|touches|conversations)|how many (?:\w+ )?(?:calls|meetings|touches|conversations)(?! (?:mention|raise|contain|include|bring|have|had|did (?:the|a) (?:prospect|customer|buyer)|where|in which|with an?|talk))|calls? (?:volume|count|per|a) ?(?:rep|week|day|month|agent|deal|account|seller|caller|quarter)?|call (?:volume|count|counts|load)|most (?:calls|active)|(?:has not|have not|had not|has no|had no|no|without) (?:a |any |had a |had any )?(?:call|calls|activity|contact|touch)(?: for| in| since)?|not been (?:called|contacted|touched)|calls made|untouched"),
    ("deal_size", r"(?:average|mean|median|typical|avg|largest|biggest|smallest|big|large|distribution of|spread of|size of|highest)(?: \w+| @\w+){0,3}? (?:deals?|contracts?|values?|sizes?|orders?|amounts?|tickets?|donations?|gifts?|sales?|win|wins|close|price|sum|acv|opportunit\w+)(?: (?:sizes?|values?|amounts?|won))?|deal sizes?|deal values?|contract (?:value|size)s?|acv|asp|average selling price|how (?:big|large) (?:is|are|was|were)|(?:bigger|larger|smaller) (?:deals|donations|orders|contracts|sums|amounts|gifts)|(?:raise|raises|raised|revenue|amount|money|earn|dollars|donation|donations) (?:\w+ ){0,3}?per (?:call|deal|donor|donation|caller's call)|per call on average|ticket size|order size|how much (?:do|does|did) (?:\w+ ){0,3}(?:give|donate|spend) on average|average per"),
    ("revenue", r"revenues?|bookings?|booked|turnover|sales (?:figures?|amount|value|volume|total|numbers?|results)|(?:total|net|gross|closed|our|quarterly|monthly|annual) sales|sales (?=by |per |in |for |from |to |last |this |since |of |@)|how much (?:\w+ ){0,3}?(?:did|have|has|do|does|was|were|money|business|value)(?: \w+| @\w+){0,5}? (?:close|closed|sell|sold|win|won|make|made|book|bring in|brought in|raise|raised|lose|lost|generate|generated|earn|collect|collected|take in|took in|worth|buy|bought|spend|spent|give|given|donate|donated)|(?:total|amount|sum|money|value) (?:\w+ )?(?:raised|won|closed|lost|sold|donated|collected|of (?:the |all |our )?(?:won|closed|lost|donations)[\w ]*)|sells? (?:the )?(?:best|most|worst|least|well|better)|(?:buy|buys|bought|spend|spends|spent|sell|sells|sold) (?:the )?(?:more|most|less|least|fewer)|best ?-?sell(?:er|ers|ing)|sold most|(?:won|closed|lost)(?: won| lost)? (?:amount|value|volume|dollars|money|business)|(?:arr|mrr|tcv)|how much (?:was|were|is) (?:\w+ ){0,2}?(?:raised|won|sold|lost|donated|given|booked|closed)|(?:brings?|brought|bringing) in (?:the )?(?:most|more|least)|(?:count and|and|in|by|total) value|dollars|income|proceeds|(?:raise|raised) (?:the )?(?:most|more|less|in total|overall)|biggest (?:customers|accounts|clients|buyers)|(?:top|largest) (?:\w+ )?(?:customers|accounts|clients|buyers|donors)|worth of"),
    ("deal_count", rf"(?:how many|number of|count of|total number of|no of|# ?of)(?: \w+| @\w+){{0,4}}? {_DEALS}|deals? counts?|count|counts|(?<!for )(?<!of )(?<!in )(?<!on )(?<!the )(?:deals|opportunities|wins) (?:won|closed|lost|per|by|in total)|number of (?:\w+ )?(?:wins|losses|donors|donations)|how many (?!times|calls)(?:\w+ |@\w+ ){{0,5}}?(?:did|do|have|has|were|was|are)(?: \w+| @\w+){{0,4}}? (?:win|won|close|closed|lose|lost|sell|sold|sign|signed|donate|donated)|wins (?:per|by|this|last|in|for)|(?:won|lost|closed) deals (?:per|by)|list (?:\w+ |@\w+ )*(?:closed|won|lost) (?:\w+ )*(?:deals|opportunities|wins)|how many (?:donors|donations|people gave|wins|losses)"),
)  # fmt: skip
_COMPILED = tuple((name, pattern(source)) for name, source in METRICS)

_DIMENSIONS: tuple[tuple[str, str], ...] = (
    ("size", r"(?:company|customer|account|firm|business|employee|organi[sz]ation|headcount) ?-?(?:size|count|number|band)s?|size(?:s| of (?:the )?(?:company|customer|account|firm|business)| bands?)?|headcount|number of employees"),
    ("competitor", r"competitors?|rivals?|vendors?|alternatives?"),
    ("manager", r"managers?(?:'s|')?(?: teams?)?|(?:sales )?teams?|team leads?|bosses|squads?|supervisors?"),
    ("rep", r"(?:sales ?)?reps?(?:'s)?|representatives?|sellers?|sales ?(?:people|persons?|agents?|men)|agents?|callers?|account executives?|team ?(?:members?|mates?)|colleagues?|fundraisers?|people|employees?|individuals?"),
    ("region", r"(?:sales )?regions?|territor(?:y|ies)|areas?|offices?|geograph(?:y|ies)|geos?|locations?|regional"),
    ("product", r"products?|product lines?|skus?|modules?|offerings?|models?|packages?"),
    ("segment", r"segments?|sectors?|industr(?:y|ies)|verticals?|(?:customer|client|account|deal|company|business) (?:types?|groups?|kinds?|categor(?:y|ies)|classes)|types? of (?:customer|client|account|deal|company|business|firm)s?|kinds? of (?:customer|client|account|deal|company|business|firm|prospect|buyer)s?"),
    ("stage", r"(?:right |wrong |same )?(?:deal |sales |pipeline |funnel )?stages?|phases?|steps? of the (?:funnel|process)"),
    ("account", r"accounts?|customers?|clients?|compan(?:y|ies)|donors?|prospects?|buyers?|firms?"),
    ("content", r"(?:pieces? of |sales )?(?:content|collateral|assets?|materials?|documents?|decks?|playbooks?|case studies|battlecards?|battle cards?|one pagers?|whitepapers?|content pieces?|templates?|guides?)(?: pieces?| items?)?"),
    ("training", r"trainings?|courses?|workshops?|certifications?|programs?|programmes?|bootcamps?"),
    ("country", r"countr(?:y|ies)|nations?"),
    ("objection", r"objections?|push ?backs?|concerns?|reservations?|blockers?"),
    ("topic", r"topics?|themes?|subjects?"),
    ("quarter", r"quarters?"),
    ("month", r"months?"),
    ("week", r"weeks?"),
    ("year", r"years?"),
)  # fmt: skip
_ADJECTIVE = {"monthly": "month", "quarterly": "quarter", "weekly": "week", "yearly": "year", "annually": "year", "annual": "year"}
_LEAD = (
    r"(?:by|per|for each|in each|for every|each|every|across(?: the| our| all| different)*|broken (?:down |out )?(?:by|into|per)|"
    r"split (?:by|into|per|out by)|grouped by|group by|sliced by|segmented by|sorted by|from one|among(?: the| our)*|"
    r"between(?: the| our)?|compare(?: the| our| all| my)*|rank(?:ing)?(?: of)?(?: the| our| all| my)*|"
    r"which(?: of (?:the|our|my))?(?: (?:two|three|four|five|ten|other|single|\d+|sales|old|new))?|"
    r"top (?:\w+ )?|best|worst|strongest|weakest|leading|biggest|(?:best|worst|top|lowest|highest|most|least) ?-?(?:performing|selling|used|common|frequent|effective|popular|valuable|profitable|successful|active|productive|lucrative) |"
    r"list (?:of )?(?:the |all )?)"
)
_IMPLIED = (
    ("size", pattern(r"(?:big|bigger|biggest|larger?|largest|small|smaller|smallest) (?:companies|customers|accounts|firms|clients|businesses|organi[sz]ations)(?= .*(?:better|more|less|higher|lower|faster|differ\w*|than|vs)|$| [?.])|(?:bigger|larger|smaller) (?:companies|customers|accounts|firms|clients|businesses|organi[sz]ations)")),
    ("product", pattern(r"what (?:sells|sold|do we sell|are we selling)")),
    ("stage", pattern(r"at the (?:right|wrong) (?:stage|time in the cycle)|(?:at|in|from) (?:which|what) stage")),
)
_PREPOSED = frozenset({"quarter", "month", "week", "year"})


@dataclass(frozen=True, slots=True)
class Found:
    """A measure or a dimension, the words that name it, and where in the text they stand."""

    name: str
    words: str
    start: int


def find_metrics(text: str) -> list[Found]:
    """Return the measures that a text names, in order; words are used for one measure only.

    Examples
    --------
    >>> [item.name for item in find_metrics("win rate and average deal size by region")]
    ['win_rate', 'deal_size']
    """
    found: dict[str, Found] = {}
    free = text
    for name, rule in _COMPILED:
        for match in rule.finditer(free):
            if match.group().strip():
                found.setdefault(name, Found(name, match.group().strip(), match.start()))
                free = free[: match.start()] + "~" * len(match.group()) + free[match.end() :]
    return sorted(found.values(), key=lambda item: item.start)


def find_groups(text: str) -> list[Found]:
    """Return the dimensions by which a text asks to group, in order.

    Examples
    --------
    >>> [item.name for item in find_groups("which region has the best win rate month by month")]
    ['region', 'month']
    """
    found: dict[str, Found] = {}
    for name, source in _DIMENSIONS:
        for match in _group_rules(name, source).finditer(text):
            found.setdefault(name, Found(name, match.group().strip(), match.start()))
    for word, name in _ADJECTIVE.items():
        match = re.search(rf"(?<!\w){word}(?!\w)", text)
        if match and (not (rest := text[match.end() :]).strip(" ?.!") or find_metrics(" ".join(rest.split()[:4]))):
            found.setdefault(name, Found(name, word, match.start()))
    for name, rule in _IMPLIED:
        match = rule.search(text)
        if match:
            found.setdefault(name, Found(name, match.group().strip(), match.start()))
    return sorted(found.values(), key=lambda item: item.start)


def _group_rules(name: str, source: str) -> re.Pattern[str]:
    if name in ("objection", "topic"):
        return pattern(rf"(?:by|per|for each|each|every|across(?: the| our| all)*|broken (?:down |out )?(?:by|into|per)|split (?:by|into)|grouped by|rank(?:ing)?(?: of)?(?: the| our| all)*|compare(?: the| our| all)*|which(?: \w+){{0,2}}?|(?:top|most|least|main|biggest|commonest) (?:\w+ ){{0,2}}?) ?(?:{source})(?! (?:about|on|to|around|regarding|handling))|(?:{source}) by (?:{source})")
    if name in _PREPOSED:
        lead = r"(?:(?:by|per) (?:close|closing|expected|created|creation|start|calendar|call)|by|per|for each|in each|for every|each|every|broken (?:down |out )?(?:by|into|per)|split (?:by|into|per)|which|over the)"
        return pattern(rf"{lead} (?:{source})|(?:{source}) (?:by|over|on|after) (?:{source})|(?:by|per) \w+ (?:and|,) (?:{source})")
    also = rf"|(?:{source}) (?:by|for) (?:{source})"
    if name in ("region", "product", "segment", "stage", "competitor", "rep", "country", "content"):
        also += rf"|what (?:{source})(?= (?:has|have|is|are|do|does|did|sell|sells|win|wins|lose|loses|bring|brings|perform|performs|close|closes|buy|buys|was|were))"
    if name in ("region", "product", "segment", "stage", "competitor", "country", "rep", "manager", "account"):
        also += rf"|{_LEAD} \w+ (?:and|or|,) (?:{source})(?= |$)|by <\w+> and (?:{source})"
    return pattern(rf"{_LEAD} ?(?:{source}){also}")
