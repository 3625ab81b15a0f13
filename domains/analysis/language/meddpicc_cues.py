"""MEDDPICC cues: for each letter what shows it, and how a rep asks for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domains.analysis.language.trackers import Tracker, phrases

__all__ = ["LETTERS", "Letter"]


@dataclass(frozen=True)
class Letter:
    """A letter of MEDDPICC: its name, what it means, what shows it, how a rep asks for it, and what answers that.

    A question alone proves nothing: the answer to "what does it cost you?" is evidence when it holds a figure, the
    answer to "who signs?" when it names somebody.
    """

    name: str
    meaning: str
    shows: Tracker
    asks: Tracker
    answer: re.Pattern[str] | None = None

    def answered_by(self, sentence: str) -> bool:
        """Return whether a sentence says what was asked for."""
        return self.answer is None or bool(self.answer.search(sentence))


_NUMBER = (
    r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|hundreds?|"
    r"thousands?|half|a third|a quarter|double)"
)
_UNIT = (
    r"(?:%|percent|per cent|x|k|hours?|days?|weeks?|months?|minutes?|people|dollars?|euros?|million|thousand|deals?|"
    r"files?|cases?|documents?|errors?|times|an hour|a day|a week|a month|a year)"
)
_FIGURE = re.compile(
    rf"[$€£]\s?\d|\b{_NUMBER}(?:[ -]\w+){{0,2}}?[ -]?{_UNIT}(?!\w)|\b(?:one|\d+) (?:in|out of) (?:\d+|[a-z]+)\b"
    r"|\b(?:half|double|triple) (?:of )?(?:that|it|this|the)\b",
    re.IGNORECASE,
)
# A person, a title or the speaker: written large within the sentence, a word for who decides, or "I".
_PERSON = re.compile(
    r"(?<=[a-z,’'] )(?-i:[A-Z][a-z]+)\b|\b(?:cfo|ceo|coo|owner|president|director|partners?|board|committee|boss|"
    r"manager|head of|chief|finance|i (?:do|sign|decide|can|am)|i['’]m|me|mine|myself)\b",
    re.IGNORECASE,
)
_STEPS = re.compile(
    r"\b(?:first|then|after(?:wards)?|next|finally|steps?|stages?|committee|board|review|approv\w+|sign\w*|decid\w+|"
    r"decision|recommend\w*|votes?|scor\w+|shortlist|pilot|trial|meeting|meets?|by (?:the end|[A-Z]\w+)|weeks?|months?|"
    r"quarter|discuss\w*)\b",
    re.IGNORECASE,
)
_PAPERS = re.compile(
    r"\b(?:legal|counsel|procurement|purchasing|suppliers?|vendors?|contracts?|agreements?|paper(?:work)?|questionnaires?|"
    r"certificates?|redlines?|msa|dpa|nda|purchase order|registered)\b",
    re.IGNORECASE,
)
_NEEDS = re.compile(
    r"\b(?:must|need\w*|has to|have to|want\w*|quality|price|cost|speed|accuracy|security|ease|easy|support|reporting|"
    r"integrat\w+|references?|audit|reliab\w+|first|most|whether|how (?:fast|well|much|easy)|things?|criteri\w+)\b",
    re.IGNORECASE,
)
_BACKS_IT = re.compile(
    r"\b(?:i['’]?(?:m|d|ll| am| would| will| do| want| like| think| support| believe)|me|mine|my|yes|absolutely|"
    r"definitely|count (?:me )?(?:in|on))\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(?<=[a-z,’'] )(?-i:[A-Z][a-z]+)\b|\b(?:vendors?|others?|another|alternatives?|tools?|options?|in[- ]?house|"
    r"ourselves|nothing|incumbent|providers?|suppliers?|competitors?|demos?)\b",
    re.IGNORECASE,
)

LETTERS: tuple[Letter, ...] = (
    Letter(
        "metrics",
        "the gain in numbers that the buyer expects",
        Tracker(
            "metrics",
            phrases(
                r"""
                (?:save|cut|reduce|increase|improve|grow|gain|boost|lose|losing|lost|spend|spending|cost|costs|\
                  costing|takes?|wast\w+)(?: \w+){0,6} (?:[$€£]\d[\d,.]*|\d[\d,.]* ?(?:%|percent|k|m|x|hours?|days?|\
                  weeks?|minutes|people|dollars|thousand|million))
                (?:one|\d+) (?:in|out of) \d+(?: \w+){0,3} (?:comes? back|fail\w*|is wrong|are wrong|ha(?:s|ve) \w+)
                \d[\d,.]* ?(?:hours?|days?|minutes?)(?: \w+){0,6} per (?:person|file|case|week|month|year|deal|rep)
                \d[\d,.]* ?(?:%|percent|hours|days|minutes)(?: \w+){0,4} (?:less|more|faster|fewer|reduction|\
                  increase|improvement|saved|a week|per week|a month|per month|every week|every month)
                (?:target|goal|kpi|objective)s?(?: \w+){0,4} (?:is|are|of|to)(?: \w+){0,4} [$€£]?\d
                """
            ),
        ),
        Tracker(
            "metrics",
            phrases(
                r"""
                how (?:do|will|would) (?:you|we) measure
                what (?:\w+ ){0,3}(?:kpi|metric|number|goal|success)
                how (?:much|many|often|long)(?: \w+){0,5} (?:cost|spend|lose|take|waste|save|week|month)
                what would success look like
                (?:put|have) a (?:number|figure) (?:on|for)
                """
            ),
        ),
        _FIGURE,
    ),
    Letter(
        "economic buyer",
        "who can say yes to the money",
        Tracker(
            "economic buyer",
            phrases(
                r"""
                (?:cfo|ceo|coo|finance|vp|director|board|owner|president|boss|leadership)(?: \w+){0,5} (?:sign|\
                  approv|decid|owns? the budget|final|say|okay)\w*
                (?:sign(?:s|ed)? off|approv(?:e|es|al)|final (?:say|decision|approval|call))(?: \w+){0,5} (?:cfo|\
                  ceo|coo|finance|vp|director|board|boss|president|owner|leadership|me|mine)
                (?:i|we) (?:own|hold|control|manage) the budget
                (?:it['’]s|it is) my (?:decision|call|budget)
                (?:has|have|gets?) the (?:last|final) (?:word|say)
                the (?:last|final) (?:word|say) is (?:mine|with \w+|\w+['’]s)
                \w+ (?:signs (?:off|for (?:it|this|that))|decides)
                economic buyer
                """
            ),
        ),
        Tracker(
            "economic buyer",
            phrases(
                r"""
                who(?: \w+){0,4} (?:sign|approv|decid|budget|final)\w*
                who (?:owns|holds|controls)
                are you the (?:decision|one)
                whose (?:call|decision|budget)
                """
            ),
        ),
        _PERSON,
    ),
    Letter(
        "decision criteria",
        "what the choice will be measured by",
        Tracker(
            "decision criteria",
            phrases(
                r"""
                (?:must[- ]haves?|deal ?breakers?|requirements?|criteria|non[- ]negotiables?|evaluat(?:e|ing) \
                  (?:on|against)|scor(?:e|ing) (?:\w+ )?on)
                (?:most important|what matters|top priority|matters most|key (?:thing|factor)|looking for)(?: \
                  \w+){0,6} (?:is|are|that|to|something|a|an)
                (?:the|any|your) (?:tool|system|vendor|solution|platform|product|supplier) (?:has|have|needs?|must|\
                  would need|would have)(?: to)?
                it (?:has|needs|must|would (?:need|have)) (?:to )?(?:work|integrate|support|handle|be able|run|fit|\
                  connect|comply|offer|include|cover|show)
                """
            ),
        ),
        Tracker(
            "decision criteria",
            phrases(
                r"""
                what(?: \w+){0,5} (?:criteria|important|matters?|looking for|requirements?|must[- ]haves?|\
                  evaluat\w+)
                how (?:will|do) you (?:evaluate|compare|choose)
                what are you going to judge
                scorecard
                """
            ),
        ),
        _NEEDS,
    ),
    Letter(
        "decision process",
        "the steps and dates from here to a decision",
        Tracker(
            "decision process",
            phrases(
                r"""
                (?:committee|board|steering|evaluation|selection|review|approval|buying|decision) (?:meets?|\
                  meeting|process|committee|group|stage|team)
                (?:decision|decide|choose|pick|select)(?: \w+){0,4} (?:by|before|in|end of|next)(?: \w+){0,3} \
                  (?:week|month|quarter|year|q[1-4]|january|february|march|april|june|july|august|september|october|\
                  november|december|friday|monday)
                (?:first|then|after that|next)(?: \w+){0,4} (?:security|finance|committee|board)(?: \w+)? \
                  (?:review\w*|sign\w*|approv\w+|check\w*|look\w*|read\w*|meets?|confirms?|decid\w+|vot\w+|nods?)
                (?:shortlist|rfp|bake[- ]?off|down to (?:two|three|2|3))
                """
            ),
        ),
        Tracker(
            "decision process",
            phrases(
                r"""
                (?:what|how)(?: \w+){0,5} (?:process|decision|decide|approval|steps?|timeline)
                when (?:do|will|would) you (?:\w+ )?(?:decide|need|want|plan|go live)
                """
            ),
        ),
        _STEPS,
    ),
    Letter(
        "paper process",
        "the contract's way through legal and procurement",
        Tracker(
            "paper process",
            phrases(
                r"""
                (?:legal|procurement|purchasing|msa|dpa|nda|redlines?|paperwork|purchase order|vendor (?:form|\
                  onboarding|registration)|security questionnaire|order form)(?: \w+){0,6} (?:review|takes?|sign|\
                  process|weeks?|days?|approv|need|complete|through|form|first|team|start|send)\w*
                (?:reviews?|redlines?|negotiates?|reads?|checks?)(?: \w+){0,3} (?:contract|msa|dpa|nda|paperwork|\
                  agreement|terms)
                (?:our (?:own )?(?:paper|agreement|contract))
                """
            ),
        ),
        Tracker(
            "paper process",
            phrases(
                r"""
                (?:what|how|who)(?: \w+){0,5} (?:legal|procurement|contract|paper|paperwork|purchasing)(?: \w+)*
                (?:what|how)(?: \w+){0,5} new (?:suppliers?|vendors?)
                """
            ),
        ),
        _PAPERS,
    ),
    Letter(
        "identified pain",
        "what hurts enough to act",
        Tracker(
            "identified pain",
            phrases(
                r"""
                (?:biggest|main|major|real|key|huge|big|constant) (?:challenge|pain|problem|issue|headache|\
                  frustration|struggle|bottleneck)s?
                (?:struggl\w+|frustrat\w+|pain(?:ful| points?)|bottlenecks?|headaches?|nightmare|drowning|\
                  firefighting)
                (?:wast(?:e|es|ed|ing)|los(?:e|es|ing)|spend(?:s|ing)?) (?:\w+ ){0,4}(?:time|hours|days|money|\
                  deals|customers|revenue)
                error[- ]prone|falls? through the cracks|no visibility|can['’]t see (?:what|where|who|how|whether)
                takes (?:us |them |me )?(?:far |way )?(?:too (?:long|many|much)|forever|hours|days|weeks|ages)
                (?:too|so) (?:much|many|slow|manual)(?: \w+){0,2} (?:manual|typing|retyping|errors?|mistakes?|work)
                (?:sick of|fed up with)
                """
            ),
            # what would hurt with us is an objection, not what hurts now
            unless=phrases(r"would be|migrat\w*|convert\w*|problem with the (?:security|price|pricing)(?: \w+)?"),
        ),
        Tracker(
            "identified pain",
            phrases(
                r"""
                what(?: \w+){0,5} (?:challenge|pain|problem|issue|frustrat|struggl|annoys?|complain)\w*
                what(?: \w+){0,3} keeps(?: \w+){0,2} (?:awake|up)
                what['’]s the (?:part|worst)
                (?:where|what)(?: \w+){0,4} (?:break|hurt|slow|stuck|difficult)\w*
                """
            ),
        ),
    ),
    Letter(
        "champion",
        "who sells for us when we are not in the room",
        Tracker(
            "champion",
            phrases(
                r"""
                (?:i['’]ll|i will|i can|i['’]m going to|let me|i['’]d) (?:\w+ ){0,2}(?:push (?:for )?(?:this|it|that)|\
                  keep pushing|advocate|champion|make the case|sell (?:this|it) (?:to|internally|upstairs)|recommend \
                  (?:this|it|you)|fight for|carry (?:this|it) through|put my name)
                (?:i['’]m|i am) (?:\w+ )?(?:a fan|a supporter|sold|on board|all in|fully behind|your advocate|\
                  presenting (?:this|it) (?:my|in|to))
                (?:i['’]m|i am) (?:\w+ )?convinced (?:of|by|that (?:this|it|you))
                i (?:really |personally )?(?:want|love|believe in) (?:this|to (?:make this|see this|get this))
                count me (?:in|as)
                internal(?:ly)? (?:champion|sponsor|advocate|push)\w*
                """
            ),
        ),
        Tracker(
            "champion",
            phrases(
                r"""
                (?:would|will|can|could) you (?:\w+ )?(?:champion|support|advocate|recommend)
                where do you stand (?:yourself|personally)
                are you behind this
                who (?:else )?(?:would|is) (?:\w+ )?(?:excited|behind|supports?)
                """
            ),
        ),
        _BACKS_IT,
    ),
    Letter(
        "competition",
        "what else the buyer may choose, doing nothing included",
        Tracker(
            "competition",
            phrases(
                r"""
                (?:also )?(?:looking at|talking (?:to|with)|evaluating|considering|comparing|demo(?:ed|ing)?|met \
                  with|using|use|incumbent)(?: \w+){0,4} (?:vendors?|competitors?|alternatives?|options?|providers?|\
                  tools?|others?|another|other)
                (?:other|another|current|existing|incumbent) (?:vendor|provider|supplier|option|tool|solution)s?
                (?:build|do) (?:it |this )?(?:in[- ]?house|ourselves|internally)
                (?:do|doing) nothing|stick with what|stay with
                competitors?
                """
            ),
        ),
        Tracker(
            "competition",
            phrases(
                r"""
                (?:who|what) else (?:are|is|have|do|did)(?: \w+){0,3} (?:looking|talking|evaluating|considering|\
                  comparing|speaking|seen|met)\w*
                (?:other|any) (?:vendors?|options?|alternatives?|solutions?)
                (?:looking at|evaluating|considering|comparing)(?: \w+){0,3}
                """
            ),
        ),
        _OTHERS,
    ),
)
