"""MEDDPICC cues: for each letter what shows it, and how a rep asks for it."""

from __future__ import annotations

from dataclasses import dataclass

from domains.analysis.language.trackers import Tracker, phrases

__all__ = ["LETTERS", "Letter"]


@dataclass(frozen=True)
class Letter:
    """A letter of MEDDPICC: its name, what it means, what shows it, and how a rep asks for it."""

    name: str
    meaning: str
    shows: Tracker
    asks: Tracker


LETTERS: tuple[Letter, ...] = (
    Letter(
        "metrics",
        "the gain in numbers that the buyer expects",
        Tracker(
            "metrics",
            phrases(
                r"""
                (?:save|cut|reduce|increase|improve|grow|gain|boost|lose|losing|lost|spend|spending|cost|costs|\
                  costing|takes?|wast\w+)(?: \w+){0,6} [$€£]?\d[\d,.]*(?: ?(?:%|percent|k|m|x|hours|days|weeks|\
                  minutes|people|dollars|thousand|million))?
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
                """
            ),
        ),
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
                economic buyer
                """
            ),
        ),
        Tracker(
            "economic buyer",
            phrases(
                r"""
                who(?: \w+){0,4} (?:sign|approv|decid|budget|final|else)\w*
                who (?:owns|holds|controls)
                are you the (?:decision|one)
                """
            ),
        ),
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
                (?:it|you|the (?:tool|system|vendor|solution|platform)) (?:has|have|needs?|must|would need|would \
                  have) to
                """
            ),
        ),
        Tracker(
            "decision criteria",
            phrases(
                r"""
                what(?: \w+){0,5} (?:criteria|important|matters?|looking for|requirements?|must[- ]haves?|\
                  evaluat\w+)
                how (?:will|do) you (?:evaluate|compare|choose|decide)
                """
            ),
        ),
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
                (?:first|then|after that|next)(?: \w+){0,6} (?:legal|procurement|security|finance|committee|board|\
                  review|sign)
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
                (?:send|review|sign|redline|get)(?: \w+){0,4} (?:contract|msa|dpa|nda|paperwork|order form|\
                  agreement)
                """
            ),
        ),
        Tracker(
            "paper process",
            phrases(
                r"""
                (?:what|how|who)(?: \w+){0,5} (?:legal|procurement|contract|paper|paperwork|purchasing)(?: \w+)*
                """
            ),
        ),
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
                (?:manual(?:ly)?|spreadsheets?|error[- ]prone|falls? through the cracks|no visibility|can['’]t \
                  see|takes (?:too long|forever|hours|days|weeks))
                """
            ),
        ),
        Tracker(
            "identified pain",
            phrases(
                r"""
                what(?: \w+){0,5} (?:challenge|pain|problem|issue|frustrat|struggl|keeps)\w*
                (?:where|what)(?: \w+){0,4} (?:break|hurt|slow|stuck|difficult)\w*
                what happens if (?:you|nothing)
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
                (?:i['’]ll|i will|i can|i['’]m going to|let me) (?:\w+ ){0,2}(?:push|advocate|champion|pitch|sell|\
                  make the case|present|take (?:this|it)|get (?:them|him|her|everyone)|bring (?:this|it)|recommend|\
                  forward|introduce|set up)(?: \w+){0,4}
                (?:i['’]m|i am|we['’]re) (?:\w+ )?(?:a fan|sold|on board|fully behind|convinced|excited)
                (?:i|we) (?:really |would )?(?:want|love) (?:this|to (?:make this|see this|get this))
                internal(?:ly)? (?:champion|sponsor|advocate|push)\w*
                """
            ),
        ),
        Tracker(
            "champion",
            phrases(
                r"""
                (?:would|will|can|could) you (?:\w+ )?(?:champion|support|advocate|introduce|recommend|help (?:us|\
                  me))
                who (?:else )?(?:would|is) (?:\w+ )?(?:excited|behind|supports?)
                """
            ),
        ),
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
    ),
)
