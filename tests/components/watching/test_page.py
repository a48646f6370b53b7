"""The page of statistics stands alone and says what was measured."""

import re
from html.parser import HTMLParser

import pytest

from components.watching.config import WatchSettings
from components.watching.page import render
from components.watching.verdict import judge
from foundation.languages import Languages
from tests.components.watching.corpora import pairs, statistics

EN_DE = Languages(source="en", target="de")


class Balanced(HTMLParser):
    """Every element that is opened is closed, in order."""

    def __init__(self):
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in {"meta", "link", "br", "rect", "path"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in {"rect", "path"}:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page():
    corpus = pairs(300, seed=2)
    corpus = corpus._replace(corpus=["<b>mine</b>"] * 300)
    splits = {name: statistics(corpus) for name in ("train", "validation", "test")}
    verdict = judge(splits, splits["train"], WatchSettings(pairs={"train": 400}), EN_DE)
    return render(splits, verdict, EN_DE, compared=True)


def test_the_page_is_whole_and_needs_no_network(page):
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    assert not re.search(r"(src|href)=|https?://(?!www\.w3\.org)|@import", page)


def test_the_page_says_what_was_found_and_measured(page):
    assert "train has 300 pairs and needs 400" in page
    assert page.count("<svg") == 5
    assert "&lt;b&gt;mine&lt;/b&gt;" in page and "<b>mine" not in page
    assert "Latin" in page
