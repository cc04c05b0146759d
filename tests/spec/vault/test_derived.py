"""Derived keys: what survives which slip, and that nothing but keyed hashes is left."""

from __future__ import annotations

import hashlib
from datetime import date

import jellyfish
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort.schema.vault import LinkageRow
from cohort.vault import derived
from cohort.vault.derived import FORMS, KEYS, derived_keys, domain_of, soundex, values
from cohort.vault.keys import throwaway
from cohort.vault.model import MODEL
from cohort.vault.tokens import tokens

RING = throwaway()
ANN = {
    "surname": "O'Neill-Quill",
    "forename": "Zo\u00eb",
    "middle_name": None,
    "birth_date": date(2014, 5, 6),
    "sex_code": "F",
    "postcode": "ZZ9 3VZ",
}


def keys(**changes: object) -> dict[str, bytes | None]:
    return derived_keys(pl.DataFrame([ANN | changes]), RING).row(0, named=True)


def agreeing(**changes: object) -> set[str]:
    """Keys that are known and the same after a change."""
    before, after = keys(), keys(**changes)
    return {name for name in KEYS if before[name] is not None and before[name] == after[name]}


def test_every_key_has_its_column_and_every_block_its_keys() -> None:
    assert set(KEYS) <= set(LinkageRow.__table__.columns.keys())
    assert set(MODEL.columns) <= set(KEYS)
    assert len(KEYS) == len(FORMS) == len(set(KEYS))


@pytest.mark.parametrize(
    "same",
    [{"surname": "oneill quill"}, {"forename": "ZOE"}, {"postcode": "zz93vz"}, {"surname": " O\u2019NEILL\u2014QUILL"}],
)
def test_spelling_changes_no_key(same: dict[str, str]) -> None:
    assert agreeing(**same) == agreeing()


@pytest.mark.parametrize(
    ("changes", "stay"),
    [
        (
            {"surname": "O'Niell-Quill"},
            {"surname_letters", "surname_end", "surname_core", "surname_sound"},
        ),
        ({"surname": "O'Neil-Quil"}, {"surname_start", "surname_core", "surname_sound"}),
        ({"surname": "Smith"}, set()),
        ({"surname": None}, set()),
    ],
)
def test_a_slip_in_a_name_leaves_the_forms_that_it_spares(changes: dict[str, str], stay: set[str]) -> None:
    assert {name for name in agreeing(**changes) if name.startswith("surname")} == stay


def test_exchanged_names_agree_in_one_key() -> None:
    assert keys(surname=ANN["forename"], forename=ANN["surname"])["names"] == keys()["names"]


@pytest.mark.parametrize(
    ("birth", "stay"),
    [
        (date(2014, 5, 16), {"birth_year_month"}),
        (date(2014, 6, 6), {"birth_year_day"}),
        (date(2013, 5, 6), {"birth_month_day"}),
        (date(2014, 6, 5), set()),
    ],
)
def test_a_slip_in_a_date_leaves_two_parts(birth: date, stay: set[str]) -> None:
    assert {name for name in agreeing(birth_date=birth) if name.startswith("birth")} == stay


def test_an_exchanged_day_and_month_meet_across_two_keys() -> None:
    assert keys(birth_date=date(2014, 6, 5))["birth_date_swapped"] == keys()["birth_date"]


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=12))
def test_soundex_is_that_of_another_implementation(name: str) -> None:
    assert pl.DataFrame({"n": [name]}).select(soundex(pl.col("n"))).item() == jellyfish.soundex(name)


def test_every_key_is_a_token_in_a_domain_of_its_own() -> None:
    forms = values(pl.DataFrame([ANN])).row(0, named=True)
    for name, key in keys().items():
        assert key == tokens(RING, domain_of(name), [forms[name]])[0]
    assert len({domain_of(name) for name in KEYS}) == len(KEYS) - 1  # the exchanged date is compared with the date


def test_no_key_is_a_hash_without_a_key() -> None:
    forms = values(pl.DataFrame([ANN])).row(0, named=True)
    plain = {
        hashlib.sha256(domain + str(value).encode()).digest()[:16]
        for name, value in forms.items()
        for domain in (b"", domain_of(name).encode() + b"\0")
    }
    assert plain.isdisjoint(keys().values())
    other = derived_keys(pl.DataFrame([ANN]), throwaway()).row(0)
    assert set(other) - {None} != set(keys().values()) - {None}


def test_what_a_return_lacks_gives_no_key() -> None:
    left = derived_keys(
        pl.DataFrame({"surname": ["Quill"], "forename": [None]}, schema_overrides={"forename": pl.String}), RING
    )
    known = {name for name in KEYS if left[name][0] is not None}
    assert known == {name for name in KEYS if name.startswith("surname")}


def test_a_normaliser_of_another_version_agrees_with_none(monkeypatch: pytest.MonkeyPatch) -> None:
    before = keys()
    monkeypatch.setattr(derived, "NORMALISER", 2)
    assert set(before.values()).isdisjoint({key for key in keys().values() if key is not None})
