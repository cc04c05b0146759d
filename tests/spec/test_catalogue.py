"""An entry is found by lying in its folder; two of one name, or none, are refused."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cohort.catalogue import collect
from cohort.errors import DeclarationError


@dataclass(frozen=True)
class Entry:
    """An entry of the catalogue under test."""

    name: str


Folder = Callable[..., str]
ENTRY = "from entries_under_test import Entry\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folder]:
    """`folder(file=text, …)` writes a package of those files and gives its name."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, "entries_under_test", sys.modules[Entry.__module__])
    package = f"catalogue_{tmp_path.name}"

    def write(**files: str) -> str:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
        for name, text in files.items():
            (tmp_path / package / f"{name}.py").write_text(ENTRY + text)
        return package

    yield write
    for name in [m for m in sys.modules if m.split(".")[0] == package]:
        del sys.modules[name]


def collected(package: str) -> dict[str, Entry]:
    return collect(package, Entry, key=lambda entry: entry.name)


def test_a_new_file_is_found_without_being_named_anywhere(folder: Folder) -> None:
    package = folder(early='one = Entry("early")', late='one = Entry("late")')
    assert list(collected(package)) == ["early", "late"]


def test_entries_stand_in_the_order_of_files_and_lines(folder: Folder) -> None:
    package = folder(b='z = Entry("3")', a='y = Entry("1")\nx = Entry("2")')
    assert list(collected(package)) == ["1", "2", "3"]


def test_a_file_without_an_entry_is_refused_by_name(folder: Folder) -> None:
    with pytest.raises(DeclarationError, match="hollow declares no Entry"):
        collected(folder(full='one = Entry("one")', hollow="one = 1"))


def test_two_entries_of_one_name_are_refused_with_both_homes(folder: Folder) -> None:
    with pytest.raises(DeclarationError) as raised:
        collected(folder(a='one = Entry("same")', b='two = Entry("same")'))
    assert "'same'" in str(raised.value)
    assert ".a and in" in str(raised.value)


def test_an_entry_that_imports_another_is_refused(folder: Folder) -> None:
    package = folder(a='one = Entry("one")', b="")
    files = Path(sys.path[0]) / package
    (files / "b.py").write_text(f'from {package}.a import one\n{ENTRY}two = Entry("two")')
    with pytest.raises(DeclarationError, match="'one'"):
        collected(package)


def test_an_empty_folder_is_an_empty_catalogue(folder: Folder) -> None:
    assert collected(folder()) == {}
