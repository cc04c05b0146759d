"""Settings come from the environment that is handed in; with none, everything lies under one home."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cohort.errors import UsageError
from cohort.settings import ROOT_HOME, from_environment


def test_with_nothing_set_everything_lies_under_the_home(tmp_path: Path) -> None:
    found = from_environment({"COHORT_HOME": str(tmp_path)})
    assert found.database_url is None
    assert found.engine == "duckdb"
    assert found.max_megabytes == 1024
    for path in (found.key_file, found.snapshots, found.releases):
        assert path.is_relative_to(tmp_path)


def test_what_is_set_is_taken(tmp_path: Path) -> None:
    found = from_environment(
        {
            "COHORT_HOME": str(tmp_path),
            "COHORT_DATABASE_URL": "postgresql://host/db",
            "COHORT_KEY_FILE": str(tmp_path / "elsewhere.json"),
            "COHORT_ENGINE": "spark://host",
            "COHORT_MAX_MEGABYTES": "64",
        }
    )
    assert found.database_url == "postgresql://host/db"
    assert found.key_file == tmp_path / "elsewhere.json"
    assert (found.engine, found.max_megabytes) == ("spark://host", 64)


def test_an_empty_variable_is_an_unset_one(tmp_path: Path) -> None:
    empty = dict.fromkeys(("COHORT_DATABASE_URL", "COHORT_KEY_FILE", "COHORT_ENGINE", "COHORT_MAX_MEGABYTES"), "")
    home = {"COHORT_HOME": str(tmp_path)}
    assert from_environment(home | empty) == from_environment(home)


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "much", " 64", "1e3"])
def test_a_size_that_cannot_be_meant_is_refused_by_the_name_of_its_variable(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        from_environment({"COHORT_HOME": "home", "COHORT_MAX_MEGABYTES": text})
    assert raised.value.code == "SETTING-01"
    assert "COHORT_MAX_MEGABYTES" in raised.value.sentence
    assert raised.value.exit_code == 2


def test_paths_do_not_depend_on_where_one_stands_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = from_environment({"COHORT_HOME": "here", "COHORT_KEY_FILE": "keys.json"})
    assert (found.home, found.key_file) == (tmp_path / "here", tmp_path / "keys.json")


def test_a_tilde_is_the_users_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert from_environment({"COHORT_HOME": "~/record"}).home == tmp_path / "record"


def test_roots_data_never_lies_under_a_private_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert from_environment({}).home == ROOT_HOME


def test_anybody_elses_data_lies_in_their_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert from_environment({}).home.is_relative_to(tmp_path)


def test_the_process_environment_is_read_where_none_is_handed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COHORT_HOME", str(tmp_path))
    assert from_environment().home == tmp_path
