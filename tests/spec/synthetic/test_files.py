"""The files: as many children as asked for, the declared structure, the same bytes for the same seed."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml.etree import _Element as Element
from lxml.etree import parse

from cohort.errors import UsageError
from cohort.ingest.format import Table
from cohort.ingest.formats.sen2 import SEN2
from cohort.schema.calendar import in_force
from synthetic import returns
from synthetic.world import make


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.xml")}


def written(folder: Path, **asked: Any) -> dict[str, str]:
    returns.write(make(authorities=3, children=150, **asked), folder)
    return digests(folder)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    assert written(tmp_path / "a", seed=7) == written(tmp_path / "b", seed=7)


def test_another_seed_gives_other_files(tmp_path: Path) -> None:
    assert not set(written(tmp_path / "a", seed=7).values()) & set(written(tmp_path / "b", seed=8).values())


@pytest.mark.parametrize("children", [1, 17, 400])
def test_as_many_children_as_asked_for_show_in_the_returns(children: int, tmp_path: Path, read: Any) -> None:
    paths = returns.write(make(authorities=3, children=children), tmp_path)
    births = {
        (person["PersonBirthDate"], person["Surname"], person["Forename"])
        for path in paths
        for person in read(path).persons
    }
    assert len(births) == children


def test_each_authority_has_a_file_for_each_year(files: list[Any]) -> None:
    assert len(files) == len({(f.authority, f.year) for f in files}) == 12
    assert {f.year for f in files} == {2024, 2025, 2026}
    assert all(f.authority in in_force(f.census) for f in files)


def test_a_file_is_named_for_its_authority_and_year(out: Path, read: Any) -> None:
    for path in out.glob("SEN2_*.xml"):
        file = read(path)
        assert path.name == f"SEN2_{file.authority}_{file.year}.xml"


def test_an_authority_without_children_returns_nothing(tmp_path: Path) -> None:
    assert len(returns.write(make(authorities=20, children=1, years=[2024]), tmp_path)) == 1


def test_one_year_alone_may_be_asked_for(tmp_path: Path) -> None:
    assert {name[-8:-4] for name in written(tmp_path, years=[2025])} == {"2025"}


def test_from_one_authority_alone_nobody_can_move(tmp_path: Path, read: Any) -> None:
    lines = [line for path in returns.write(make(authorities=1, children=600), tmp_path) for line in read(path).lines()]
    assert not [x for x in lines if x.request["Exported"] or (x.plan and x.plan["CeaseReason"] == "5")]
    assert not [x for x in lines if x.active and x.active["TransferLA"]]


def test_all_of_england_may_be_asked_for() -> None:
    assert len(make(authorities=None, children=500).lives.places) == 153


def test_authorities_are_of_unequal_size_and_from_many_regions() -> None:
    places = make(authorities=12, children=50).lives.places
    assert places["region_name"].n_unique() == 9
    sizes = places["size"].to_list()
    assert max(sizes) > 3 * min(sizes)


@pytest.mark.parametrize(
    "asked",
    [
        {"authorities": 0},
        {"authorities": 154},
        {"children": 0},
        {"years": [2010]},
        {"years": []},
        {"world": "flat"},
    ],
)
def test_what_no_world_can_be_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="WORLD-"):
        make(**asked)


def test_every_element_is_declared_and_stands_in_its_place(out: Path) -> None:
    for path in out.glob("SEN2_*.xml"):
        year = int(path.stem[-4:])
        for person in parse(path).getroot().find("Persons"):
            assert person.tag == "Person"
            assert_declared(person, SEN2.by_name["Person"], year)


def assert_declared(element: Element, table: Table, year: int) -> None:
    columns = {c.header(year): c for c in table.columns if c.in_year(year)}
    below = {t.name: t for t in SEN2.children(table)}
    tags = [child.tag for child in element]
    assert set(tags) <= set(columns) | set(below)
    order = [*table.order, *(tag for tag in [*columns, *below] if tag not in table.order)]
    places = [order.index(tag) for tag in tags]
    assert places == sorted(places)
    assert all(later > earlier for earlier, later in pairwise(p for p in places if order[p] in columns))
    for name, child in below.items():
        assert child.at_most is None or tags.count(name) <= child.at_most
    for child in element:
        if child.tag in below:
            assert_declared(child, below[child.tag], year)
        else:
            assert child.text
            codes = columns[child.tag].codes
            assert codes is None or child.text in codes.labels(year)


def test_items_of_2026_stand_in_the_files_of_2026_alone(out: Path) -> None:
    for path in out.glob("SEN2_*.xml"):
        text = path.read_text(encoding="utf-8")
        for tag in ("RequestSource", "ReviewDraft", "PhaseTransferDueDate", "DSCO"):
            assert (f"<{tag}>" in text) == (path.stem[-4:] == "2026")
