"""The page in headless Chromium: typing, results, attention, errors, versions, phone and keys."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from serving.export import export
from tests.serving.browser import BROWSER, DRIVER, SECONDS, open_browser
from tests.serving.echo import PhraseBook
from tests.serving.local import LocalServer

pytestmark = pytest.mark.skipif(
    not (BROWSER and DRIVER), reason="Chromium and its driver are not installed"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    with open_browser() as browser:
        yield browser


class Page:
    """The page in the browser, by what a user sees."""

    def __init__(self, browser: webdriver.Chrome, address: str):
        self.browser = browser
        browser.set_window_size(1000, 900)
        browser.get(address)
        browser.get_log("browser")
        self.until(lambda: "version" in self.text("quality") or self.text("error"))

    def find(self, name: str):
        return self.browser.find_element(By.ID, name)

    def text(self, name: str) -> str:
        return self.find(name).text

    def words(self, name: str) -> list:
        return self.browser.find_elements(By.CSS_SELECTOR, f"#{name} button")

    def until(self, condition) -> None:
        WebDriverWait(self.browser, SECONDS).until(lambda _: condition())

    def type(self, text: str) -> None:
        self.find("source").send_keys(text)

    def weights(self, name: str) -> list[float]:
        script = "return arguments[0].style.getPropertyValue('--weight')"
        return [float(self.browser.execute_script(script, word) or 0) for word in self.words(name)]

    def picture(self, name: str) -> None:
        """Keeps a picture where the environment names a folder for them."""
        folder = os.environ.get("PAGE_PICTURES")
        if folder:
            self.browser.save_screenshot(str(Path(folder) / f"{name}.png"))


@pytest.fixture
def page(browser, server) -> Page:
    return Page(browser, server.rest_address)


def test_typing_brings_the_translation_its_alternatives_and_its_attention(page):
    page.type("the dog sleeps")
    page.until(lambda: page.text("translation") == "THE DOG SLEEPS")
    page.until(lambda: len(page.words("output-words")) == 3)
    alternatives = [item.text for item in page.browser.find_elements(By.CSS_SELECTOR, "#nbest li")]
    assert [line.split()[-1] for line in alternatives] == ["-0.50", "-1.50", "-3.00"]
    assert alternatives[1].startswith("the dog sleeps")
    assert len(page.browser.find_elements(By.CSS_SELECTOR, "#grid td[title]")) == 9
    page.picture("translation")


def test_pointing_at_a_word_lights_up_what_it_looks_at(page):
    page.type("the dog sleeps")
    page.until(lambda: len(page.words("output-words")) == 3)
    ActionChains(page.browser).move_to_element(page.words("output-words")[1]).perform()
    page.until(lambda: any(page.weights("source-words")))
    assert page.weights("source-words") == pytest.approx([0.067, 0.867, 0.067], abs=1e-3)
    lit = page.browser.find_elements(By.CSS_SELECTOR, "#grid td.lit")
    assert len(lit) == 3
    page.picture("attention")
    ActionChains(page.browser).move_to_element(page.words("source-words")[2]).perform()
    page.until(lambda: page.weights("output-words")[2] > 0.8)


def test_the_arrow_keys_go_along_the_words(page):
    page.type("the dog sleeps")
    page.until(lambda: len(page.words("source-words")) == 3)
    page.find("source").send_keys(Keys.TAB)
    focused = page.browser.switch_to.active_element
    assert focused.text == "the"
    focused.send_keys(Keys.ARROW_RIGHT)
    assert page.browser.switch_to.active_element.text == "dog"
    assert page.weights("output-words")[1] > 0.8


def test_version_and_bleu_are_shown(page):
    assert page.text("quality") == "version 1 · BLEU 31.4"


def test_escape_clears(page):
    page.type("the dog")
    page.until(lambda: page.text("translation") == "THE DOG")
    page.find("source").send_keys(Keys.ESCAPE)
    page.until(lambda: page.text("translation") == "")
    assert not page.find("attention-section").is_displayed()


def test_markup_in_a_text_stays_text(page):
    page.type("<b onclick=alert(1)>x</b>")
    page.until(lambda: page.text("translation") == "<B ONCLICK=ALERT(1)>X</B>")
    assert not page.browser.find_elements(By.CSS_SELECTOR, "main b")


def test_an_error_is_said_and_goes_away(page):
    page.find("model").clear()
    page.find("model").send_keys("nobody", Keys.TAB)
    page.until(lambda: "Could not find any versions of model nobody" in page.text("error"))
    page.type("the dog")
    page.until(lambda: "Servable not found for request: Latest(nobody)" in page.text("error"))
    page.picture("error")
    page.find("model").clear()
    page.find("model").send_keys("toy", Keys.TAB)
    page.until(lambda: page.text("translation") == "THE DOG")
    assert page.text("error") == ""


def test_another_version_can_be_chosen(browser, server):
    page = Page(browser, f"{server.rest_address}/?model=small")
    page.until(lambda: len(Select(page.find("version")).options) == 3)
    assert [option.text for option in Select(page.find("version")).options] == [
        "newest (3)",
        "3",
        "2",
    ]
    Select(page.find("version")).select_by_visible_text("2")
    page.until(lambda: page.text("quality") == "version 2")


def test_a_phone_shows_everything_without_scrolling_sideways(page):
    page.browser.set_window_size(500, 850)
    page.type("a rather long sentence whose words do not all fit beside each other on a phone")
    page.until(lambda: len(page.words("output-words")) == 16)
    assert page.browser.execute_script(
        "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    page.picture("phone")


def test_the_page_asks_only_its_own_server_and_logs_no_problem(page, server):
    page.type("the dog")
    page.until(lambda: page.text("translation") == "THE DOG")
    urls = page.browser.execute_script(
        "return performance.getEntriesByType('resource').map((entry) => entry.name)"
    )
    assert urls
    assert all(url.startswith(server.rest_address) for url in urls)
    problems = [
        entry
        for entry in page.browser.get_log("browser")
        if entry["level"] == "SEVERE" and "favicon" not in entry["message"]
    ]
    assert problems == []


def test_a_translator_s_languages_are_named_and_the_pieces_of_a_word_stand_together(
    browser, tmp_path
):
    pieces = (["▁The", "▁dog", "."], ["▁D", "er", "▁Hund", ".", "</s>"])
    translator = PhraseBook({"The dog.": ["Der Hund."]}, pieces)
    export(translator, tmp_path / "1", {"languages": {"source": "en", "target": "de"}})
    with LocalServer(tmp_path, "translator") as server:
        page = Page(browser, server.rest_address)
        page.until(lambda: page.text("source-label") == "English")
        assert page.text("translation-label") == "German"
        page.type("The dog.")
        page.until(lambda: len(page.words("output-words")) == 5)
        joined = [word.get_attribute("class") for word in page.words("output-words")]
    assert joined == ["", "joined", "", "joined", ""]
