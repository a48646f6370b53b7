"""Headless Chromium, and a picture of the page with it:

python -m tests.serving.browser --model_base_path FOLDER --text "A sentence." --output page.png
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from serving.process import ServerProcess

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--window-size=1000,900",
)
SECONDS = 20


@contextmanager
def open_browser() -> Iterator[webdriver.Chrome]:
    """A browser with an empty profile, which keeps its console's messages."""
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        browser = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
        try:
            yield browser
        finally:
            browser.quit()


def take_picture(
    model_base_path: Path, text: str, word: int, output: Path, width: int, scheme: str
) -> None:
    """Serves the model, types the text, points at a translated word, and keeps the picture."""
    with ServerProcess(model_base_path, "translator") as server, open_browser() as browser:
        scheme_feature = {"name": "prefers-color-scheme", "value": scheme}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme_feature]})
        _resize(browser, width, 900)
        browser.get(server.rest_address)
        browser.find_element(By.ID, "source").send_keys(text)
        words = "#output-words button"
        WebDriverWait(browser, SECONDS).until(
            lambda _: browser.find_elements(By.CSS_SELECTOR, words)
        )
        _resize(browser, width, browser.execute_script("return document.body.scrollHeight"))
        target = browser.find_elements(By.CSS_SELECTOR, words)[word]
        ActionChains(browser).move_to_element(target).perform()
        browser.save_screenshot(str(output))


def _resize(browser: webdriver.Chrome, width: int, height: int) -> None:
    """Gives the page itself this size, in CSS pixels, however narrow."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.serving.browser", description=__doc__)
    parser.add_argument("--model_base_path", type=Path, required=True)
    parser.add_argument("--text", default="The small dog is sleeping in front of the house.")
    parser.add_argument("--word", type=int, default=2, help="the translated word to point at")
    parser.add_argument("--output", type=Path, default=Path("page.png"))
    parser.add_argument("--width", type=int, default=1000)
    parser.add_argument("--scheme", choices=("light", "dark"), default="light")
    flags = parser.parse_args()
    take_picture(**vars(flags))
