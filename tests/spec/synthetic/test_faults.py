"""Every fault that is planted is found where it was planted, and nothing else is."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from lxml.etree import fromstring, tostring
from polars.testing import assert_frame_equal

from cohort.errors import UsageError
from cohort.ingest import check, finding
from cohort.ingest.judge import judge
from cohort.ingest.parse import parse
from cohort.ingest.read import read
from cohort.ingest.words import words
from synthetic import faults
from synthetic.faults import UNPLANTABLE, PlantedFault, plant
from synthetic.faults.plant import recipes
from synthetic.returns import InventedReturn, write_return
from synthetic.world import make

SEED = 11
Planted = tuple[InventedReturn, list[PlantedFault]]
Place = tuple[str, str, str, int, str]


@pytest.fixture(scope="module")
def lawful() -> list[InventedReturn]:
    """Two returns of some hundred children, of the first and of the last year."""
    returns = list(make(authorities=2, children=900, years=range(2023, 2027)).returns())
    return [max((r for r in returns if r.year == year), key=_persons) for year in (2023, 2026)]


@pytest.fixture(scope="module")
def planted(lawful: list[InventedReturn]) -> list[Planted]:
    return [plant(invented, 0.35, SEED) for invented in lawful]


def _persons(invented: InventedReturn) -> int:
    return invented.tables["person_trait"].height


def _written(invented: InventedReturn) -> bytes:
    text = io.StringIO()
    write_return(invented, text)
    return text.getvalue().encode()


def _found(invented: InventedReturn) -> Counter[Place]:
    return Counter(judge(_written(invented), invented.file_name).places.select(*finding.SCHEMA).rows())


def _meant(planted: list[PlantedFault]) -> Counter[Place]:
    return Counter((fault.code, fault.level, fault.table, fault.row, fault.column) for fault in planted)


def test_what_is_found_is_what_was_planted(planted: list[Planted]) -> None:
    for broken, meant in planted:
        assert len(meant) > 50
        assert _found(broken) == _meant(meant)


def test_every_code_is_planted_but_those_that_cannot_be(lawful: list[InventedReturn], planted: list[Planted]) -> None:
    of_others = {code for code, rule in check.rules().items() if rule.table not in lawful[0].format.by_stored}
    wanted = set(words()) - set(UNPLANTABLE) - of_others
    have = {fault.code for _, meant in planted for fault in meant}
    for invented in lawful[::-1]:  # what many faults crowded out is planted alone
        if wanted - have:
            have |= {fault.code for fault in plant(invented, 0.03, SEED, wanted - have)[1]}
    assert have == wanted


def test_of_the_hundred_rules_more_than_ninety_are_planted() -> None:
    assert len(check.rules()) - len(set(UNPLANTABLE) & set(check.rules())) > 90


def test_what_cannot_be_planted_is_a_code_that_exists_and_no_more_is_tried(lawful: list[InventedReturn]) -> None:
    assert set(UNPLANTABLE) <= set(words())
    in_vain = {code for code in UNPLANTABLE if any(code in recipes("SEN2", invented.year) for invented in lawful)}
    tried_in_vain = {"ASSESSMENT-09", "NAMEDPLAN-08"}
    assert tried_in_vain <= in_vain
    assert plant(lawful[0], 0.01, SEED, tried_in_vain)[1] == []


def test_a_rule_that_is_switched_off_leaves_its_faults_unfound(
    lawful: list[InventedReturn], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, meant = plant(lawful[0], 0.02, SEED, {"REQUESTS-06", "CELL-08"})
    rules: Mapping[str, object] = check.rules()
    monkeypatch.setattr(check, "rules", lambda: {code: rule for code, rule in rules.items() if code != "REQUESTS-06"})
    missed = _meant(meant) - _found(broken)
    assert {code for code, *_ in missed} == {"REQUESTS-06"}


def test_without_a_rate_the_return_stays_as_it_is(lawful: list[InventedReturn]) -> None:
    broken, meant = plant(lawful[0], 0.0, SEED)
    assert meant == []
    assert _written(broken) == _written(lawful[0])


def test_so_many_faults_are_planted_as_the_rate_says(lawful: list[InventedReturn]) -> None:
    _, meant = plant(lawful[0], 0.02, SEED, {"CELL-14", "REQUESTS-03"})
    assert len(meant) == -(-_persons(lawful[0]) * 2 // 100)


def test_the_same_seed_plants_the_same_faults_and_another_one_others(lawful: list[InventedReturn]) -> None:
    codes = {"CELL-01", "NAMEDPLAN-10"}
    once, again, otherwise = (plant(lawful[1], 0.02, seed, codes) for seed in (1, 1, 2))
    assert _written(once[0]) == _written(again[0])
    assert once[1] == again[1] != otherwise[1]


def test_who_has_no_fault_is_returned_as_before(lawful: list[InventedReturn], planted: list[Planted]) -> None:
    for invented, (broken, meant) in zip(lawful, planted, strict=True):
        before, after = (fromstring(_written(r)).find("Persons") for r in (invented, broken))
        changed = sum(tostring(a) != tostring(b) for a, b in zip(before, after, strict=True))
        assert 0 < changed <= len(meant)


def test_rows_are_numbered_as_they_stand_in_the_file(planted: list[Planted]) -> None:
    for broken, _ in planted:
        parsed = parse(read(_written(broken)))
        for stored, frame in broken.tables.items():
            keys = [name for name in frame.columns if name.endswith(("_row", "row_number"))]
            assert_frame_equal(parsed.tables[stored].select(keys), frame.select(keys), check_dtypes=False)


def test_faults_are_planted_in_lawful_returns_alone(planted: list[Planted]) -> None:
    with pytest.raises(UsageError, match="FAULTS-01"):
        plant(planted[0][0], 0.01, SEED)


def test_the_list_of_faults_tells_places_and_nothing_of_the_child(planted: list[Planted], tmp_path: Path) -> None:
    broken, meant = planted[0]
    path = faults.write(meant, tmp_path)
    assert path.name == "faults.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    assert {tuple(fault) for fault in told} == {("file", "code", "level", "table", "row", "column")}
    assert [PlantedFault(**fault) for fault in told] == meant
    known = broken.tables["person_trait"].select(pl.concat_list("surname", "upn", "postcode").explode().drop_nulls())
    said = {str(value) for fault in told for value in fault.values()}
    assert not said & set(known.to_series())


def test_without_faults_the_list_is_empty(tmp_path: Path) -> None:
    assert json.loads(faults.write([], tmp_path).read_text(encoding="utf-8")) == []
