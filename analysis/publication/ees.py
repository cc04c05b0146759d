"""Open-data files in the layout of the DfE's Explore Education Statistics: a data file a theme, and its metadata.

Symbols of the Government Statistical Service: c withheld, x not available, z not applicable.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from analysis.levels import LOCAL
from analysis.measure import Kind, Measure, measures
from analysis.publication.edition import Edition, period
from analysis.release import Status
from analysis.themes import Theme

COUNTRY = ("E92000001", "England")
WITHHELD, UNAVAILABLE, INAPPLICABLE = "c", "x", "z"
FILTERS = {"measure": "Measure", "sen_status": "SEN status"}
INDICATORS = {
    "numerator": ("Number counted", "", 0),
    "denominator": ("Out of", "", 0),
    "percentage": ("Percentage", "%", 1),
    "rate": ("Rate", "", 1),
    "value": ("Mean or median, in the unit that stands with the measure", "", 2),
    "lower": ("95% interval, lower end", "", 1),
    "upper": ("95% interval, upper end", "", 1),
    "funnel_z": ("Distance from England in the funnel, in standard deviations", "", 2),
    "rank_lower": ("95% interval of the rank, lower end (1 is the lowest figure)", "", 0),
    "rank_upper": ("95% interval of the rank, upper end", "", 0),
    "ranked": ("Authorities ranked", "", 0),
}
"""Column → label, unit, decimal places."""


def files(edition: Edition) -> Iterable[tuple[str, bytes]]:
    """Name and content of each file."""
    for name, theme, _ in edition.themes():
        cells = edition.cells.filter(theme=name)
        yield f"{name}.csv", _data(cells, theme, edition.places).write_csv().encode()
        yield f"{name}.meta.csv", _meta().write_csv().encode()


def _data(cells: pl.DataFrame, theme: Theme, places: pl.DataFrame) -> pl.DataFrame:
    years = {year: period(theme, year) for year in cells["year"].unique()}
    codes = places.select("authority_code", "ons_code")
    regions = places.select("region", "region_code").unique()
    coded = cells.join(codes, on="authority_code", how="left", maintain_order="left")
    coded = coded.join(regions, on="region", how="left", maintain_order="left")
    is_local = pl.col("geographic_level") == LOCAL
    return coded.select(
        pl.col("year").replace_strict(years, return_dtype=pl.String).alias("time_period"),
        pl.lit(theme.period).alias("time_identifier"),
        "geographic_level",
        pl.lit(COUNTRY[0]).alias("country_code"),
        pl.lit(COUNTRY[1]).alias("country_name"),
        "region_code",
        pl.col("region").alias("region_name"),
        pl.col("ons_code").alias("new_la_code"),
        pl.col("authority_code").alias("old_la_code"),
        pl.when(is_local).then("authority").alias("la_name"),
        pl.col("measure").replace_strict(TITLES).alias("measure"),
        "sen_status",
        *_figures(),
    )


def _column(measure: Measure) -> str:
    """The indicator in which a measure's figure stands."""
    return "percentage" if measure.is_percentage else "rate" if measure.kind is Kind.RATE else "value"


TITLES = {
    name: measure.title if _column(measure) != "value" else f"{measure.title} ({measure.unit})"
    for name, measure in measures().items()
}


def _figures() -> Iterable[pl.Expr]:
    columns = pl.col("measure").replace_strict({name: _column(measure) for name, measure in measures().items()})
    per = pl.col("measure").replace_strict({name: m.per for name, m in measures().items()}, return_dtype=pl.Int64)
    counted = pl.col("measure").is_in([name for name, measure in measures().items() if measure.counts])
    scale = pl.when(counted & (columns == "percentage")).then(100).otherwise(per)
    lacking = pl.when(pl.col("status") == Status.SHOWN.word).then(pl.lit(UNAVAILABLE)).otherwise(pl.lit(WITHHELD))
    inapplicable = pl.lit(INAPPLICABLE)
    for name in ("numerator", "denominator"):
        yield pl.when(counted).then(_text(pl.col(name), name, lacking)).otherwise(inapplicable).alias(name)
    for name in ("percentage", "rate", "value"):
        figure = _text(pl.col("value") * scale, name, lacking)
        yield pl.when(columns == name).then(figure).otherwise(inapplicable).alias(name)
    yield _text(pl.col("low") * scale, "lower", lacking)
    yield _text(pl.col("high") * scale, "upper", lacking)
    for name, column in (("funnel_z", "z"), ("rank_lower", "rank_low"), ("rank_upper", "rank_high"), ("ranked",) * 2):
        yield _text(pl.col(column), name, inapplicable)


def _text(number: pl.Expr, name: str, otherwise: pl.Expr) -> pl.Expr:
    """A figure to its decimal places, or the symbol that stands for it."""
    places = INDICATORS[name][2]
    rounded = number.cast(pl.Float64).round(places)
    text = rounded.cast(pl.Int64).cast(pl.String) if places == 0 else rounded.cast(pl.String)
    return pl.when(number.is_not_null()).then(text).otherwise(otherwise).alias(name)


def _meta() -> pl.DataFrame:
    """One row a column that is a filter or an indicator, as EES asks for them."""
    filters = [(name, "Filter", label, "", "", "", "", "") for name, label in FILTERS.items()]
    indicators = [
        (name, "Indicator", label, "", unit, str(places), "", "") for name, (label, unit, places) in INDICATORS.items()
    ]
    heads = ("col_name", "col_type", "label", "indicator_grouping", "indicator_unit", "indicator_dp")
    return pl.DataFrame([*filters, *indicators], schema=[*heads, "filter_hint", "filter_grouping_column"], orient="row")
