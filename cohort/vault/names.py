"""Linking by name, date and place, for rows that no number links: first what agrees wholly, then by the model.

A unit is a proposed new person: one row of a return, or several that share a number. It is linked to one person of
the record at most, and each person to one unit.
"""

from __future__ import annotations

import polars as pl

from cohort.vault import agree, weigh
from cohort.vault.agree import KNOWN
from cohort.vault.model import MODEL, TF, Model
from cohort.vault.record import Record

EXACT = "name_date_postcode"
MODELLED = "model"
WHOLE = ("surname", "forename", "birth_date", "postcode")
LINKS = {"unit": pl.String, "person_id": pl.String, "rule_code": pl.String, "weight": pl.Float64}
EXPECTED = 0.5
"""The share of open rows whose child is expected to be in the record: the prior odds of the model."""
FEWEST = 1_000
"""A record is taken to be no smaller than this: among few persons chance agreements look like proof."""


def by_name(units: pl.DataFrame, known: pl.DataFrame, record: Record, model: Model = MODEL) -> pl.DataFrame:
    """Links (LINKS) of units (unit, ROW) to persons of `known` (person_id, ROW), who are free to be linked by name."""
    if known.is_empty():
        return pl.DataFrame(schema=LINKS)
    exact = _exactly(units, known)
    open_units = units.join(exact, on="unit", how="anti")
    free = known.join(exact, on="person_id", how="anti")
    return pl.concat([exact, _modelled(open_units, free, record, model)])


def _exactly(units: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Surname, forename, date and postcode are the same, and nobody else's."""
    whole = units.join(known, on=WHOLE, suffix=KNOWN).with_columns(pl.col(key).alias(f"{key}{KNOWN}") for key in WHOLE)
    pairs = whole.filter(agree.may_be_linked_by_name(), ~agree.differs("sex")).select("unit", "person_id").unique()
    alone = [pl.len().over(side) == 1 for side in ("unit", "person_id")]
    return pairs.filter(*alone).select(
        "unit", "person_id", pl.lit(EXACT).alias("rule_code"), pl.lit(1.0).alias("weight")
    )


def _modelled(units: pl.DataFrame, known: pl.DataFrame, record: Record, model: Model) -> pl.DataFrame:
    counted, rows = weigh.count(units, keys=TF), units.height + record.n_rows
    units, known = _partners(units, known, model)
    if units.is_empty():
        return pl.DataFrame(schema=LINKS)
    frequencies = pl.concat([counted, record.frequencies]).group_by("key", "token").agg(pl.col("n").sum())
    prior = EXPECTED / max(record.persons, FEWEST)
    pairs = weigh.pairs(units, known, model, prior=prior, frequencies=frequencies, rows=rows)
    lawful = _lawful(pairs, units, known).select(
        pl.col("unit").alias("left"), pl.col("person_id").alias("right"), "weight"
    )
    best = weigh.one_to_one(lawful)
    probability = pl.col("weight").map_elements(weigh.probability, return_dtype=pl.Float64)
    return best.select(
        pl.col("left").alias("unit"),
        pl.col("right").alias("person_id"),
        pl.lit(MODELLED).alias("rule_code"),
        probability.alias("weight"),
    )


def _partners(units: pl.DataFrame, known: pl.DataFrame, model: Model) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of each side that meet in a block one of the other whom they may be: nobody else need be weighed."""
    left, right = units.with_row_index("left"), known.with_row_index("right")
    right = right.rename({name: f"{name}{KNOWN}" for name in right.columns if name != "right"})
    met = [pl.DataFrame(schema={"left": pl.UInt32, "right": pl.UInt32})]
    for block in model.blocks:
        ours, theirs = [key for key, _ in block], [f"{key}{KNOWN}" for _, key in block]
        both = left.join(right, left_on=ours, right_on=theirs, how="inner", coalesce=False)
        met.append(both.filter(agree.may_be_linked_by_name()).select("left", "right"))
    pairs = pl.concat(met)
    return units[pairs["left"].unique().sort()], known[pairs["right"].unique().sort()]


def _lawful(pairs: pl.DataFrame, units: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Pairs that no rule forbids, whatever they weigh."""
    left = units.with_row_index("left").with_columns(pl.col("left").cast(pl.Int64))
    right = known.with_row_index("right").with_columns(pl.col("right").cast(pl.Int64))
    beside = pairs.join(left, on="left").join(right, on="right", suffix=KNOWN)
    return beside.filter(agree.may_be_linked_by_name())


def shared_within(own: pl.DataFrame) -> pl.DataFrame:
    """Rows of one return (person_row, ROW) that are one child by whole agreement: person_row and a token they share.

    Only where no two numbers speak against it: two UPNs under one name and date are a query to the authority.
    """
    sex = pl.col("sex").fill_null(b"")
    whole = own.drop_nulls(list(WHOLE)).with_columns(
        token=pl.concat_list(*(pl.col(key).bin.encode("hex") for key in WHOLE), sex.bin.encode("hex"))
        .list.join("")
        .str.encode("hex")
        .str.decode("hex")
    )
    numbers = [pl.col(number).drop_nulls().n_unique().over("token") <= 1 for number in ("upn", "uln")]
    return whole.filter(pl.len().over("token") > 1, *numbers).select("person_row", "token")
