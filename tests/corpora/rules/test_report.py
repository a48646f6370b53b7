"""The report adds up, and its forms say the same."""

import pytest

from corpora.rules.report import Place, as_json, as_table, from_json, summary, summed

COUNTS = [
    {Place("a", "train", "read"): 1000, Place("a", "train", "empty"): 10},
    {Place("a", "train", "read"): 500, Place("b", "test", "read"): 5},
    {Place("a", "train", "kept"): 1480, Place("a", "train", "duplicate"): 10},
    {Place("b", "test", "kept"): 5, Place("a", "train", "written"): 2960},
]


def test_parts_are_added():
    report = summed(COUNTS)
    assert report.total("read") == 1505
    assert report.total("read", split="test") == 5
    assert report.rules == ["duplicate", "empty"]
    assert report.rows == [("a", "train"), ("b", "test")]


def test_what_does_not_add_up_is_an_error():
    with pytest.raises(ValueError, match="a/train: 1480 kept and 20 dropped are not 1501 read"):
        summed([*COUNTS, {Place("a", "train", "read"): 1}])


def test_json_round_trip():
    report = summed(COUNTS)
    assert from_json(as_json(report)) == report


def test_table_and_summary():
    report = summed(COUNTS)
    assert as_table(report).splitlines() == [
        "| corpus | split |  read | duplicate | empty |  kept |",
        "| ------ | ----- | ----: | --------: | ----: | ----: |",
        "| a      | train | 1,500 |        10 |    10 | 1,480 |",
        "| b      | test  |     5 |         0 |     0 |     5 |",
        "| all    |       | 1,505 |        10 |    10 | 1,485 |",
    ]
    assert summary(report) == "1,485 of 1,505 pairs kept; dropped: 10 duplicate, 10 empty"
