"""States by month, held against R's survfit and nnet (reference/survival.R) and against statsmodels.

Tolerances: 1e-9 for shares and their errors, written to ten places (R's lack G/(G - 1), which is put in); 1e-6 for
multinomial coefficients against statsmodels, 1e-4 against nnet, which stops by the likelihood alone.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from analysis.models import survival
from cohort.errors import UsageError

EXACT, NEWTON, EARLY = 1e-8, 1e-6, 1e-4
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "survival.json").read_text())["multistate"]
DATA = pl.read_csv(HERE / "survival_states.csv")
STATES = ["education", "employment", "neet"]


def fit(data: pl.DataFrame = DATA, **choices: Any) -> survival.MultistateResult:
    return survival.multistate(data, "id", "month", "state", **choices)


@pytest.mark.parametrize(("name", "cluster", "units"), [("occupation", None, 250), ("occupation_la", "la", 20)])
def test_shares_of_states_and_months_in_them_agree_with_survfit(name: str, cluster: str | None, units: int) -> None:
    expected, model = REFERENCE[name], fit(cluster=cluster)
    factor = np.sqrt(units / (units - 1))
    found = model.occupation.filter(pl.col("time").is_in(expected["at"]))
    assert found["estimate"].to_list() == pytest.approx(np.ravel(expected["estimate"]), rel=EXACT)
    assert (found["se"] / factor).to_list() == pytest.approx(np.ravel(expected["se"]), rel=EXACT)
    spent = model.expected_time(until=20)
    assert spent["state"].to_list() == STATES
    assert spent["estimate"].to_list() == pytest.approx(expected["spent"], rel=EXACT)
    assert (spent["se"] / factor).to_list() == pytest.approx(expected["spent_se"], rel=EXACT)


@pytest.mark.parametrize("origin", STATES)
def test_moves_agree_with_multinom(origin: str) -> None:
    found = fit(fixed=["support"], baseline="linear").coefficients.filter(pl.col("from") == origin)
    expected = REFERENCE["multinom"][origin]
    assert found["to"].unique(maintain_order=True).to_list() == expected["to"]
    # The clock of R's data is the month before the move, as ours.
    assert found["estimate"].to_list() == pytest.approx(np.ravel(expected["estimate"]), abs=EARLY)
    assert found["se"].to_list() == pytest.approx(np.ravel(expected["se"]), rel=EARLY)


def test_moves_agree_with_statsmodels_on_rows() -> None:
    after = DATA.select("id", pl.col("month") - 1, after="state")
    pairs = DATA.join(after, on=["id", "month"]).filter(pl.col("state") == "neet")
    order = ["neet", "education", "employment"]
    y = pairs["after"].replace_strict(order, range(3)).to_numpy()
    x = np.column_stack([np.ones(len(y)), pairs["month"], pairs["support"]])
    theirs = sm.MNLogit(y, x).fit(disp=0, method="newton", tol=1e-12)
    found = fit(fixed=["support"], baseline="linear").coefficients.filter(pl.col("from") == "neet")
    assert found["estimate"].to_list() == pytest.approx(theirs.params.T.ravel(), abs=NEWTON)
    assert found["se"].to_list() == pytest.approx(theirs.bse.T.ravel(), rel=NEWTON)
    clustered = sm.MNLogit(y, x).fit(
        disp=0, method="newton", tol=1e-12, cov_type="cluster",
        cov_kwds={"groups": pairs["la"].to_numpy(), "use_correction": False},
    )  # fmt: skip
    robust = fit(fixed=["support"], baseline="linear", cluster="la").coefficients.filter(pl.col("from") == "neet")
    assert (robust["se"] / np.sqrt(20 / 19)).to_list() == pytest.approx(np.ravel(clustered.bse.T), rel=NEWTON)


def test_shares_add_up_to_one_and_months_to_the_months_that_passed() -> None:
    model = fit(fixed=["support"])
    sums = model.occupation.group_by("time").agg(pl.col("estimate").sum())["estimate"]
    assert sums.to_list() == pytest.approx([1.0] * 24)
    assert model.expected_time()["estimate"].sum() == pytest.approx(24)
    assert model.standardised_time("support")["estimate"].sum() == pytest.approx(48)
    assert model.standardised_difference("support")["estimate"].sum() == pytest.approx(0, abs=1e-9)


def test_the_model_s_months_are_near_those_counted() -> None:
    model = fit(fixed=["support"])
    counted, modelled = model.expected_time(), model.standardised_time()
    away = (counted["estimate"] - modelled["estimate"]).abs() / counted["se"]
    assert away.max() < 0.5


def test_error_of_standardised_months_is_that_of_refitting_without_each_authority() -> None:
    until = 16
    choices: dict[str, Any] = {"fixed": ["support"], "baseline": "linear"}
    names = DATA["la"].unique().to_list()
    model, left = fit(**choices, cluster="la"), [fit(DATA.filter(pl.col("la") != name), **choices) for name in names]
    months = np.array([m.standardised_time("support", until)["estimate"] for m in left])
    for found, estimates in (
        (model.standardised_time("support", until), months),
        (model.standardised_difference("support", until), months[:, 3:] - months[:, :3]),
    ):
        jackknife = np.sqrt((len(names) - 1) ** 2 / len(names) * estimates.var(axis=0, ddof=1))
        assert found["se"].to_numpy() == pytest.approx(jackknife, rel=0.12)


def test_order_and_names_change_nothing() -> None:
    plain = fit(fixed=["support"], cluster="la")
    turned = DATA.sample(fraction=1, shuffle=True, seed=25).with_columns(
        id="c" + pl.col("id").cast(pl.String), month=pl.col("month") + 12 * 16, support=1 - pl.col("support")
    )
    other = fit(turned, fixed=["support"], cluster="la")
    assert other.occupation["se"].to_list() == pytest.approx(plain.occupation["se"].to_list())
    for column, sign in (("estimate", -1), ("se", 1)):
        ours, theirs = (m.standardised_difference("support")[column] for m in (plain, other))
        assert (sign * theirs).to_list() == pytest.approx(ours.to_list(), rel=1e-5)


def test_transitions_are_counted_and_gaps_are_not_bridged() -> None:
    frame = pl.DataFrame({"id": [1, 1, 1, 1, 2, 2], "month": [1, 2, 4, 5, 1, 2], "state": list("abbaab")})
    model = fit(frame)
    assert model.transitions.select("from", "to", "n").rows() == [("a", "b", 2), ("b", "a", 1)]
    assert (model.people, model.moves) == (2, 3)
    assert any("1 gaps" in warning for warning in model.warnings)


def test_a_state_nobody_leaves_keeps_its_people() -> None:
    frame = pl.DataFrame({"id": [1, 1, 2, 2, 2, 3, 3, 3], "month": [1, 2, 1, 2, 3, 1, 2, 3], "state": list("adaadaaa")})
    last = fit(frame).occupation.filter(pl.col("time") == 3)
    assert dict(zip(last["state"], last["estimate"], strict=True)) == pytest.approx({"a": 1 / 3, "d": 2 / 3})


def test_a_move_that_a_column_foretells_is_null_and_said_and_chances_stay_right() -> None:
    never = DATA.filter(~((pl.col("support") == 1) & (pl.col("state") == "employment")))
    model = fit(never, fixed=["support"], baseline="constant")
    gone = model.coefficients.filter((pl.col("from") == "education") & (pl.col("to") == "employment"))
    assert gone.filter(pl.col("term") == "support")["estimate"].item() is None
    assert any("foretold" in warning for warning in model.warnings)
    months = model.standardised_time("support").filter(pl.col("state") == "employment")
    kept = model.standardised_time("support", until=1).filter(pl.col("state") == "employment")
    assert months["estimate"].is_finite().all()
    assert kept["estimate"][0] == pytest.approx(kept["estimate"][1])


def test_frames_come_back_as_they_went_in() -> None:
    assert fit(DATA.to_pandas()).occupation.shape == (72, 6)
    assert fit(DATA.to_arrow()).expected_time().num_rows == 3


@pytest.mark.parametrize(
    ("change", "choices", "code"),
    [
        ({"month": pl.col("month") + 0.5}, {}, "MODEL-41"),
        ({"month": pl.lit("secret")}, {}, "MODEL-03"),
        ({"id": pl.lit(1)}, {}, "MODEL-47"),
        ({"state": pl.lit("secret")}, {}, "MODEL-49"),
        ({"month": 2 * pl.col("month")}, {}, "MODEL-49"),
        ({"state": pl.col("la").cast(pl.String)}, {}, "MODEL-40"),
        ({"la": pl.lit(1)}, {"cluster": "la"}, "MODEL-46"),
        ({"support": pl.lit(1)}, {"fixed": ["support"]}, "MODEL-44"),
        ({}, {"fixed": "support"}, "MODEL-06"),
        ({}, {"baseline": "step"}, "MODEL-06"),
        ({}, {"fixed": ["state"]}, "MODEL-15"),
        ({"state": pl.lit(None, pl.String)}, {}, "MODEL-04"),
    ],
)
def test_what_cannot_be_estimated_is_refused_by_name(change: dict, choices: dict, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        fit(DATA.with_columns(**change), **choices)
    assert refused.value.code == code
    assert refused.value.remedy
    assert "secret" not in str(refused.value)


def test_what_the_model_cannot_answer_is_refused() -> None:
    with pytest.raises(UsageError, match="MODEL-49"):
        _ = fit().coefficients
    with pytest.raises(UsageError, match="MODEL-06"):
        fit().expected_time(until=99)
    changing = fit(DATA.with_columns(support=pl.col("month") > 6), fixed=["support"], baseline="constant")
    with pytest.raises(UsageError, match="MODEL-48"):
        changing.standardised_time("support")
