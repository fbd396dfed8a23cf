"""Whatever an article or a question says is shown as these characters and stays inert."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import BuildReport, Filter
from index.errors import LoadError
from index.store import StoredArticle
from qa.types import Alternative, Citation, Form, Part, Refusal, Status
from tests.ui_values import answer, citation, parsed, sentences
from ui.panel import Collection, collection_html, report_html, trouble_html
from ui.render import Context, answer_html, card_html, notice_html, question_html
from ui.words import confidence_words, escape, human_date

TAGS = {"div", "p", "span", "mark", "a", "ul", "li", "details", "summary"}
ATTRIBUTES = {"class", "dir", "title", "href", "role", "tabindex", "aria-label"}
HOSTILE = [
    "<script>window.__pwned = 1</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "' onmouseover='alert(1)",
    "[x](javascript:alert(1))",
    "$$x^2$$ and `code` and **bold** and ```\nfence\n```",
    "&lt;already&gt; &amp; &#60;",
    "</mark></p></div><h1>out</h1>",
    "<!-- --><![CDATA[x]]><?php ?>",
    "{{value}} ${value} %%%LATEX_BLOCK_0%%%",
    "line\nbreak\r\n\ttab",
]
texts = st.text(max_size=80) | st.sampled_from(HOSTILE)


@st.composite
def citations(draw: st.DrawFn) -> Citation:
    sentence = draw(texts)
    start = draw(st.integers(0, len(sentence)))
    return citation(
        sentence,
        start,
        draw(st.integers(start, len(sentence))),
        title=draw(texts),
        source=draw(texts),
        uri=draw(texts),
        published=draw(st.none() | texts),
        page=draw(st.none() | st.integers(1, 999)),
    )


def assert_only_ours(html: str) -> None:
    """Only our tags and attributes, and no address but a place on this page."""
    for element in parsed(html).elements:
        assert element.tag in TAGS
        assert set(element.attributes) <= ATTRIBUTES
        link = element.attributes.get("href") or "?article=1&from=2&to=3"
        assert re.fullmatch(r"\?article=\d+&from=\d+&to=\d+", link)


@given(citations(), texts, texts)
def test_a_card_shows_exactly_the_sentence_and_marks_exactly_the_answer(
    cited: Citation, before: str, after: str
) -> None:
    html = card_html(cited, Context(before, after), marked=True)
    page = parsed(html)
    assert_only_ours(html)
    assert [mark.text for mark in page.tags("mark")] == [cited.text]
    assert [element.text for element in page.of("byline-sentence")] == [cited.sentence]
    assert [element.text for element in page.of("byline-title")] == [cited.title]
    assert [element.text for element in page.of("byline-source")] == [cited.source]
    assert [element.text for element in page.of("byline-near")] == [t for t in (before, after) if t]
    assert page.of("byline-place")[0].attributes["title"] == cited.uri


@given(citations(), citations(), texts, st.floats(0, 1))
def test_a_message_holds_nothing_but_our_elements(
    cited: Citation, other: Citation, question: str, confidence: float
) -> None:
    other_answer = Alternative(other.text, confidence, (other,))
    second = replace(cited, number=2, sentence_start=9000)
    items = (Part(cited.text, (1,)), Part(other.text, (2, 1)))
    told = sentences(cited, second)
    refusal = Refusal(question, (other.sentence, other.title))
    chosen = Filter("2014", sources=(other.source,))
    for made in (
        answer(question=question, citations=(cited,), alternatives=(other_answer,)),
        answer(question=question, citations=(cited, second), form=Form.LIST, parts=items),
        *(answer(question=question, citations=(cited, second), form=form, parts=told, agreement=3,
                 chosen=chosen) for form in Form),
        answer(Status.ABSTAINED, question=question, nearest=(cited, other), refusal=refusal),
        answer(Status.EMPTY_INDEX, question=question),
    ):  # fmt: skip
        html = answer_html(made, {cited: Context("a", "b")})
        assert_only_ours(html)
        assert "\n" not in html
        assert "\t" not in html
    assert parsed(question_html(question)).text == question
    assert_only_ours(question_html(question))
    assert parsed(notice_html(question)).text == question


@given(texts)
def test_escaped_text_comes_back_whole_from_content_and_attribute(text: str) -> None:
    page = parsed(f'<p title="{escape(text)}">{escape(text)}</p>')
    assert page.text == text
    assert page.elements[0].attributes == {"title": text}


def test_half_a_surrogate_pair_becomes_a_replacement_character() -> None:
    assert escape("a\ud800b") == "a\ufffdb"


def test_an_answer_comes_first_with_chips_confidence_and_place() -> None:
    cited = citation(page=3)
    html = answer_html(answer(citations=(cited,)), {cited: Context("Before.", "After.")})
    page = parsed(html)
    assert page.text.startswith("Ann Lee [1]Very likely right1Before. Ann Lee won the race. After.")
    assert page.of("byline-place")[0].text == "Race day · 25 February 2020 · Herald · page 3"
    link = f"?article=1&from={cited.start}&to={cited.end}"
    assert page.of("byline-chip")[0].attributes["href"] == link
    assert page.of("byline-title")[0].attributes["href"] == link
    titles = [element.attributes.get("title") for element in page.tags("span")]
    assert "Probability of being right: 0.90" in titles


def test_other_answers_are_listed_with_their_own_citations() -> None:
    cited = citation()
    other = citation("Bob Ray won.", 0, 7, number=2)
    made = answer(citations=(cited,), alternatives=(Alternative("Bob Ray", 0.5, (other,)),))
    page = parsed(answer_html(made, {}))
    assert "Other answers in the articles" in page.text
    assert [mark.text for mark in page.tags("mark")] == ["Ann Lee", "Bob Ray"]
    assert [chip.text for chip in page.of("byline-chip")] == ["[1]", "[2]"]


def test_many_places_with_one_answer_are_folded_after_the_third() -> None:
    cited = tuple(citation(number=number, uri=f"/{number}") for number in range(1, 9))
    page = parsed(answer_html(answer(citations=cited), {}))
    assert len(page.tags("mark")) == len(page.of("byline-chip")) == 8
    assert page.tags("summary")[0].text == "5 more places with this answer"
    assert page.tags("details")[0].text.count("Ann Lee won the race.") == 5


def test_an_abstention_says_so_and_marks_nothing() -> None:
    page = parsed(answer_html(answer(Status.ABSTAINED, nearest=(citation(),)), {}))
    assert page.of("byline-refused")[0].text == "The articles do not seem to answer this."
    assert "Nearest sentences (not an answer)" in page.text
    assert "Ann Lee won the race." in page.text
    assert not page.tags("mark")
    assert not page.of("byline-chip")


def test_a_list_shows_every_item_with_its_citations() -> None:
    cited = citation("Ann Lee and Bo Ray won.", 0, 18)
    items = (Part("Ann Lee", (1,)), Part("Bo Ray", (1,)))
    page = parsed(answer_html(answer(citations=(cited,), form=Form.LIST, parts=items), {}))
    assert [row.text for row in page.tags("li")] == ["Ann Lee [1]", "Bo Ray [1]"]
    assert [mark.text for mark in page.tags("mark")] == ["Ann Lee and Bo Ray"]


@pytest.mark.parametrize(
    ("form", "lead"),
    [
        (Form.EXPLANATION, ""),
        (Form.YES_NO, "The articles say:"),
        (Form.TOPIC, "What the articles say about this:"),
        (Form.SUMMARY, "In the article's own words:"),
    ],
)
def test_sentences_that_tell_are_shown_in_order_with_the_core_marked(form: Form, lead: str) -> None:
    core = citation("Ann Lee won the race.", 0, 7)
    before = citation("It rained.", 0, 10, number=2, at=80)
    told = sentences(before, core)
    page = parsed(answer_html(answer(citations=(core, before), form=form, parts=told), {}))
    assert page.text.startswith(f"{lead}It rained. [2]Ann Lee won the race. [1]Race day")
    assert [mark.text for mark in page.tags("mark")] == ["Ann Lee"]
    assert len(page.of("byline-place")) == 1
    assert not page.of("byline-card")
    assert bool(page.of("byline-confidence")) is (form in (Form.EXPLANATION, Form.YES_NO))


def test_independent_reports_are_counted() -> None:
    made = answer(citations=(citation(),), agreement=3)
    assert "Very likely right · 3 independent reports" in parsed(answer_html(made, {})).text


def test_answers_that_differ_have_dates() -> None:
    old, new = citation(), citation("Bob Ray won.", 0, 7, number=2, published="2021-03-01")
    made = answer(citations=(old,), alternatives=(Alternative("Bob Ray", 0.5, (new,)),))
    page = parsed(answer_html(made, {}))
    assert page.of("byline-answer")[0].text == "Ann Lee [1] 25 February 2020"
    assert page.of("byline-other")[0].text == "Bob Ray [2] 1 March 2021"


def test_a_refusal_says_what_is_missing_and_what_was_looked_for() -> None:
    made = answer(Status.ABSTAINED, refusal=Refusal("Looked.", ("No <b>.",)))
    reasons = [reason.text for reason in parsed(answer_html(made, {})).of("byline-reason")]
    assert reasons == ["No <b>.", "Looked."]


def test_the_limits_of_the_search_are_shown() -> None:
    made = answer(citations=(citation(),), chosen=Filter("2014-06-01", "2014-06-30"))
    page = parsed(answer_html(made, {}))
    assert page.of("byline-chosen")[0].text == "Only articles published in June 2014"
    single = answer(citations=(citation(),), chosen=Filter(articles=(7,)))
    assert not parsed(answer_html(single, {})).of("byline-chosen")


def test_an_empty_index_says_how_to_add_articles() -> None:
    page = parsed(answer_html(answer(Status.EMPTY_INDEX), {}))
    assert page.text.startswith("There are no articles yet.")
    assert "Add some" in page.text


def test_the_resolved_question_is_shown_only_where_it_differs() -> None:
    same = answer(question=" Who  won? ", resolved="Who won?", citations=(citation(),))
    other = answer(question="And who?", resolved="And who won?", citations=(citation(),))
    assert "Understood as" not in answer_html(same, {})
    assert "Understood as: And who won?" in parsed(answer_html(other, {})).text


@pytest.mark.parametrize(
    ("published", "words"),
    [
        ("2020-02-05", "5 February 2020"),
        ("2020-02-25T10:00:00Z", "25 February 2020"),
        ("2020-02", "February 2020"),
        ("spring", "spring"),
        ("", ""),
    ],
)
def test_dates_are_written_as_people_write_them(published: str, words: str) -> None:
    assert human_date(published) == words


def test_confidence_in_words_is_ordered() -> None:
    words = [confidence_words(value) for value in (0.0, 0.45, 0.65, 0.85)]
    assert words == ["Uncertain", "Perhaps right", "Likely right", "Very likely right"]


def stored(number: int, title: str = "A title", source: str = "Herald") -> StoredArticle:
    return StoredArticle(number, f"/a/{number}.txt", title, source, "2020-02-25", None, 2, "")


@given(texts, texts)
def test_the_list_of_articles_escapes_titles_and_sources(title: str, source: str) -> None:
    html = collection_html(Collection((stored(1, title, source),), 2, ()))
    assert_only_ours(html)
    page = parsed(html)
    assert [element.text for element in page.of("byline-title")] == [title]
    assert page.of("byline-facts")[0].text == f"25 February 2020 · {source}"


def test_a_long_list_is_cut_and_counted() -> None:
    page = parsed(collection_html(Collection(tuple(map(stored, range(1200))), 3000, ())))
    assert page.of("byline-counts")[0].text == "1,200 articles, 3,000 passages"
    assert len(page.tags("li")) == 300
    assert page.of("byline-more")[0].text == "and 900 more"


def test_an_empty_list_says_so() -> None:
    page = parsed(collection_html(Collection((), 0, ())))
    assert page.text == "No articles yet. Add files below."


@given(texts)
def test_a_report_counts_and_names_failures(sentence: str) -> None:
    report = BuildReport(added=["a", "b"], unchanged=["c"], failed=[LoadError(sentence)])
    html = report_html(report, [sentence])
    assert_only_ours(html)
    page = parsed(html)
    assert page.tags("p")[0].text == "2 added, 1 unchanged, 1 failed."
    assert [item.text for item in page.tags("li")] == [sentence]
    assert parsed(trouble_html(sentence)).text == sentence
