"""A world whose truth is known: nobody is linked to another, hardly anybody is missed, in no group more than in others.

The whole cascade: by number with agreement, by name, by the model. No number of the model was fitted to this world.
The rules about twins were made while looking at seeds 1, 2 and 14, so the seeds here are others.
"""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cohort.vault import agree, names
from cohort.vault.keys import KeyRing
from synthetic.linkage import LinkageWorld, make
from tests.linkage import Verdict, judge

RING = KeyRing((bytes(range(32)),))
CHILDREN = 20_000
SEEDS = (26, 31)


@cache
def world(seed: int) -> LinkageWorld:
    return make(CHILDREN, seed)


@cache
def verdict(seed: int) -> Verdict:
    return judge(world(seed), RING)


@pytest.mark.parametrize("seed", SEEDS)
def test_links_are_right_and_hardly_any_is_missed(seed: int) -> None:
    assert verdict(seed).precision >= 0.9999
    assert verdict(seed).recall >= 0.995


@pytest.mark.parametrize("seed", SEEDS)
def test_no_twins_are_merged(seed: int) -> None:
    assert verdict(seed).twins_merged(world(seed).twins) == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_no_ethnic_group_is_linked_a_point_less_than_another(seed: int) -> None:
    assert verdict(seed).gap <= 0.01


def test_every_step_of_the_cascade_has_work_and_says_what_it_did() -> None:
    rules = verdict(SEEDS[0]).second.counts["by_rule"]
    assert set(rules) == {"upn", "former_upn", "uln", "name_date_postcode", "model", "new"}  # type: ignore[arg-type]
    by_model = verdict(SEEDS[0]).second.links.filter(rule_code="model")["weight"]
    assert by_model.is_between(0.99, 1.0).all()


def crowded(seed: int) -> LinkageWorld:
    """Twins in every fourth family, half of them with names alike, a third without numbers."""
    from dataclasses import replace

    from synthetic import linkage

    few = replace(linkage.Rates(), twins=0.5, alike_twins=0.5, has_uln=0.0, reported=0.6)
    groups = linkage.GROUPS
    try:
        linkage.GROUPS = tuple(replace(group, no_upn=0.35) for group in groups)
        return make(4_000, seed, few)
    finally:
        linkage.GROUPS = groups


def test_twins_without_numbers_stay_two() -> None:
    there = crowded(3)
    assert judge(there, RING).twins_merged(there.twins) == 0


def _always() -> pl.Expr:
    return pl.lit(value=True)


def test_with_the_rule_for_twins_switched_off_twins_are_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agree, "may_be_linked_by_name", _always)
    there = crowded(3)
    assert judge(there, RING).twins_merged(there.twins) > 0


def test_with_the_look_beside_the_number_switched_off_children_are_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agree, "agrees_beside_number", _always)
    assert judge(world(SEEDS[0]), RING).precision < 0.9999


def test_without_the_model_children_are_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_modelled", lambda *_: pl.DataFrame(schema=names.LINKS))
    assert judge(world(SEEDS[0]), RING).recall < verdict(SEEDS[0]).recall - 0.003


def test_to_leave_out_who_meets_nobody_that_they_may_be_changes_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    there = crowded(3)
    few = judge(there, RING)
    monkeypatch.setattr(names, "_partners", lambda units, known, _: (units, known))
    all_weighed = judge(there, RING)
    assert few.second.links["rule_code"].value_counts().filter(rule_code="model")["count"].item() > 50
    assert_frame_equal(few.rows.select("child", "linked"), all_weighed.rows.select("child", "linked"))
    assert few.second.links["weight"].equals(all_weighed.second.links["weight"])
