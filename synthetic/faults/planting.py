"""Planting in one return: faults are drawn, tried out together, and those that draw just their own findings stay.

What has company is drawn anew, of recipes that have kept their promise or of which nothing is known yet, a bounded
number of times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from cohort.ingest.parse import PERSON_ROW
from synthetic.faults.changes import FAULT, Faults, together
from synthetic.faults.recipe import LOT, Ground, Recipe
from synthetic.faults.trial import Trial, tried

ROUNDS = 8
"""How often faults are drawn."""
LOTS = 3
"""At how many places a recipe is tried in a round for each fault that is asked, where there are persons enough."""
ENOUGH = 2.5
"""How many faults the recipes tried in a round are to promise for each that is asked."""
HOPE = 0.05
"""Of a code none of whose recipes promises as much no more is asked."""
TURN = "\0turn"


@dataclass
class Record:
    """How often a recipe was tried, and how often it drew just its own findings."""

    tries: int = 0
    hits: int = 0

    @property
    def promise(self) -> float:
        """Its expected share of hits; a half where nothing is known."""
        return (self.hits + 1) / (self.tries + 2)


class Planting:
    """What was tried in a return, what it taught, and the faults that are kept."""

    def __init__(self, ground: Ground, stock: Mapping[str, Sequence[Recipe]], rng: np.random.Generator) -> None:
        self._ground = ground
        self._stock = stock
        self._rng = rng
        self._records = {code: [Record() for _ in several] for code, several in stock.items()}
        self._origins: list[tuple[str, int]] = []
        """Code and place of the recipe of every fault ever drawn; a fault's number is its place here."""

    def done(self, wanted: int) -> Trial:
        """As many faults as are wanted, or as there is room for, in a return that shows nothing else."""
        kept = mended = Faults()
        for _ in range(ROUNDS):
            asked = self._asked(kept, wanted)
            if not asked:
                break
            taken = pl.concat([kept.persons, mended.persons])["person_row"]
            trial = tried(self._ground.invented, together([kept, mended, *self._drawn(asked, taken)]))
            asked += Counter(self._codes(mended))
            kept = trial.faults.only(self._wanted(asked, kept, trial.sound)[:wanted])
            mended = trial.without_company()
        return self._proved(kept)

    def _asked(self, kept: Faults, wanted: int) -> Counter[str]:
        """How many faults of each code are to be drawn: more of those of which few are kept."""
        short = wanted - len(kept.numbers)
        hopeful = [code for code, records in self._records.items() if max(r.promise for r in records) > HOPE]
        if short <= 0 or not hopeful:
            return Counter()
        have = Counter(self._codes(kept))
        turns = sorted(self._rng.permutation(hopeful).tolist(), key=lambda code: have[code])
        each, more = divmod(short, len(turns))
        return +Counter({code: each + (i < more) for i, code in enumerate(turns)})

    def _drawn(self, asked: Counter[str], taken: pl.Series) -> Iterator[Faults]:
        """Faults of the recipes that promise most, each with persons of its own."""
        persons = self._ground.invented.tables[self._ground.invented.format.tables[0].stored].height
        tries = max((persons - len(taken)) // asked.total(), 1)
        for code, count in asked.items():
            for at, places in self._best(code, tries):
                faults = self._planted(code, at, places * count, taken)
                taken = pl.concat([taken, faults.persons["person_row"]])
                yield faults

    def _best(self, code: str, tries: int) -> Iterator[tuple[int, int]]:
        """Recipes of a code, and at how many places each is to be tried: until enough is promised, or tried."""
        several, records = self._stock[code], self._records[code]
        order = self._rng.permutation(len(several)).tolist()
        promised = 0.0
        for at in sorted(order, key=lambda i: (-records[i].promise, several[i].size)):
            places = min(LOTS, tries)
            yield at, places
            promised, tries = promised + places * records[at].promise, tries - places
            if promised >= ENOUGH or not tries:
                return

    def _planted(self, code: str, at: int, places: int, taken: pl.Series) -> Faults:
        recipe, first = self._stock[code][at], len(self._origins)
        chosen = sample(recipe.where(self._ground), places, taken, self._rng)
        faults = recipe.what(self._ground, chosen.with_columns(pl.col(FAULT) + first))
        self._origins += [(code, at)] * chosen[FAULT].n_unique()
        self._records[code][at].tries += max(chosen[FAULT].n_unique(), 1)  # without room it is tried in vain
        return faults

    def _wanted(self, asked: Counter[str], kept: Faults, sound: pl.Series) -> pl.Series:
        """Of the sound faults those that were kept before, and of the others as many as were asked for."""
        before, left, wanted = kept.numbers, Counter(asked), list(kept.numbers)
        for number in sound.filter(~sound.is_in(before.implode())):
            code, at = self._origins[number]
            self._records[code][at].hits += 1
            if left[code] > 0:
                left[code] -= 1
                wanted.append(number)
        return pl.Series(wanted, dtype=pl.Int64)

    def _codes(self, faults: Faults) -> list[str]:
        return [self._origins[number][0] for number in faults.numbers]

    def _proved(self, kept: Faults) -> Trial:
        """The faults without any that is not found, or not alone, now that they are together."""
        while not (trial := tried(self._ground.invented, kept)).is_proved:
            # What is found where nobody's fault is, several draw together: one of them has to go.
            kept = kept.only(trial.sound if len(trial.sound) < len(kept.numbers) else kept.numbers[1:])
        return trial


def sample(lots: pl.DataFrame, count: int, taken: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    """Up to so many lots by chance, numbered from 0 in `fault`: none of persons who are taken, no two of one person."""
    is_taken = pl.col(PERSON_ROW).is_in(taken.implode()).fill_null(value=False)
    free = lots.filter(~is_taken.any().over(LOT))
    known = free[LOT].unique(maintain_order=True)
    turns = pl.DataFrame({LOT: known, TURN: rng.permutation(len(known))})
    free = free.join(turns, on=LOT, how="left", maintain_order="left")
    is_first = (pl.col(TURN) == pl.col(TURN).min().over(PERSON_ROW)).all().over(LOT)
    apart = free.filter(is_first)
    return apart.with_columns((pl.col(TURN).rank("dense").cast(pl.Int64) - 1).alias(FAULT)).filter(
        pl.col(FAULT) < count
    )
