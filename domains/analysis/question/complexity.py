"""How much is asked: one thing, several, or something open-ended; and how thorough the wording wants it."""

from __future__ import annotations

from domains.analysis.question.reading import pattern

__all__ = ["depth_of", "is_exploratory"]

_OPEN_ENDED = pattern(
    r"why|how come|what (?:drives|drove|explains|causes?|caused|is behind|lies behind|makes|made|separates|distinguishes|sets|differentiates|works|went wrong|is going (?:on|wrong)|is happening|happened)|deep ?-?dives?|(?:full|whole|complete|entire) (?:story|picture|review|account|analysis|profile|history|background)|(?:the )?story (?:with|of|on|behind)|tell me (?:about|all|everything|more|what)|walk me through|talk me through|(?:fill|bring) me in|catch me up|"
    r"what (?:\w+ )?(?:should|could|can|might|must|do|to) (?:we |i |the team |reps? |they |you |she |he |<rep> )?(?:\w+ )?(?:do|change|improve|learn|say|fix|focus|work|try|prioriti[sz]e|expect|need|tell|watch|cover|teach|bring|stop|start|next|recommend|suggest)|^(?:\W*)should (?:we|i)|how (?:can|could|should|do|might|would|to) (?:we |i |you |they |<rep> )?(?:best )?(?:improve|win|fix|beat|increase|save|get|do better|turn|approach|handle|position|sell|help|make|reduce|shorten|speed|raise|counter|respond|defend|unblock|revive|close more|accelerate|coach|grow)|what would it take|what will it take|"
    r"prep(?:are)? me|prepare for|prep for|brief(?:ing)?(?: me)?|dossier|(?:account|deal|pipeline|win loss|quarterly|business|performance|qbr) review|review (?:of|the|our|my|<\w+>)|reviews?|assess(?:ment)?|evaluat\w+|diagnos\w+|(?:any|what|which|are there|is there an?) patterns?|patterns? (?:behind|in|of)|is there (?:a|an|any|something|anything)|are there any|insights?|root causes?|lessons?|learn(?:ings?)?|what can we|"
    r"how do we (?:do|fare|compare|stack up|measure up|look) (?:against|vs|with)|how has(?: \w+| @\w+){1,6} (?:developed|evolved|changed|gone)|relationship (?:with|to)|bad feeling|gut feeling|stringing|string(?:s)? (?:us|me) along|coach me|back (?:him|her|them|it|that|this) up|what(?: is|'s) the evidence|evidence|lasting (?:effect|impact)|change(?:d)? anything|make any difference|worth (?:it|calling|pursuing|the|another|our|keeping|chasing|saving)|(?:is|are|was|were|do|does|did|has|have)(?: \w+| @\w+){0,8}? doing (?:that|differently|right|wrong|well)|(?:do|does|did|doing) (?:that|differently|right|wrong)|"
    r"early ?-?warning|warning signs?|signs (?:of|that)|skills? gaps?|like about|what do (?:buyers|customers|prospects|donors|people) (?:like|think|want|value|love|hate|care)|which (?:arguments?|behaviou?rs?|habits?|tactics?|approach(?:es)?|messages?|phrases?|words|signals?|factors?|signs?|themes?|techniques?|skills?|strategies|stories|things)|or is it (?:just|only|simply|the|me|a|that)|or (?:just|merely|only)|is it just|explain|analy[sz]e|analysis|make sense of|wrong with|strateg(?:y|ies)|advice|suggest(?:ions?)?|ideas?|recommend\w*|opportunities (?:to|for) (?:improve|grow)|drivers?|factors?|understand|look into|dig into|investigat\w+|explor\w+|overview|background|state of|what does (?:good|great|success) look like|anything (?:unusual|interesting|odd|we should|i should)|get (?:\w+ )?over the line|still alive|going well|is it (?:true|real)|positioning|out of date|be about|to work on|need(?:s)? (?:help|to improve) (?:with|on|at)|strengths|weaknesses|how (?:is|are|does|do|did|was|were|has|have|had)(?: \w+| 's){1,6}? (?:doing|do|did|perform(?:ing|ed)?|look(?:ing|s)?|going|go|gone|went|far(?:e|ed|ing)|holding up|coming along|progressing|develop(?:ing|ed)?|shaping up|getting on|work(?:ing|ed)? out)(?= ?(?:$|[?.!,]|in |on |at |this |last |since |so |with |over |during |compared|lately|recently|these |right |now|against|for ))|how is <\w+>(?: ?[?.!])?$|how are things(?: \w+)*|which (?!rep|region|product|stage|content|training|competitor|deal|account|team|seller|agent|caller)(?:\w+ ){1,3}?(?:actually |really |usually |most )?(?:work|works|lead to|leads to|help|helps|win|wins|matter|matters|land|lands|resonate|resonates|fail|backfire|pay off|turn)(?= |$)|what (?:do|did|were|are|have|had) (?:our |the |most )?(?:customers|prospects|buyers|donors|people|clients|callers|they)(?: \w+)* (?:about|most|say|want|complain\w*|care)|(?:impact|effect|results?|performance|activity) (?:summary|overview|report)|summary|what is the (?:one|single|best|most important|main) thing|where (?:do|are|did) we (?:\w+ )?(?:stand|going wrong|leaking)|next best action plan|situation|health of|profile|narrative|picture|context|implications?|what if|in common"
)
_MEASURED = pattern(r"how (?:much|many|often|long|high|big)|average|total|number of|share of|percentage|rate of|count")
_WHY = pattern(r"why|what (?:drives|drove|explains|causes?|caused|is behind|lies behind)|explain|root causes?|drivers?|factors?|deep ?-?dive|what should|how (?:can|could|should) (?:we|i)|reasons? (?:behind|for)|understand")
_QUICK = pattern(r"quick(?:ly)?|briefly|in short|short answer|roughly|ball ?park|just a (?:number|figure)|in one (?:line|sentence)|tl ?;? ?dr|at a glance|real quick|fast(?= answer)|in a nutshell|one ?-?liner|rough (?:idea|number|estimate|figure)")
_THOROUGH = pattern(r"thorough(?:ly)?|in ?-?depth|deep ?-?dive|full (?:story|picture|analysis|review|detail|details)|in (?:great |full |more )?detail|detailed|comprehensive(?:ly)?|everything (?:we|you|there)|exhaustive(?:ly)?|rigorous(?:ly)?|careful(?:ly)?|complete (?:analysis|review|picture)|leave no stone|as much as (?:you can|possible)|with statistical confidence|statistically")


def is_exploratory(text: str, measured: bool) -> bool:
    """Return whether a part is open-ended: no single measure, list or comparison answers it.

    Parameters
    ----------
    text : str
        The part, with marks for names.
    measured : bool
        Whether a measure or a dimension was found in it.

    Examples
    --------
    >>> is_exploratory("why do we lose ?", False), is_exploratory("win rate by region", True)
    (True, False)
    """
    if measured:
        return _WHY.search(text) is not None
    return _OPEN_ENDED.search(text) is not None and _MEASURED.search(text) is None


def depth_of(text: str) -> str | None:
    """Return how deep the wording asks to go: quick, thorough, or None when it does not say.

    Examples
    --------
    >>> depth_of("a quick look at @account0"), depth_of("deep dive on @account0"), depth_of("win rate")
    ('quick', 'thorough', None)
    """
    if _THOROUGH.search(text):
        return "thorough"
    return "quick" if _QUICK.search(text) else None
