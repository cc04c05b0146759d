"""Every rule on what stands around plans, on authorities and on children out of school is proved by its own example."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl
import pytest

from cohort.errors import DeclarationError
from cohort.ingest.check import rules
from cohort.ingest.format import Level
from cohort.ingest.proof import Types, format_of, prove, visible_types, year_of_proof
from cohort.ingest.rule import Rule
from cohort.ingest.words import sentence

TABLES = (
    *("alternative_provision", "sen_need", "home_education", "out_of_school", "person_exit"),
    *("advice", "plan_draft", "diagnosis_referral"),
    *("plan_version", "section_need", "section_outcome", "outcome_review", "section_placement"),
    *("annual_review", "phase_transfer", "personal_budget", "authority_move"),
    *("authority_workforce", "high_needs_year", "authority_policy", "area_inspection"),
    *("board_year", "board_recommendation"),
    *("care_spell", "social_care_spell", "youth_justice_spell"),
)
RULES = [rule for rule in rules().values() if rule.table in TABLES]
AT_LEAST = 6


def types_of(rule: Rule) -> Types:
    form = format_of(rule)
    return visible_types(form.collection, year_of_proof(rule, form))[rule.table]


@pytest.mark.parametrize("stored", TABLES)
def test_the_rules_of_a_table_judge_their_examples_as_these_say_and_turned_round_do_not(stored: str) -> None:
    for rule in (rule for rule in RULES if rule.table == stored):
        year = year_of_proof(rule, format_of(rule))
        prove(rule, types_of(rule), year)
        with pytest.raises(DeclarationError, match="otherwise than the example says"):
            prove(replace(rule, broken=~rule.broken), types_of(rule), year)


@pytest.mark.parametrize("stored", TABLES)
def test_unknown_breaks_no_rule_of_a_table(stored: str) -> None:
    for rule in (rule for rule in RULES if rule.table == stored):
        nothing = pl.DataFrame({name: pl.Series([None], dtype=kind) for name, kind in types_of(rule).items()})
        assert nothing.select(rule.broken).to_series().to_list() == [False], rule.code


@pytest.mark.parametrize("stored", TABLES)
def test_rules_of_a_table_are_numbered_without_a_gap_and_bear_its_name(stored: str) -> None:
    of_table = sorted((rule for rule in RULES if rule.table == stored), key=lambda rule: rule.code)
    name = format_of(of_table[0]).by_stored[stored].name.upper()
    assert [rule.code for rule in of_table] == [f"{name}-{n:02}" for n in range(1, len(of_table) + 1)]
    assert len(of_table) >= AT_LEAST
    assert {rule.level for rule in of_table} == {Level.ERROR, Level.QUERY}


def test_a_rule_speaks_of_an_item_of_its_table_in_sentences() -> None:
    for rule in RULES:
        form = format_of(rule)
        item = form.tag(form.by_stored[rule.table], rule.column)
        for said in (sentence(rule.code, item), rule.advice):
            assert re.fullmatch(r"[A-Z0-9].*[.?]", said)
