"""Every rule is proved by its own example, and none can see an identifier."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl
import pytest

from cohort import example
from cohort.errors import DeclarationError
from cohort.ingest import check as station
from cohort.ingest.check import check, rules
from cohort.ingest.format import Level, Role
from cohort.ingest.formats.sen2 import SEN2
from cohort.ingest.past import looked_at
from cohort.ingest.proof import BREAKS, Types, format_of, given_rows, prove, types_seen, year_of_proof
from cohort.ingest.rule import Rule
from cohort.ingest.rule import rule as declare
from cohort.ingest.words import sentence, words
from tests.build import linked, person, sen2

RULES = [rule for rule in rules().values() if rule.table in SEN2.by_stored]
FORMED = re.compile(r"^[A-Z]+-[0-9]{2}$")


def types_of(rule: Rule) -> Types:
    return types_seen(rule, format_of(rule))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_judges_its_example_as_the_example_says(rule: Rule) -> None:
    prove(rule, types_of(rule), year_of_proof(rule, format_of(rule)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_unknown_never_breaks_a_rule_of_comparison(rule: Rule) -> None:
    """Of a row of nulls only the two rules of presence speak that ask for nothing but presence."""
    nothing = pl.DataFrame({name: pl.Series([None], dtype=kind) for name, kind in types_of(rule).items()})
    of_presence_alone = {"PLANDETAIL-01", "PLACEMENTDETAIL-01"}
    assert nothing.select(rule.broken).to_series().to_list() == [rule.code in of_presence_alone]


def test_there_are_two_hundred_rules_over_all_eight_tables_at_both_levels() -> None:
    assert len(RULES) >= 200
    assert {rule.table for rule in RULES} >= {table.stored for table in SEN2.tables}
    for table in SEN2.tables:
        assert any(r.table == table.stored and r.level is Level.ERROR for r in RULES), table.name
    assert {rule.level for rule in RULES} == {Level.ERROR, Level.QUERY}


def test_codes_are_the_tables_name_and_a_number() -> None:
    for rule in RULES:
        assert FORMED.match(rule.code)
        names = {format_of(rule).by_stored[rule.table].name.upper()}
        assert rule.code.split("-")[0] in {*names, "YEARS", "ELSEWHERE", "RETURN"}
        assert rule.code.startswith("RETURN") == bool(rule.counts)
        assert rule.code.startswith(("YEARS", "ELSEWHERE")) == (bool(looked_at(rule)) and not rule.counts)


def test_the_numbers_of_a_table_run_without_a_gap() -> None:
    numbers: dict[str, list[int]] = {}
    for rule in RULES:
        name, number = rule.code.split("-")
        numbers.setdefault(name, []).append(int(number))
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in numbers.values())


def test_every_rule_speaks_of_an_item_of_its_table_or_of_a_record() -> None:
    for rule in RULES:
        form = format_of(rule)
        assert form.tag(form.by_stored[rule.table], rule.column)
    with pytest.raises(DeclarationError, match="no such_column"):
        SEN2.tag(SEN2.tables[0], "such_column")


def test_sentences_and_advice_are_sentences() -> None:
    for rule in RULES:
        for text in (rule.sentence, rule.advice):
            assert text[0].isupper()
            assert text.endswith(".")
            assert "{" not in text


def test_rules_of_one_table_say_different_things() -> None:
    said = [(rule.table, rule.column, rule.sentence) for rule in RULES]
    assert len(set(said)) == len(said)


def test_what_an_example_leaves_out_is_null_but_for_its_place_and_the_returns_own_values() -> None:
    late = rules()["REQUESTS-02"]
    rows = given_rows(late, types_of(late), 2024)
    assert rows["row_number"].to_list() == [1, 2, 3, 4]
    assert rows["return.year"].to_list() == [2024] * 4
    assert rows["outcome_code"].null_count() == 4


# --- sabotage: each safety, switched off ---------------------------------------------------------------------


def declared(expression: pl.Expr, table: str = "person_trait", text: str = "") -> Rule:
    """A rule made up for a test."""
    shown = text or "has_upn || breaks\nyes || yes\nno || no"
    made = declare("TEST-01", table=table, column="sex_code", sentence="S.", advice="A.", example=shown)
    return made(lambda: expression)


IDENTIFIERS = [column.stored for column in SEN2.tables[0].columns if column.role is not Role.PAYLOAD]


@pytest.mark.parametrize("name", IDENTIFIERS)
def test_no_rule_sees_an_identifier(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    nosy = declared(pl.col(name).is_not_null())
    with pytest.raises(DeclarationError, match=f"TEST-01 looks at .*{name}"):
        prove(nosy, types_of(nosy), 2024)
    monkeypatch.setattr(station, "rules", lambda: {"TEST-01": nosy})
    with pytest.raises(DeclarationError, match=f"TEST-01 looks at .*{name}"):
        check(linked(sen2(person())))


@pytest.mark.parametrize("name", IDENTIFIERS)
def test_no_rule_sees_an_identifier_of_the_person_from_below(name: str) -> None:
    nosy = declared(pl.col(f"person.{name}").is_not_null(), table="placement")
    with pytest.raises(DeclarationError, match="looks at"):
        prove(nosy, types_of(nosy), 2024)


@pytest.mark.parametrize("selector", [pl.all(), pl.col("^.*name$"), pl.col("upn", "uln")], ids=["all", "regex", "two"])
def test_no_rule_hides_what_it_looks_at(selector: pl.Expr) -> None:
    with pytest.raises(DeclarationError, match="TEST-01 must name each column"):
        declared(pl.any_horizontal(selector.is_null()))


def test_an_example_cannot_name_what_its_rule_would_not_see() -> None:
    nosy = declared(pl.col("has_upn"), text="has_upn | surname || breaks\nyes | x || yes\nno | y || no")
    with pytest.raises(DeclarationError, match="unknown columns"):
        prove(nosy, types_of(nosy), 2024)


def test_a_rule_that_is_the_wrong_way_round_fails_its_example() -> None:
    for right in RULES:
        wrong = replace(right, broken=~right.broken)
        with pytest.raises(DeclarationError, match="otherwise than the example says"):
            prove(wrong, types_of(right), year_of_proof(right, format_of(right)))


@pytest.mark.parametrize("only", ["yes", "no"])
def test_an_example_without_both_kinds_of_rows_is_refused(only: str) -> None:
    one_sided = declared(pl.col("has_upn"), text=f"has_upn || breaks\n{only} || {only}")
    with pytest.raises(DeclarationError, match="rows that break it and rows that do not"):
        prove(one_sided, types_of(one_sided), 2024)


def test_every_example_has_both_kinds_of_rows() -> None:
    for rule in RULES:
        read = example.read(rule.example, {**types_of(rule), BREAKS: pl.Boolean})
        assert set(read.expected[BREAKS]) == {True, False}, rule.code


# --- words ---------------------------------------------------------------------------------------------------


def test_every_code_of_the_stair_has_words() -> None:
    said = words()
    assert set(rules()) <= set(said)
    assert {"READ-01", "CELL-01", "LINK-01"} <= set(said)
    assert said["PERSON-06"].dfe_rule == "1520"
    assert all(cause.sentence and cause.advice for cause in said.values())


def test_a_sentence_names_the_item() -> None:
    assert sentence("CELL-01", "Sex") == "Sex is absent."
    assert sentence("PERSON-06", "UPN") == "No two records share a UPN."


def test_the_words_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        words()["CELL-01"] = words()["CELL-02"]  # type: ignore[index]
