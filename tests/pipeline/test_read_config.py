from pathlib import Path

import pytest

from foundation.errors import UserError
from pipeline.compare import VARIANTS
from pipeline.read_config import read_config

SAMPLE = Path(__file__).resolve().parents[2] / "configs" / "sample.yaml"
CONFIGS = sorted(SAMPLE.parent.glob("*.yaml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_shipped_configuration_is_valid(path):
    assert read_config(path).name


@pytest.mark.parametrize("settings", VARIANTS.values(), ids=VARIANTS)
@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_shipped_configuration_takes_every_variant(path, settings):
    assert read_config(path, settings).name


def test_settings_take_the_place_of_the_files(tmp_path):
    config = read_config(SAMPLE, "training.epochs=3 model.units=256 training.batch.tokens=100")
    assert (config.training.epochs, config.model.units) == (3, 256)
    assert config.training.batch.tokens == 100


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("model.unit=3", r"model\.unit: unknown key, did you mean units \(allowed here: .*cell"),
        ("model.units=many", r"model\.units: .* integer, not 'many'"),
        ("model.units=0", r"model\.units: .* greater than or equal to 1"),
        ("training.batch.size=3", r"training\.batch\.size: unknown key .*tokens"),
        ("colour=red", r"colour: unknown key .*allowed here: .*training"),
        ("decoding.n_best=9", r"decoding: n_best \(9\) exceeds beam"),
        ("subwords.joint=false model.tying=all", r"needs subwords\.joint: true"),
        ("subwords.joint=false model.tying=source_target", r"needs subwords\.joint: true"),
        ("decoding.coverage_penalty=0.2 model.attention=none", r"model\.attention: none has not"),
        (
            "subwords.kind=word training.subword_sampling.alpha=0.1",
            r"subword_sampling needs subwords\.kind unigram or bpe, not word",
        ),
        ("name=Sample", r"name: .*lower-case"),
        ("model.units", r"'model\.units' is not key=value"),
        ("name.first=x", r"name is a value and has no keys"),
        ("model.units=[", r"is not valid YAML"),
    ],
)
def test_a_wrong_setting_is_one_sentence_with_key_and_remedy(settings, words):
    with pytest.raises(UserError, match=words):
        read_config(SAMPLE, settings)


def test_several_faults_are_told_at_once():
    with pytest.raises(UserError, match=r"model\.unit: .*; training\.epoch: "):
        read_config(SAMPLE, "model.unit=3 training.epoch=2")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: [", r"line 1, column 8: not valid YAML"),
        ("name: a\nname: b", r"line 2, column 1: .*'name' is written twice"),
        ("- a\n- b", r"a mapping of keys"),
        ("", r"a mapping of keys"),
        ("name: x", r"languages: field required"),
    ],
)
def test_a_wrong_file_is_one_sentence_with_its_place(tmp_path, text, words):
    path = tmp_path / "own.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match=words) as caught:
        read_config(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_names_those_that_exist(tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        read_config(tmp_path / "none.yaml")


def test_bytes_that_are_not_utf8(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_bytes(b"name: \xff")
    with pytest.raises(UserError, match="cannot be read"):
        read_config(path)
