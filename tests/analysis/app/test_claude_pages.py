"""With Claude agents the page says what leaves the machine before anything is approved, and plans what is proposed."""

from __future__ import annotations

from domains.analysis.claude.configuration import LEAVES

VAGUE = "How healthy is our business?"


def warnings(app) -> str:
    """Return the warnings and errors of a page, without what keeps Markdown from being read in them."""
    return " ".join(item.value for item in (*app.warning, *app.error)).replace("\\", "")


def test_what_leaves_the_machine_is_said_beside_the_plan(page):
    """With Claude agents, and not without."""
    question = "Where does our pipeline stand?"
    assert LEAVES in warnings(page(q=question, agents="claude"))
    assert LEAVES not in warnings(page(q=question))


def test_a_vague_question_is_planned_where_a_model_may_propose(page):
    """With the step that asks and the one that waits; otherwise it is asked back, and nothing is planned."""
    app = page(q=VAGUE, agents="claude", proposals="on")
    assert not app.exception
    assert "Plan" in [item.value for item in app.header]
    assert "where a method has to be proposed" in warnings(app)
    assert "Plan" not in [item.value for item in page(q=VAGUE).header]


def test_proposals_without_the_agents_that_make_them_are_one_sentence(page):
    """Nothing is planned."""
    app = page(q=VAGUE, proposals="on")
    assert not app.exception
    assert "give --agents claude" in warnings(app)
