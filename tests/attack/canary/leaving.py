"""The record goes on: its keys are rotated, and some of the children ask to be let go."""

from __future__ import annotations

import pytest

from tests.attack.canary import files
from tests.attack.canary.children import Canary
from tests.attack.canary.life import Life, breakdown

BY_ROW, BY_NUMBERS, OBJECTING, STAYING, OTHER = files.GOOD[:5]
"""Erased as a row of a return; erased for good by an objection; left out of snapshots; and two who stay."""
FIRST = "1"
"""The submission of the first good return."""


def rotate(life: Life) -> None:
    """A rotation that breaks down, with what it worked on in the error's own words; then one that is finished."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cohort.vault.rotate.carried", breakdown)
        assert life.cohort("keys", "rotate", "--yes") == 1
    assert life.cohort("keys", "rotate", "--yes") == 0
    assert life.cohort("keys", "status") == 0


def leave(life: Life) -> None:
    """Sought in vain, counted, erased and barred, left out; then their authority sends them again."""
    _ask_in_vain(life)
    assert life.cohort("erase", "--ask", told=_numbers(BY_NUMBERS)) == 0, "counted only"
    assert life.cohort("erase", "--ask", "--ground", "objection", "--yes", told=_numbers(BY_NUMBERS)) == 0
    row = str(1 + files.GOOD.index(BY_ROW))
    assert life.cohort("erase", "--submission", FIRST, "--row", row, "--yes", "--json") == 0
    assert life.cohort("objection", "enter", "--ask", told=_numbers(OBJECTING)) == 0
    assert life.cohort("retention", "--as-of", "2060-01-01") == 0, "counted only"
    assert life.cohort("erasures", "list") == 0
    assert life.cohort("erasures", "export", life.place("backups") / "erasures.json") == 0
    again = life.upload("returned.xml", files.returned())
    assert life.cohort("ingest", again, "--account", "la-201", *files.EXPLAINED) == 0, (
        "under the new key, without whom is barred"
    )


def _ask_in_vain(life: Life) -> None:
    """Nobody is meant, or two are, or this software breaks down with the numbers in the error's own words."""
    assert life.cohort("erase", "--ask", "--yes", told=_numbers(files.CRASHING[-1])) == 2, "not in the record"
    assert life.cohort("erase", "--ask", "--yes", told=f"{STAYING.upn}\n{OTHER.uln}\n") == 2, "two persons"
    assert life.cohort("erase", "--ask", "--yes", told=f"{STAYING.surname}\n{STAYING.upn}\n") == 2, "no numbers"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cohort.vault.whose.of_numbers", breakdown)
        assert life.cohort("erase", "--ask", "--yes", told=_numbers(STAYING)) == 1


def _numbers(child: Canary) -> str:
    return f"{child.upn}\n{child.uln}\n"
