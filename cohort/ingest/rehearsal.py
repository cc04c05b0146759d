"""A dry run: a return is judged before its census day has come, from an extract of the autumn.

Two things refuse such a file elsewhere: its reference date is the day of the extract, and its year may be the one
after the last that is read. Here both are let through. Everything else is judged as ever, but for the rules that
look at census day: of a day that has not come they would say that nobody is placed on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cohort.ingest.format import ReturnFormat
from cohort.ingest.rule import Rule

CENSUS = "return.census_date"
"""What a rule, or a fact that it looks at, sees of census day."""


def rehearsed(formats: Mapping[str, ReturnFormat]) -> dict[str, ReturnFormat]:
    """Formats for a dry run: the year after the last is read as the last one is."""
    return {
        name: replace(form, years=range(form.years.start, form.years.stop + 1), is_dry_run=True)
        for name, form in formats.items()
    }


def awaits_census_day(rule: Rule, form: ReturnFormat) -> bool:
    """Whether a rule must wait for census day: it looks at that day, or at a count made on it."""
    if not form.is_dry_run:
        return False
    counted = {fact.name for fact in form.facts if CENSUS in fact.expression().meta.root_names()}
    names = {name.rpartition(".")[2] for name in rule.looks_at}
    return bool(names & {CENSUS.rpartition(".")[2], *counted})
