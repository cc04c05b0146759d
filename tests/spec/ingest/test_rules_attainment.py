"""Every rule on results is proved by its own example, and says so in sentences."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl
import pytest

from cohort.errors import DeclarationError
from cohort.ingest.check import rules
from cohort.ingest.format import Level
from cohort.ingest.formats.key_stage_2 import KEY_STAGE_2
from cohort.ingest.proof import Types, format_of, prove, visible_types, year_of_proof
from cohort.ingest.rule import Rule
from cohort.ingest.words import sentence

RULES = [rule for rule in rules().values() if rule.table == "attainment"]
AT_LEAST = 36


def types_of(rule: Rule) -> Types:
    form = format_of(rule)
    return visible_types(form.collection, year_of_proof(rule, form))[rule.table]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_judges_its_example_as_the_example_says(rule: Rule) -> None:
    year = year_of_proof(rule, format_of(rule))
    prove(rule, types_of(rule), year)
    with pytest.raises(DeclarationError, match="otherwise than the example says"):
        prove(replace(rule, broken=~rule.broken), types_of(rule), year)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_unknown_breaks_no_rule(rule: Rule) -> None:
    nothing = pl.DataFrame({name: pl.Series([None], dtype=kind) for name, kind in types_of(rule).items()})
    assert nothing.select(rule.broken).to_series().to_list() == [False]


def test_rules_are_numbered_without_a_gap_bear_the_tables_name_and_are_of_both_levels() -> None:
    assert sorted(rule.code for rule in RULES) == [f"ATTAINMENT-{n:02}" for n in range(1, len(RULES) + 1)]
    assert len(RULES) >= AT_LEAST
    assert {rule.level for rule in RULES} == {Level.ERROR, Level.QUERY}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_speaks_of_an_item_in_sentences(rule: Rule) -> None:
    item = KEY_STAGE_2.tag(KEY_STAGE_2.by_stored["attainment"], rule.column)
    for said in (sentence(rule.code, item), rule.advice):
        assert re.fullmatch(r"[A-Z0-9].*[.?]", said)
