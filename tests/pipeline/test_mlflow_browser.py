"""MLflow's pages of a small run in headless Chromium: listed, with curves, tables, pictures."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from components.figures import attention_map
from components.tracking import Run, prepare_store
from components.tracking.store import TRACKING_URI
from tests.pipeline.tracking_server import TrackingServer
from tests.serving.browser import BROWSER, DRIVER, open_browser

pytestmark = pytest.mark.skipif(
    not (BROWSER and DRIVER), reason="Chromium and its driver are not installed"
)
SECONDS = 30
PICTURE = "attention/sentence-0-update-000010.png"
TABLE = "translations/worst-000010.json"


class Pages(NamedTuple):
    """A browser on the pages of one run."""

    browser: webdriver.Chrome
    address: str
    experiment: str
    run: str

    def open(self, path: str) -> None:
        self.browser.get("about:blank")
        self.browser.get(f"{self.address}/#/experiments/{self.experiment}/runs{path}")

    def until_text(self, *texts: str) -> None:
        body = (By.TAG_NAME, "body")
        WebDriverWait(self.browser, SECONDS).until(
            lambda browser: all(text in browser.find_element(*body).text for text in texts)
        )

    def picture(self, name: str) -> None:
        """Keeps a picture where the environment names a folder for them."""
        folder = os.environ.get("PAGE_PICTURES")
        if folder:
            self.browser.save_screenshot(str(Path(folder) / f"mlflow-{name}.png"))


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> Iterator[Pages]:
    folder = tmp_path_factory.mktemp("mlflow")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(TRACKING_URI, "")
        patch.delenv(TRACKING_URI)
        uri = prepare_store(folder)
        with Run.begin("browser", "gru with attention") as run:
            for step in range(5):
                run.log_metrics({"train/loss": 3 / (step + 1)}, step)
            figure = attention_map(["▁a", "▁dog"], ["▁ein", "▁Hund"], np.eye(2))
            run.log_figure(PICTURE, figure)
            run.log_table(TABLE, {"source": ["a cat"], "output": ["eine Kuh"]})
        experiment = run.client.get_run(run.id).info.experiment_id
    with TrackingServer(uri, folder / "artifacts") as server, open_browser() as browser:
        browser.set_window_size(1400, 1000)
        yield Pages(browser, server.address, experiment, run.id)


def test_the_run_is_listed(pages):
    pages.open("")
    pages.until_text("gru with attention")
    pages.picture("list")


def test_the_metrics_are_drawn(pages):
    pages.open(f"/{pages.run}/model-metrics")
    pages.until_text("loss")
    WebDriverWait(pages.browser, SECONDS).until(
        lambda browser: browser.find_elements(By.CSS_SELECTOR, ".js-plotly-plot .scatterlayer path")
    )
    pages.picture("metrics")


def test_a_picture_loads(pages):
    pages.open(f"/{pages.run}/artifacts/{PICTURE}")
    script = "return [...document.images].some(image => image.naturalWidth > 100)"
    WebDriverWait(pages.browser, SECONDS).until(lambda browser: browser.execute_script(script))
    pages.picture("picture")


def test_a_table_of_translations_is_shown(pages):
    pages.open(f"/{pages.run}/artifacts/{TABLE}")
    pages.until_text("a cat", "eine Kuh")
    pages.picture("table")
