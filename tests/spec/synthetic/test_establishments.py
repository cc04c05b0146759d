"""The register knows every school and college of a world, once, and of the kind that plans place children in."""

from __future__ import annotations

import polars as pl
import pytest

from cohort.schema.codes.establishments import ESTABLISHMENT_PHASE, ESTABLISHMENT_TYPE
from synthetic.establishments import establishments
from synthetic.provision import ALTERNATIVE, COLLEGES, SPECIAL
from synthetic.world import World, make


@pytest.fixture(scope="module")
def world() -> World:
    return make(6, 3_000)


@pytest.fixture(scope="module")
def register(world: World) -> pl.DataFrame:
    return establishments(world.places)


def test_every_number_stands_once(register: pl.DataFrame) -> None:
    assert register["urn"].is_unique().all()
    assert register["ukprn"].drop_nulls().is_unique().all()
    assert register["ukprn"].count() == 6 * COLLEGES


@pytest.mark.parametrize("column", ["urn", "ukprn"])
def test_every_placement_is_in_the_register(world: World, register: pl.DataFrame, column: str) -> None:
    given = world.lives.placements[column].drop_nulls()
    assert len(given)
    assert given.is_in(register[column].implode()).all()


def test_every_school_that_children_attend_is_in_the_register_by_its_phase(
    world: World, register: pl.DataFrame
) -> None:
    found = world.lives.schools.join(register, on="urn", how="left")
    letters = found["phase"].replace_strict({"primary": "PS", "secondary": "SS"})
    assert (found["establishment_phase_code"] == letters).all()
    assert (found["establishment_type_code"] == "MS").all()


def test_codes_are_those_of_the_record(register: pl.DataFrame) -> None:
    assert register["establishment_type_code"].is_in(list(ESTABLISHMENT_TYPE.labels(2025))).all()
    assert register["establishment_phase_code"].is_in(list(ESTABLISHMENT_PHASE.labels(2025))).all()


def test_special_schools_and_alternative_provision_are_told_apart(world: World, register: pl.DataFrame) -> None:
    of_type = dict(register["establishment_type_code"].value_counts().iter_rows())
    assert sum(of_type[code] for code in ("SS", "NM", "IS")) == 6 * (SPECIAL[1] - SPECIAL[0])
    assert of_type["AP"] == 6 * (ALTERNATIVE[1] - ALTERNATIVE[0])
