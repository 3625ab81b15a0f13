"""Words that tell of a type of analysis: what is asked about, other than by name or by measure."""

from __future__ import annotations

from domains.analysis.question.reading import pattern

__all__ = ["CUES", "WEAK", "cue"]

# Strong cues, by type. What is tried first and what wins is in `classify`.
CUES: dict[str, str] = {
    "enablement": (
        r"<content>|<training>|(?:sales )?(?:content|collateral|enablement)|(?:sales|marketing|selling|training|learning|supporting|customer facing) (?:materials?|assets?|documents?|docs)|materials?|assets?|"
        r"battle ?cards?|case stud(?:y|ies)|white ?papers?|one ?pagers?|play ?books?|(?:slide )?decks?|slides|data ?sheets?|brochures?|ebooks?|talk tracks?|(?:call|sales|calling) scripts?|scripts?|templates?|checklists?|videos?|webinars?|"
        r"train(?:ing|ings|ed|er|ers)?|untrained|courses?|workshops?|boot ?camps?|certif\w+|uncertified|on ?boarding|onboarded|ramp\w*|new hires?|newly hired|newcomers?|(?:new|newer|recent|newest|junior|fresh) (?:reps?|sellers?|agents?|callers?|starters?|joiners?|hires?|people|team members?)|"
        r"(?:people|reps?|those|who|everyone|anyone|sellers?) (?:who (?:were |was )?|that |we |i )?(?:hired|joined|started)(?: (?:this|last|since|in|after|before|within|recently))?|recently (?:joined|hired)|hired (?:since|after|before|in|this|last)|hires|tenure|time to productivity|"
        r"curricul\w+|skills? gaps?|e ?-?learning|learning path|cheat ?sheets?|calculators?|demo videos?|attended|attend|coaching program(?:me)?s?|mentoring|sales kick ?-?off|refresher|classes"
    ),
    "competitive": (
        r"<competitor>|competit(?:or|ors|ion|ive|ively|iveness|or's|ors')|rivals?|rivalry|(?:other|another|which|what|alternative|rival|incumbent|competing) (?:vendors?|suppliers?|tools?|providers?|solutions?|charit(?:y|ies)|products? (?:they|do they) (?:use|compare))|"
        r"(?:run|runs|come|comes|up|coming|running|go|going|went|ran) (?:up )?against|head to head|displac\w+|incumbents?|(?:los(?:e|es|ing|t)|lose out|go|goes|going|went|switch\w*|defect\w*|leave|left|leaving)(?: \w+){0,3} to (?:whom?|someone|somebody|others|the other|another)|"
        r"who (?:\w+ )?(?:(?:are|do|did|have|r) we )?(?:\w+ )?(?:los(?:e|ing|t)) (?:\w+ ){0,3}to|(?:beat|beats|beating|outsell|outsells|undercut|undercuts|hurts?) us|market (?:share|position)|positioning|differentiat\w+|alternatives?|other charities|competes?|competing|win ?-?backs? from|shortlist(?:ed|s)? (?:with|alongside)"
    ),
    "pipeline": (
        r"pipeline|pipe|funnel|open (?:deals?|opportunit(?:y|ies)|business|amounts?|ones|contracts?|renewals?|quotes?)|still open|(?:deals?|opportunit(?:y|ies)|renewals?|accounts?|ones|what|which|much|customers?) (?:\w+ |@\w+ ){0,3}?(?:is |are |look |looks |seem |most |that |which )*(?:at|in) risk|at ?-?risk|in (?:danger|jeopardy|trouble)|riski(?:est|er)|"
        r"(?:deals?|opportunit(?:y|ies)|accounts?) (?:\w+ ){0,3}?(?:no|without|lacking|missing|not had|not been) (?:\w+ ){0,2}?(?:activity|contact|touch\w*|calls?|next steps?|meetings?|movement|progress|champion)|(?:deals?|opportunit(?:y|ies)|what|which|are|is|things|renewals?) (?:\w+ |@\w+ ){0,3}?(?:stuck|stall(?:s|ed|ing)?|stalling|stale|dead|frozen|gone (?:quiet|dark|cold|silent)|going (?:quiet|dark|cold)|idle|in flight|in limbo|neglected|untouched|dormant|likely to close|closable|winnable|expected to close|due to close|closing (?:this|next|soon|in|by))|stalled|stuck|stale (?:deals?|opportunit\w+)|zombie|gone (?:quiet|dark|cold)|"
        r"late ?-?stage|early ?-?stage|(?:deals?|opportunit(?:y|ies)|how many|what|anything|sitting|sit|sits|currently|now|accounts) (?:\w+ ){0,3}?in (?:the )?<stage>(?! (?:lost|won))|weighted|(?:will|can|going to|about to|might|could|should) (?:\w+ )?(?:close|sign|slip|land|come in) (?:this|next|by|before|in|on)|(?:close|closing|land|sign) (?:this|next) (?:week|month|quarter|year)|"
        r"pipeline (?:hygiene|review|health|quality)|sales cycles?|quota to go|(?:left|remaining|to go|gap) (?:to|before|for|until|against) (?:the |our )?(?:quota|target|plan|number|goal)|gap to (?:plan|quota|target)|close dates?|moved? (?:forward|backwards?|on|back)|progress(?:ing|ed)? through|bottlenecks?|deals? (?:die|get lost|fall)|in play|deals? (?:\w+ ){0,2}(?:worry|worries|worrying|concern|concerning|watch)|what is (?:left|coming)|coming (?:quarter|months)|next quarter|big deals? (?:left|open|to come)|whitespace"
    ),
    "performance": (
        r"<rep>|<manager>|(?:sales ?)?reps?(?:'s|')?|representatives?|sellers?|agents?|callers?|account executives?|salespeople|salespersons?|(?:top|low|under|over|out|best|worst|bottom|poor|star|high|strong|weak)? ?performers?|under ?perform\w*|out ?perform\w*|over ?perform\w*|perform(?:s|ing|ed|ance)?|laggards?|coach(?:ing|ed|es)?|"
        r"leader ?board|(?:my|our|the|whole|entire|sales|his|her|their|'s) team(?:s|'s)?|teams?|territor(?:y|ies)|(?:regions?|offices?|areas?|<region>) (?:\w+ ){0,3}?(?:struggling|behind|ahead|lagging|weak|weakest|strong|strongest|worst|best|doing|pulling|on track|off track)|(?:best|worst|strongest|weakest|lagging|struggling|leading) (?:region|office|area|manager)s?|"
        r"(?:who|anyone|anybody|nobody|somebody|someone|everyone)(?: \w+){0,5}? (?:struggl\w+|behind|ahead|best|worst|better|worse|improv\w+|talks?|asks?|listens?|interrupts?|wins?|closes?|sells?|sold|won|closed|needs?|needing|miss(?:es|ed|ing)?|brought|brings|top|leads?|leading|most|least|carrying|slack\w*|hit|hits|over|under|calls|called|made|makes|handles?|handled|lost|loses|raises?|raised|books?|sets?|forgets?|on track|good|bad|great|strong|weak|quota|burn\w*|ramped|discounts?|gives?|leave|leaves)|"
        r"sellers'|fundraisers|colleagues?|(?:strengths|weaknesses)|best practices?|individual(?:s|ly)?|rookies?|veterans?|senior (?:people|staff)|quota (?:attainment|crushers?)|pulling (?:their|his|her) weight"
    ),
    "pattern": (
        r"objections?|objection handling|object(?:s|ed|ing)? (?:to|most)|push ?-?backs?|push(?:es|ed|ing)? back|topics?|themes?|subjects?|phrases?|phrasing|wording|words|language|vocabulary|jargon|sentiment|patterns?|concerns?|complain(?:s|ts?|ing|ed)?|worr(?:y|ies|ied)|"
        r"(?:mention|raise|discuss|bring|come|came|comes|crop|pop|talk|talks|talked|talking|speak)(?:s|ed|ing)?(?: (?:up|about|of|most|more|it))|mention(?:s|ed|ing)?|raised|brought up|discussed|(?:come|comes|came|coming|crop|crops|pop|pops) up|"
        r"(?:what|which|how|things|do|does|did|when|whether|where|that) (?:\w+ ){0,5}?(?:say|says|said|ask|asks|asked|asking|tell|tells|told|talk|hear|want|care about|like|dislike|hate|love|expect|need|struggle|feel|respond|react|answer|complain|worry|push|object)(?= |$)|"
        r"(?:on|in|across|from|during|at|of) (?:\w+ ){0,4}?(?:calls|conversations|transcripts|demos|meetings|recordings)|(?:first|second|discovery|demo|won|lost|winning|losing|good|bad|successful|unsuccessful|failed|great|early|last|longer|shorter|long|short|<stage>) (?:calls?|conversations?)|calls? (?:that|which|where|with|we|in which|ending|end|after|before|without|about)|calls (?:go|goes|went|have|like)|(?:longer|shorter|long|short|more|fewer) calls|conversations? (?:that|which|where|with|we|in which)|call (?:length|duration|opening|openings|structure|recordings?|quality|flow)|openings?|small talk|"
        r"why (?:do|did|are|have|does|is|was|were)(?: we| deals| people| donors| prospects| customers| buyers| they| so many| most| our| some| more| calls)?(?: \w+){0,4}? (?:win|winning|won|lose|losing|lost|buy|say no|reject|refuse|walk|leave|give|donate|churn|choose|decline|end)|(?:reason|reasons) (?:for|we|why|deals|behind|of|people|given|that)|(?:loss|win) reasons?|win ?/? ?loss|what (?:\w+ )?(?:wins|loses|kills|makes|separates|distinguishes|differentiates|sets)|(?:separates?|distinguish\w*|set(?:s|ting)? apart|differ(?:s|ent|ence|ences)?)(?: \w+){0,5} (?:won|win|wins|lost|winning|successful|good)|(?:won|winning|successful) (?:and|vs|or|from|against|versus|calls|than) (?:lost|losing|unsuccessful|failed|the)|"
        r"early ?-?warning|(?:warning|buying|risk) signs?|signals?|behaviou?rs?|deal ?-?breakers?|turning points?|what works|works best|argument(?:s|ation)?|(?:value|sales) (?:propositions?|pitch|pitches|messages?|messaging)|pain points?|use cases|feature requests?|features?|tone|rapport|empathy|humou?r|obstacles?|convinc\w+|persua\w+|appeals?|approach(?:es)?|tactics?|techniques?|strateg(?:y|ies) (?:that|which|work)|(?:does|do|is|are)(?: it)? (?:\w+ ){0,8}?(?:help|helps|matter|matters|pay off|hurt|hurts|work|backfire|make a difference|improve|increase|raise)(?= |$)|no ?-? ?decisions?|what (?:is|are) (?:prospects|customers|buyers|donors|people|callers)|skeptic\w*|sceptic\w*|hesitan\w+|resistan\w+|in common|interested in|asks? for|asking for"
    ),
    "custom": (
        r"(?:closed|won|lost|win|wins|sold|sell|sells|sale|sales|deals?|buy|buys|buyer|bought|customers?|clients?|purchas\w+|business|orders?|money|give|gave|donat\w+|donors?|amounts?|sums?|percent\w*|totals?|average|median|numbers? of|how many|accounts|sectors?|segments?|industr(?:y|ies)|products?)"
    ),
}  # fmt: skip

# Too common to decide on their own; they tell a question from no question.
WEAK = r"deals?|calls?|sales|customers?|clients?|prospects?|buyers?|donors?|donations?|business|market|selling|closed|won|lost|win|lose|losing|winning|accounts?|products?|regions?|segments?|sectors?"

_COMPILED = {name: pattern(source) for name, source in CUES.items()}


def cue(name: str, text: str) -> str | None:
    """Return the words in a text that tell of a type, or None.

    Examples
    --------
    >>> cue("enablement", "does the battlecard help"), cue("enablement", "win rate by region")
    ('battlecard', None)
    """
    match = _COMPILED[name].search(text)
    return match.group().strip() if match else None
