"""Version folders and policies."""

import pytest

from serving.versions import VersionPolicy, choose_versions, find_versions


def test_only_folders_named_by_int64_numbers_are_versions(tmp_path):
    for name in ("1", "007", "12", "-3", "+4", "1.5", "x", "8 ", str(2**63 - 1), str(2**63), "٣"):
        (tmp_path / name).mkdir()
    (tmp_path / "5").write_text("no folder")
    assert sorted(find_versions(tmp_path)) == [1, 7, 12, 2**63 - 1]


def test_a_missing_base_path_is_an_os_error(tmp_path):
    with pytest.raises(OSError):
        find_versions(tmp_path / "none")


def test_policies_choose_newest_first():
    found = [3, 1, 2]
    policy = VersionPolicy()
    assert choose_versions(found, policy) == [3]
    policy.latest.num_versions = 2
    assert choose_versions(found, policy) == [3, 2]
    policy.latest.num_versions = 0
    assert choose_versions(found, policy) == [3]
    policy.all.SetInParent()
    assert choose_versions(found, policy) == [3, 2, 1]
    policy.specific.versions.extend([1, 9])
    assert choose_versions(found, policy) == [1]
    assert choose_versions([], VersionPolicy()) == []
