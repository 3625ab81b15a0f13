"""Topic trackers: subjects and behaviours that can be told from words alone."""

from __future__ import annotations

from domains.analysis.language.trackers import Tracker, phrases

__all__ = ["TOPICS"]

# Each is counted once per call and side.
TOPICS: tuple[Tracker, ...] = (
    Tracker(
        "pricing",
        phrases(
            r"""
            pric(?:e|es|ed|ing)
            cost(?:s|ing)?
            quotes?
            fees?
            per (?:seat|user|month|year|license)
            """
        ),
    ),
    Tracker(
        "discount",
        phrases(
            r"""
            discounts?(?:ed|ing)?
            (?:lower|better|special|reduced) (?:price|rate|pricing)
            (?:\d+|ten|twenty) ?(?:%|percent) off
            """
        ),
    ),
    Tracker(
        "security",
        phrases(
            r"""
            secur(?:e|ity|ed)
            privacy
            complian(?:ce|t)
            gdpr
            hipaa
            soc ?2
            encrypt\w*
            infosec
            """
        ),
    ),
    Tracker(
        "integration",
        phrases(
            r"""
            integrat(?:e|es|ed|ing|ion|ions)
            apis?
            connectors?
            sync(?:s|ed|ing)?
            """
        ),
    ),
    Tracker(
        "return on investment",
        phrases(
            r"""
            roi
            return on investment
            payback
            business case
            sav(?:e|es|ed|ing|ings) (?:\w+ ){0,2}(?:money|time|hours|cost|costs|percent|%)
            cost savings?
            """
        ),
    ),
    Tracker(
        "customer story",
        phrases(
            r"""
            (?:case stud(?:y|ies)|customer stor(?:y|ies)|reference (?:call|customer)s?)
            (?:another|other|similar|one of our|our) (?:customers?|clients?|compan(?:y|ies)) (?:like|who|that|in|\
              with|saw|had|using|such)
            """
        ),
    ),
    Tracker(
        "personal story",
        phrases(
            r"""
            when i was
            i (?:remember|grew up|used to|personally)
            my (?:own |little |younger |older )?(?:sister|brother|kids?|children|son|daughter|mother|mom|father|\
              dad|family|niece|nephew|friend)
            """
        ),
    ),
    Tracker(
        "evidence by numbers",
        phrases(
            r"""
            \d+(?:\.\d+)? ?(?:%|percent|x|times)
            \d+ (?:out )?of (?:every )?\d+
            """
        ),
    ),
    Tracker(
        "timeline",
        phrases(
            r"""
            timelines?
            time ?frames?
            deadlines?
            go[- ]live
            (?:by|before) (?:the )?end of (?:the |this )?(?:month|quarter|year)
            launch dates?
            roll ?out
            """
        ),
    ),
    Tracker(
        "decision process",
        phrases(
            r"""
            decision(?:[- ]making)? process
            (?:who|what)(?: \w+){0,3} (?:decid|sign|approv)\w*
            approv(?:al|als|e|es|ed|ing)
            sign[- ]?offs?
            buying (?:process|committee)
            stakeholders?
            """
        ),
    ),
    Tracker(
        "budget",
        phrases(
            r"""
            budget(?:s|ed|ing)?
            funding
            """
        ),
    ),
    Tracker(
        "pain",
        phrases(
            r"""
            (?:biggest|main|major|key) (?:challenge|pain|problem|issue|headache|frustration)s?
            (?:struggl\w+|frustrat\w+|pain points?|bottlenecks?|headaches?)
            wast(?:e|es|ed|ing) (?:\w+ ){0,2}(?:time|hours|money)
            keeps? you up
            """
        ),
    ),
    Tracker(
        "demonstration",
        phrases(
            r"""
            demos?(?:nstrat\w+)?
            walk you through
            show you
            share my screen
            proof of concept
            poc
            pilots?
            trial
            """
        ),
    ),
    Tracker(
        "implementation",
        phrases(
            r"""
            implement(?:s|ed|ing|ation)?
            onboarding
            set ?up
            migrat\w+
            deploy\w*
            """
        ),
    ),
    Tracker(
        "support",
        phrases(
            r"""
            support (?:team|plan|hours|tickets?)
            customer success
            account manager
            sla
            """
        ),
    ),
    Tracker(
        "contract",
        phrases(
            r"""
            contracts?
            msa
            paperwork
            legal (?:team|review)
            redlines?
            procurement
            order form
            terms
            """
        ),
    ),
    Tracker(
        "next step",
        phrases(
            r"""
            next steps?
            follow[- ]?up
            (?:schedule|book|set up|put|find) (?:\w+ ){0,3}(?:call|meeting|time|demo|session|calendar)
            calendar invite
            send (?:you |over |along |it |the )
            """
        ),
    ),
    Tracker(
        "empathy",
        phrases(
            r"""
            i (?:totally |completely |really )?(?:understand|hear you|get (?:it|that)|appreciate)
            that makes sense
            good (?:question|point)
            great (?:question|point)
            fair (?:enough|point|question)
            sorry to hear
            """
        ),
    ),
    Tracker(
        "small talk",
        phrases(
            r"""
            how (?:are|is) (?:you|your|things)
            weekend
            weather
            how(?:['’]s| is) it going
            good (?:morning|afternoon|evening)
            happy (?:monday|friday)
            """
        ),
    ),
    Tracker(
        "urgency",
        phrases(
            r"""
            (?:right away|as soon as possible|asap|urgent(?:ly)?|limited time|expires?|last chance|before it['’]s \
              too late|act now|immediately)
            """
        ),
    ),
    Tracker(
        "social proof",
        phrases(
            r"""
            (?:(?<!how )many|most|lots of|thousands of|hundreds of|other) (?:people|customers|companies|teams|clients|\
              donors)
            (?:industry|market) leader
            top[- ]rated
            well[- ]known
            award
            """
        ),
    ),
    Tracker(
        "summary",
        phrases(
            r"""
            (?:to|let me|just to|if i can) (?:summari[sz]e|recap)
            (?:in summary|to recap|what i(?:['’]m| am) hearing|so what i heard|sounds like you|let me make sure)
            """
        ),
    ),
    Tracker(
        "competitor comparison",
        phrases(
            r"""
            compared? (?:to|with)
            versus
            vs
            alternatives?
            competitors?
            other vendors?
            evaluating
            """
        ),
    ),
)
