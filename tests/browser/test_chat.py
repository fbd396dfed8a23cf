"""The whole of Byline through its real page: a real browser, the real models, the real command."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from index.sample import sample_articles
from tests.browser.conftest import Open, Server
from ui.questions import SAMPLE_QUESTIONS

pytestmark = pytest.mark.slow

QUESTION = "How many plastic ducks escaped?"
TITLE = "Thousands of plastic ducks put to sea after derby mishap"
SENTENCE = "Somewhere in the bay, about 3,700 yellow plastic ducks are making their own way home."
NEXT = "They escaped on Saturday during the 25th Motukawa Duck Derby"
REFUSED = SAMPLE_QUESTIONS[-1]
REPLY = ".byline-answered, .byline-refusal, .byline-notice"

ATTACK = "<img src=x onerror=\"__pwned=1;alert('image')\">"
HOSTILE_SENTENCE = (
    "The lighthouse keeper of Grimsay is called Odile Marchbank "
    f"<script>__pwned=2</script>{ATTACK} "
    "[press here](javascript:__pwned=3) $$x^2$$ `code` **bold** {{value}} ${value}."
)
HOSTILE_TEXT = (
    f"Title: Keeper {ATTACK} of Grimsay\n"
    "Source: <b onclick=alert(1)>Island Post</b>\n\n"
    f"{HOSTILE_SENTENCE}\n\nShe has kept the light burning for thirty winters.\n"
)
HOSTILE_HTML = """<!doctype html><html><head>
<title>Ferry &lt;script&gt;__pwned=4&lt;/script&gt; timetable</title></head><body><article>
<h1>Ferry &lt;script&gt;__pwned=4&lt;/script&gt; timetable</h1>
<p>The island ferry to Tirran is steered by Captain Bruno Castellane
&lt;img src=x onerror=__pwned=5&gt; every morning of the week.</p>
<script>window.__pwned = 6</script><img src=x onerror="window.__pwned=7">
<p>It leaves the pier at seven and carries sheep, post and about forty people in summer.</p>
</article></body></html>"""


def ask(page: Page, question: str) -> Locator:
    """Types a question, presses Enter and waits for the reply to it."""
    replies = page.locator(REPLY)
    before = replies.count()
    page.locator("#byline-question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(replies).to_have_count(before + 1)
    return replies.last


def send(page: Page, *files: tuple[str, str, bytes]) -> None:
    """Uploads files of (name, type, content)."""
    sent = [FilePayload(name=name, mimeType=kind, buffer=data) for name, kind, data in files]
    page.locator("#byline-files input[type=file]").set_input_files(sent)


def upload(page: Page, *files: tuple[str, str, bytes]) -> Locator:
    """Uploads files and waits for the report."""
    send(page, *files)
    report = page.locator("#byline-report .byline-report")
    report.wait_for()
    return report


def picture(page: Page, folder: Path, name: str) -> None:
    page.wait_for_timeout(500)  # scrolling has come to rest
    page.screenshot(path=folder / f"{name}.png")


def test_first_page(visit: Open, screenshots: Path) -> None:
    seen = visit()
    assert seen.page.title() == "Byline"
    expect(seen.page.locator(".byline-counts")).to_contain_text("30 articles")
    for question in SAMPLE_QUESTIONS:
        expect(seen.page.get_by_role("button", name=question)).to_be_visible()
    picture(seen.page, screenshots, "first-page")
    assert seen.requests
    assert seen.outside() == []


def test_a_question_gets_its_cited_answer(visit: Open, screenshots: Path) -> None:
    seen = visit()
    reply = ask(seen.page, QUESTION)
    assert reply.locator(".byline-answer .byline-text").inner_text() == "3,700"
    card = reply.locator(".byline-card").first
    assert card.locator("mark").all_inner_texts() == ["3,700"]
    assert card.locator(".byline-sentence").inner_text() == SENTENCE
    assert card.locator(".byline-title").inner_text() == TITLE
    assert card.locator(".byline-date").inner_text() == "27 January 2025"
    assert card.locator(".byline-near").inner_text().startswith(NEXT)
    size = reply.locator(".byline-answer").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 18
    expect(seen.page.locator("#byline-question textarea")).to_have_value("")
    picture(seen.page, screenshots, "answer")
    assert seen.outside() == []


def test_an_example_can_be_clicked(visit: Open) -> None:
    seen = visit()
    seen.page.get_by_role("button", name="Who raised the first alarm at Cwm Tarell?").click()
    reply = seen.page.locator(".byline-answered")
    reply.wait_for()
    assert reply.locator("mark").first.inner_text() == "Margaret Tudor"


def test_a_question_the_articles_do_not_answer_is_refused(visit: Open, screenshots: Path) -> None:
    seen = visit()
    reply = ask(seen.page, REFUSED)
    expect(reply.locator(".byline-refused")).to_have_text(
        "The articles do not seem to answer this."
    )
    expect(reply.locator(".byline-heading")).to_have_text("Nearest sentences (not an answer)")
    assert reply.locator("mark").count() == 0
    assert reply.locator(".byline-card").count() > 0
    picture(seen.page, screenshots, "abstention")


def test_an_error_is_a_sentence_and_the_conversation_goes_on(visit: Open) -> None:
    seen = visit()
    expect(ask(seen.page, "?!")).to_have_text("The question is empty; ask something in words.")
    expect(ask(seen.page, "<b>x</b> " * 400)).to_contain_text("at most 2,000 are read")
    ask(seen.page, QUESTION)
    assert seen.page.locator(".byline-question").count() == 3
    assert seen.page.locator(".byline-question").nth(1).inner_text().startswith("<b>x</b>")
    assert seen.page.locator(".byline-answered").count() == 1


def test_hostile_articles_are_shown_and_stay_inert(
    visit: Open, server: Server, screenshots: Path
) -> None:
    seen = visit()
    report = upload(
        seen.page,
        ("<img src=x onerror=alert(1)> notes.txt", "text/plain", HOSTILE_TEXT.encode()),
        ("ferry <script>alert(2)<script>.html", "text/html", HOSTILE_HTML.encode()),
        ("broken.pdf", "application/pdf", b"%PDF-1.7\nthis is not a PDF after all"),
    )
    expect(report.locator("p")).to_have_text("2 added, 1 failed.")
    assert report.locator("li").inner_text().startswith("broken.pdf ")
    expect(seen.page.locator(".byline-counts")).to_contain_text("32 articles")
    titles = seen.page.locator("#byline-collection .byline-title").all_inner_texts()
    assert any(ATTACK in title for title in titles)
    picture(seen.page, screenshots, "upload-report")

    reply = ask(seen.page, "Who is the lighthouse keeper of Grimsay?")
    assert "Odile Marchbank" in reply.locator("mark").first.inner_text()
    shown = reply.locator(".byline-sentence").first.inner_text()
    assert shown == HOSTILE_SENTENCE
    assert ATTACK in reply.locator(".byline-title").first.inner_text()
    picture(seen.page, screenshots, "hostile")

    reply = ask(seen.page, "Who steers the island ferry to Tirran?")
    assert "Bruno Castellane" in reply.locator("mark").first.inner_text()
    assert "<img src=x onerror=__pwned=5>" in reply.inner_text()

    inside = "#byline-chat .message script, #byline-chat .message img, .byline-panel img, .katex"
    assert seen.page.locator(inside).count() == 0
    assert seen.page.locator("a[href^='javascript:']").count() == 0
    assert seen.page.evaluate("window.__pwned") is None
    assert seen.dialogs == []
    assert seen.outside() == []


def test_progress_is_visible_and_the_chat_answers_meanwhile(visit: Open, screenshots: Path) -> None:
    seen = visit()
    rows = [
        json.dumps({"title": f"Minutes {n}", "text": f"Council {n} discussed road {n}. " * 60})
        for n in range(100)
    ]
    send(seen.page, ("minutes.jsonl", "application/json", "\n".join(rows).encode()))
    progress = seen.page.locator("#byline-side .progress-text")
    expect(progress).to_contain_text("passages")
    picture(seen.page, screenshots, "progress")
    reply = ask(seen.page, QUESTION)
    assert reply.locator("mark").first.inner_text() == "3,700"
    expect(seen.page.locator("#byline-report .byline-report")).to_have_text("100 added.")
    expect(progress).to_have_count(0)


def test_dark_mode(visit: Open, screenshots: Path) -> None:
    seen = visit(dark=True)
    ask(seen.page, QUESTION)
    ground = seen.page.locator("#byline-chat").evaluate(
        "e => getComputedStyle(e).backgroundColor.match(/[0-9]+/g).slice(0, 3).map(Number)"
    )
    assert max(ground) < 80
    picture(seen.page, screenshots, "dark")


def test_phone_width_needs_no_sideways_scrolling(visit: Open, screenshots: Path) -> None:
    seen = visit(width=390, height=844)
    picture(seen.page, screenshots, "phone-first-page")
    reply = ask(seen.page, QUESTION)
    expect(reply.locator(".byline-answer")).to_be_in_viewport()
    picture(seen.page, screenshots, "phone")
    wide = seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    box = seen.page.locator(".byline-card").first.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_the_sample_can_be_removed_and_its_examples_go(visit: Open) -> None:
    seen = visit()
    seen.page.get_by_role("button", name="Remove the sample articles").click()
    said = f"{len(sample_articles())} removed."
    expect(seen.page.locator("#byline-report")).to_contain_text(said)
    expect(seen.page.get_by_role("button", name="Remove the sample articles")).to_have_count(0)
    expect(seen.page.get_by_role("button", name=QUESTION)).to_have_count(0)
    reply = ask(seen.page, QUESTION)
    assert reply.locator("mark").count() == 0


def test_the_server_reached_nobody_and_leaves_quietly(server: Server) -> None:
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(20) == 0
    assert server.notes.read_text() == ""
    said = "".join(server.printed)
    assert f"Byline is listening on {server.address}\n" in said
    assert "Traceback" not in said
    assert "Warning" not in said
