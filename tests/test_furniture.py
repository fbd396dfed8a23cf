"""Page furniture: what is marked, what is never marked, and where the spans lie."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from index.furniture import find_furniture, is_furniture
from index.types import Span

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
COLLECTIONS = [DATA / "ours" / "train_articles.jsonl", DATA / "dev" / "news_dev.jsonl"]

FURNITURE = """
Continued from page 1
Continued on A4
(Continued from Page A1)
Continued on next page
Continued from Page One
Cont'd on p. 4
See MAYOR, page 4
Turn to page 3
Story Continues →
Story continues below advertisement
Article continues below
Continue reading the main story
ADVERTISEMENT
— Advertisement —
Skip advertisement
Sponsored content
Read more: How the dam failed
Read More ›
READ NEXT: The mayor's other bridge
Read the full story here
Related: Why dams fail
Related articles
Most read
You may also like
More on this story
Share this article
Share on Facebook
Facebook | Twitter | Email
Follow us on Twitter
Follow Jane Doe on Twitter @jane
Comments
12 Comments
Leave a comment
Print this page
3 min read
Photo: Jane Doe/Reuters
Photo: Workers inspect the dam on Monday. Jane Doe
Photograph by Jane Doe
[Photo: Jane Doe]
Image credit: J. Doe
Image source, Getty Images
(AP Photo/John Smith)
Jane Doe/AFP/Getty Images
Click here to subscribe
Sign up for our newsletter and get the news first.
Subscribe to the Daily Post
Already a subscriber? Log in
This website uses cookies to improve your experience. By continuing you accept them.
We use cookies.
Accept all cookies
Privacy Policy | Terms of Use
© 2024 The Post. All rights reserved
Copyright © 2024 The Post. All rights reserved.
This material may not be published, broadcast, rewritten or redistributed.
Page 3 of 10
- 3 -
Tags: dam, flood
Filed under: Politics
Skip to content
Back to top
""".strip().split("\n")

CONTENT = """
Share prices fell.
Share on rise as bank cuts costs
Share of vote: 53%
Read more than 100 books, he said.
Read more about it in the annual report.
Photo finishes are rare.
Photos by Mr Smith were shown to the jury.
Images of the flood spread.
Picture this: a town without water.
This article was updated on Monday.
This article was corrected to give the mayor's age.
Continued rain is expected on Tuesday.
Continued from there, the path climbs.
Comments by the mayor drew fire.
Advertisement revenue fell 3%.
Follow the money, prosecutors urged.
Follow-up
Like many on Facebook, Mr Ode shared it.
Join us on Sunday at the old mill
Subscribe to that view at your peril.
Sign up for classes by 3 May.
Click here, and nothing happens.
Cookies were sold at the fair.
We use cookies as bait.
We use cookies to track use of our sites and online services.
We do not use cookies.
Copyright law changed in 2024.
(c) the serial number of a humidity gauge
Tags are sold at the gate.
Print is dead.
Print run: 5,000
Related parties were fined.
Most popular names of 2020
More than 40 people died on Monday
Next: Monday at 7pm
Credit: $500m
Video games are popular.
Source: Electoral Council
By Jane Doe
Correction
Create an account.
12
3/10
""".strip().split("\n")


@pytest.mark.parametrize("line", FURNITURE)
def test_furniture_is_marked(line: str) -> None:
    assert is_furniture(line)
    assert is_furniture(line.upper())


@pytest.mark.parametrize("line", CONTENT)
def test_content_is_not_marked(line: str) -> None:
    assert not is_furniture(line)


def test_spans_are_whole_lines_without_their_blanks() -> None:
    text = "Continued from page 1\n\n The dam held. \n\t Story Continues → \nAdvertisement"
    spans = find_furniture(text)
    assert spans[0] == Span(0, 21)
    assert [span.of(text) for span in spans] == [
        "Continued from page 1",
        "Story Continues →",
        "Advertisement",
    ]


def test_nothing_in_nothing() -> None:
    assert find_furniture("") == ()
    assert find_furniture("\n \n→\n") == ()


def test_words_of_furniture_inside_a_paragraph_stay() -> None:
    assert find_furniture("He read: continued from page 1. Advertisement follows. Page 3.") == ()


@pytest.mark.parametrize(
    "line",
    [
        "facebook " * 50,
        "a" * 500,
        "we use cookies to " * 25,
        "share " * 80,
        "photo " * 80,
        "- " * 240,
    ],
    ids=lambda line: line[:8],
)
def test_hostile_lines_are_judged_quickly(line: str) -> None:
    start = time.monotonic()
    find_furniture("\n".join([line] * 200))
    find_furniture(line * 5000)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("path", COLLECTIONS, ids=lambda path: path.stem)
def test_no_evidence_is_marked(path: Path) -> None:
    if not path.exists():
        pytest.skip("the article collections are not part of the project")
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        spans = find_furniture(row["body"])
        for question in row["qas"]:
            start = row["body"].find(question["evidence"])
            evidence = Span(start, start + len(question["evidence"]))
            assert not any(span.overlaps(evidence) for span in spans), question["evidence"]
