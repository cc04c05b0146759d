"""Pupils, what they reach and what they miss, as the DfE counts them."""

from __future__ import annotations

import polars as pl

from synthetic.target import Tables

PLAN, SUPPORT, NONE = ("E", "S"), ("K", "A", "P"), ("N",)
"""SEN provision: a plan or statement, support or the stages before it, none."""
SPRING = "SPR"
ALL_TERMS = ("AUT", SPRING, "SUM")


def censuses(tables: Tables, first: int, last: int, term: str = SPRING) -> pl.LazyFrame:
    """Pupils on roll in a term's censuses of these school years, subsidiary registrations and guests left out."""
    is_counted = pl.col("enrolment_code").is_null() | pl.col("enrolment_code").is_in(["C", "M"])
    in_time = pl.col("academic_year").is_between(first, last) & (pl.col("term_code") == term)
    return tables["enrolment"].filter(in_time, is_counted)


def pupils(tables: Tables, year: int) -> pl.LazyFrame:
    """Pupils on roll in the spring census of the school year."""
    return censuses(tables, year, year)


def with_status(*codes: str) -> pl.Expr:
    """SEN provision is one of these."""
    return pl.col("sen_provision_code").is_in(list(codes))


def leavers(tables: Tables, year: int, *codes: str, last: int | None = None) -> pl.LazyFrame:
    """Pupils at the end of key stage 4, aged 15 at its start, with one of these SEN provisions then; of one school
    year, or of those from it to the last."""
    of_age = pl.col("age_on_31_august") == 15
    return censuses(tables, year, last or year).filter(of_age, with_status(*codes))


def attained(tables: Tables, measure: str, year: int) -> pl.LazyFrame:
    """Results given of an outcome measure in a school year."""
    return tables["attainment"].filter(
        pl.col("academic_year") == year, pl.col("measure_code") == measure, pl.col("value_status_code") == "V"
    )


def of(rows: pl.LazyFrame, persons: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of these persons."""
    return rows.join(persons.select("person_id"), on="person_id", how="semi")


def flagged(rows: pl.LazyFrame, persons: pl.LazyFrame) -> pl.LazyFrame:
    """Rows with `is_found`: whether the person is among these; null else."""
    marks = persons.select("person_id").unique().with_columns(is_found=pl.lit(value=True))
    return rows.join(marks, on="person_id", how="left")


def absence(tables: Tables, year: int, terms: tuple[str, ...], persons: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """Enrolments with `possible` and `missed` sessions in these terms, aged 5 to 15, and `authority_code`."""
    told = tables["attendance"].filter(pl.col("academic_year") == year, pl.col("term_code").is_in(terms))
    missed = pl.col("authorised_sessions").fill_null(0) + pl.col("unauthorised_sessions").fill_null(0)
    of_age = persons if persons is not None else pupils(tables, year)
    counted = of(told, of_age.filter(pl.col("age_on_31_august").is_between(5, 15)))
    sums = counted.group_by("person_id", "urn", "authority_code").agg(
        possible=pl.col("possible_sessions").sum(), missed=missed.sum()
    )
    return sums.filter(pl.col("possible") > 0)
