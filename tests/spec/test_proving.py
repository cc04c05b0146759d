"""The gates of recovery studies open for a right method and close for a wrong one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.proving import Found, gate, level, recovery, table

WORLDS = 400


def mean_of_fifty(seed: int, *, shift: float = 0.0, stretch: float = 1.0) -> Found:
    drawn = np.random.default_rng([7, seed]).normal(2.0, 1.0, 50)
    mean, se = drawn.mean() + shift, stretch * drawn.std(ddof=1) / np.sqrt(50)
    return Found(mean, se, mean - 2.0096 * se, mean + 2.0096 * se, 2.0)  # t quantile, 49 degrees of freedom


def test_a_right_method_passes() -> None:
    recovery("A0", "a mean", "t interval", WORLDS, mean_of_fifty).holds()


@pytest.mark.parametrize("wrong", [{"shift": 0.05}, {"stretch": 0.8}, {"stretch": 1.4}])
def test_a_wrong_method_does_not(wrong: dict[str, float]) -> None:
    with pytest.raises(AssertionError):
        recovery("A0", "a mean", "wrong", WORLDS, partial(mean_of_fifty, **wrong)).holds()


def test_a_trap_that_does_not_spring_is_told() -> None:
    with pytest.raises(AssertionError):
        recovery("A0", "a mean", "t interval", WORLDS, mean_of_fifty).fails(coverage_below=0.9)
    recovery("A0", "a mean", "far off", WORLDS, partial(mean_of_fifty, shift=0.5)).fails(
        coverage_below=0.1, bias_above=0.4
    )


def test_the_table_keeps_the_longest_run_of_each_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    monkeypatch.setenv("COHORT_PROOF_LOG", str(log))
    for worlds in (WORLDS, 100):
        recovery("A0", "a mean", "t interval", worlds, mean_of_fifty).holds()
    gate("A0", "a trap", "power", WORLDS, 0.9, least=0.8)
    lines = table(log).splitlines()
    assert len(lines) == 3 + 4
    assert "| 400 |" in lines[2]
    assert lines[-1] == "| A0 | a trap | power | 400 | 0.9 | at least 0.8 |"


@pytest.mark.parametrize("bounds", [{"least": 0.95}, {"most": 0.5}])
def test_a_figure_out_of_its_bounds_is_told(bounds: dict[str, float]) -> None:
    with pytest.raises(AssertionError):
        gate("A0", "a trap", "power", WORLDS, 0.9, **bounds)


def test_a_test_that_rejects_too_often_or_never_is_told() -> None:
    level("A0", "null", "rejects", [True] * 20 + [False] * 380)
    for rejected in ([True] * 60 + [False] * 340, [False] * 400):
        with pytest.raises(AssertionError):
            level("A0", "null", "rejects", rejected)
