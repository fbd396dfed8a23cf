"""Citations that open their article, conversations that stay, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.test_chat import QUESTION, TITLE, ask, picture

pytestmark = pytest.mark.slow

ARTICLE = "#byline-article"
HERE = f"{ARTICLE} .byline-here"


def test_a_citation_opens_its_article_at_the_cited_words(visit: Open, screenshots: Path) -> None:
    seen = visit()
    reply = ask(seen.page, QUESTION)
    cited = reply.locator(".byline-card mark").first.inner_text()
    reply.locator(".byline-chip").first.click()
    expect(seen.page.locator(HERE)).to_have_text(cited)
    expect(seen.page.locator(HERE)).to_be_in_viewport()
    expect(seen.page.locator(f"{ARTICLE} h2")).to_have_text(TITLE)
    picture(seen.page, screenshots, "article")
    assert seen.outside() == []


def test_the_arrows_walk_through_the_cited_places(visit: Open) -> None:
    seen = visit()
    ask(seen.page, QUESTION)
    reply = ask(seen.page, "What year was the Motukawa Duck Derby's first race?")
    reply = ask(seen.page, "Which oceanographer is interested in the escaped Motukawa ducks?")
    reply.locator(".byline-card .byline-title").first.click()
    marks = seen.page.locator(f"{ARTICLE} mark[id]")
    expect(seen.page.locator(HERE)).to_have_count(1)
    if marks.count() == 1:
        expect(seen.page.locator(f"{ARTICLE} button[data-walk]")).to_have_count(0)
        return
    first = seen.page.locator(HERE).get_attribute("id")
    seen.page.get_by_role("button", name="Next cited place").click()
    expect(seen.page.locator(HERE)).to_have_count(1)
    assert seen.page.locator(HERE).get_attribute("id") != first
    expect(seen.page.locator(HERE)).to_be_in_viewport()


def test_a_link_opens_the_article_at_the_place(visit: Open) -> None:
    seen = visit()
    link = ask(seen.page, QUESTION).locator(".byline-chip").first.get_attribute("href")
    assert link is not None
    address = seen.page.url.split("?")[0]
    seen.page.goto(f"{address}{link}")
    expect(seen.page.locator(HERE)).to_have_text("3,700")
    expect(seen.page.locator(HERE)).to_be_in_viewport()
    seen.page.goto(f"{address}?article=999999&from=1&to=2")
    expect(seen.page.locator(ARTICLE)).to_contain_text("not in the collection any more")


def test_a_conversation_is_there_after_a_reload(visit: Open, screenshots: Path) -> None:
    seen = visit()
    ask(seen.page, "Who raised the first alarm at Cwm Tarell?")
    second = ask(seen.page, "How old was she?")
    expect(second.locator(".byline-resolved")).to_contain_text("Margaret Tudor")
    said = seen.page.locator("#byline-chat").inner_text()
    seen.page.reload()
    expect(seen.page.locator(".byline-question")).to_have_count(2)
    assert seen.page.locator("#byline-chat").inner_text() == said
    third = ask(seen.page, "And when did she die?")
    expect(third.locator(".byline-resolved")).to_contain_text("Margaret Tudor")
    seen.page.locator("#byline-memory .toggle-button").click()
    listed = seen.page.locator("#byline-conversations label")
    expect(listed.first).to_contain_text("Who raised the first alarm")
    picture(seen.page, screenshots, "conversations")


def test_conversations_are_begun_renamed_searched_and_deleted(visit: Open) -> None:
    seen = visit()
    ask(seen.page, QUESTION)
    seen.page.locator("#byline-memory .toggle-button").click()
    rows = seen.page.locator("#byline-conversations label")
    expect(rows).to_have_count(1)
    seen.page.locator("#byline-new").click()
    expect(seen.page.locator(".byline-question")).to_have_count(0)
    ask(seen.page, "Who raised the first alarm at Cwm Tarell?")
    expect(rows).to_have_count(2)
    seen.page.get_by_label("Rename").fill("The dam")
    seen.page.get_by_role("button", name="Save").click()
    expect(rows.first).to_contain_text("The dam")
    seen.page.get_by_label("Search conversations").fill("ducks")
    expect(rows).to_have_count(1)
    rows.first.click()
    expect(seen.page.locator(".byline-question")).to_have_text([QUESTION])
    seen.page.get_by_label("Search conversations").fill("")
    expect(rows).to_have_count(2)
    seen.page.get_by_role("button", name="Delete this conversation").click()
    expect(rows).to_have_count(1)
    expect(seen.page.locator(".byline-question")).to_have_count(0)


def test_two_browsers_see_their_own_conversations(visit: Open) -> None:
    one, two = visit(), visit()
    ask(one.page, QUESTION)
    two.page.locator("#byline-memory .toggle-button").click()
    expect(two.page.locator("#byline-conversations label")).to_have_count(0)
    two.page.reload()
    expect(two.page.locator(".byline-counts")).to_be_visible()
    expect(two.page.locator(".byline-question")).to_have_count(0)
