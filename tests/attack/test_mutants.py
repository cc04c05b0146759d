"""Mutants: returns broken at random climb the whole stair and are reported; nothing but a code may come of it.

A share is tried here; a hundred thousand by `make proof`, which prints what became of them.
"""

from __future__ import annotations

import logging

import pytest

from cohort.errors import ReturnRefused
from cohort.ingest import judge as judging
from cohort.ingest import report
from tests.attack.mutants import trial
from tests.attack.mutants.container import CANARIES, FORENAME, herd
from tests.attack.mutants.trial import Verdicts, files, herds, hold, tried

SEED = 25


def test_a_share_of_the_mutants_is_read_or_refused_and_repeats_nothing() -> None:
    verdicts = Verdicts()
    herds(SEED, 14, 100, verdicts)
    files(SEED, 100, verdicts)
    assert verdicts.mutants == 1500
    assert verdicts.read >= 30, "too few get behind the reader to prove anything of what stands there"
    assert len(verdicts.refused) >= 8
    assert len(verdicts.found) >= 35


@pytest.mark.slow
def test_a_hundred_thousand_mutants_are_read_or_refused_and_repeat_nothing() -> None:
    verdicts = Verdicts()
    herds(SEED, 560, 125, verdicts)
    files(SEED, 30_000, verdicts)
    assert verdicts.mutants == 100_000
    print(verdicts)


def test_an_unbroken_herd_is_read_and_its_names_are_there_to_be_repeated() -> None:
    given = herd(0, 7)
    outcome, said = tried(given)
    assert outcome.rows["Person"] == 7
    assert not trial.echoed(said)
    assert all(canary.encode() in given.content for canary in CANARIES if canary != "Kakapo")


# Controls: each thing that is watched for is seen where it happens.


def test_a_value_in_a_log_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def chatty(parsed: object, *rest: object, **more: object) -> object:
        logging.getLogger("anything").debug("%s", parsed.tables["person"]["forename"].to_list())  # type: ignore[attr-defined]
        return pseudonymise(parsed, *rest, **more)

    pseudonymise = judging.pseudonymise
    monkeypatch.setattr(judging, "pseudonymise", chatty)
    with pytest.raises(AssertionError, match=FORENAME):
        hold(herd(0, 1), Verdicts(), 1, fully=False)


def test_a_value_in_an_error_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def quoting(*_: object, **__: object) -> object:
        raise ReturnRefused("XML-01", f"Not well formed near {FORENAME}.")

    monkeypatch.setattr(judging, "read_return", quoting)
    with pytest.raises(AssertionError, match="came back"):
        hold(herd(0, 1), Verdicts(), 1, fully=False)


def test_an_error_without_a_code_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(report.KINDS, "text", lambda *_: str(1 / 0))
    with pytest.raises(AssertionError, match="nobody's error"):
        hold(herd(0, 1), Verdicts(), 1, fully=False)


def test_a_slow_mutant_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "SLOW", 0.0)
    with pytest.raises(AssertionError, match="the mutant"):
        hold(herd(0, 1), Verdicts(), 1, fully=False)
