"""Expected outcomes of authorities, held against R's glm with a dummy for every unit (reference/standardise.R).

Tolerance 1e-7: the script solves for the average unit to 1e-14 and writes twelve digits; R's glm stops at a relative
change of 1e-14 of its deviance.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.models import funnel, standardise
from cohort.errors import UsageError
from tests.proving import FAST, LONG, gate

CLOSE = 1e-7
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "standardise.json").read_text())
DATA = pl.read_csv(HERE / "standardise.csv")
COVARIATES = ["sev", "need"]


def fitted(frame: pl.DataFrame = DATA, fixed: list[str] | None = None) -> standardise.StandardisedResult:
    return standardise.fit(frame, "y", COVARIATES if fixed is None else fixed, "unit")


def test_slopes_and_expected_counts_are_those_of_r() -> None:
    result = fitted()
    slopes = dict(result.coefficients.iter_rows())
    found = [slopes[term] for term in ("sev", "need[MLD]", "need[SEMH]")]
    assert found == pytest.approx(list(REFERENCE["coefficients"].values()), abs=CLOSE)
    units = {row["unit"]: row for row in result.units.iter_rows(named=True)}
    assert {u: row["expected"] for u, row in units.items()} == pytest.approx(REFERENCE["expected"], abs=1e-5)
    assert {u: row["observed"] for u, row in units.items()} == REFERENCE["observed"]


def test_expected_counts_add_up_to_those_observed_in_units_and_in_tenths() -> None:
    result = fitted()
    for table in (result.units, result.calibration):
        assert table["expected"].sum() == pytest.approx(DATA["y"].sum(), abs=1e-6)
    assert result.calibration["n"].sum() == DATA.height


def test_order_names_and_units_of_measurement_change_nothing() -> None:
    turned = DATA.sample(fraction=1, shuffle=True, seed=1).with_columns(
        pl.col("sev") * 1000 + 7, unit="Z" + pl.col("unit")
    )
    assert fitted(turned).units["expected"].to_list() == pytest.approx(fitted().units["expected"].to_list(), abs=1e-6)


def test_without_covariates_a_unit_expects_england_s_share() -> None:
    units = fitted(fixed=[]).units
    assert (units["expected"] / units["n"]).to_list() == pytest.approx([DATA["y"].mean()] * units.height, abs=1e-9)


def test_a_unit_in_which_all_had_the_outcome_is_expected_to_have_fewer_and_it_is_said() -> None:
    sure = pl.DataFrame({"unit": ["B"] * 30, "sev": [0.1 * i for i in range(30)], "need": ["ASD"] * 30, "y": [1] * 30})
    result = fitted(pl.concat([DATA, sure], how="diagonal_relaxed"))
    row = result.units.filter(unit="B").row(0, named=True)
    assert row["observed"] == 30
    assert 5 < row["expected"] < 25
    assert any("1 units all or none" in words for words in result.warnings)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (DATA.with_columns(y=pl.lit(1)), "MODEL-16"),
        (DATA.with_columns(y=pl.col("y") * 2), "MODEL-16"),
        (DATA.filter(pl.col("unit") < "A03"), "MODEL-17"),
        (DATA.with_columns(sev=pl.col("y") * 1.0), "MODEL-18"),
        (DATA.with_columns(sev=pl.lit(None, pl.Float64)), "MODEL-04"),
    ],
)
def test_what_cannot_be_compared_is_refused_by_name(frame: pl.DataFrame, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        fitted(frame)
    assert refused.value.code == code


def test_rows_that_lack_a_value_are_counted_and_a_term_told_twice_is_named() -> None:
    holed = DATA.with_columns(
        sev=pl.when(pl.int_range(pl.len()) < 100).then(None).otherwise("sev"), again=pl.col("sev") * 2
    )
    result = fitted(holed, ["sev", "again", "need"])
    assert (result.n_in, result.n_used, result.dropped["sev"]) == (DATA.height, DATA.height - 100, 100)
    assert any("again" in words for words in result.warnings)


UNITS, TAU = 153, 0.05
TRUE = np.array([1.25, 1.25, 1.25, 0.8, 0.8, 0.8])


def compared(seed: int) -> tuple[float, float, float]:
    """Power for six planted authorities; false flags among the others, with and without the risk model.

    Authorities differ in the severity of their children, which is no doing of theirs, and by τ on the log scale.
    """
    rng = np.random.default_rng([25, seed])
    size = np.maximum(rng.lognormal(8.2, 0.5, UNITS), 1_500).astype(int)
    of = np.repeat(np.arange(UNITS), size)
    severity = rng.normal(0, 1, len(of)) + rng.normal(0, 0.3, UNITS)[of]
    ratio = np.exp(rng.normal(0, TAU, UNITS))
    ratio[:6] = TRUE
    risk = 0.5 / (1 + np.exp(-0.8 * severity))
    frame = pl.DataFrame({"unit": of, "sev": np.round(severity, 1), "y": rng.random(len(of)) < risk * ratio[of]})
    flags = []
    for fixed, overdispersion in ((["sev"], True), ([], False)):
        units = standardise.fit(frame, "y", fixed, "unit").units
        drawn = funnel.fit(
            units, "unit", "observed", expected="expected", overdispersion=overdispersion, consistent=True
        )
        flags.append(pl.DataFrame(drawn.units)["outlier"].to_numpy())
    adjusted, plain = flags
    return adjusted[:6].mean(), adjusted[6:].mean(), plain[6:].mean()


@pytest.mark.parametrize("worlds", [FAST // 20, pytest.param(LONG // 10, marks=pytest.mark.slow)])
def test_planted_authorities_are_found_others_are_not_and_the_plain_funnel_flags_many(worlds: int) -> None:
    power, false, plain = np.mean([compared(seed) for seed in range(worlds)], axis=0)
    where = "6 of 153 authorities at 1.25 or 0.8, τ = 0.05"
    gate("A1", where, "power at 99.8 % limits", worlds, power, least=0.8)
    gate("A1", where, "false flags, adjusted funnel", worlds, false, most=0.005)
    gate("A1", where, "false flags, plain funnel (must fail)", worlds, plain, least=0.1)
