"""Sequences of states, such as the months from 16 to 25: what they look like, how far apart, which types, which groups.

Distances by optimal matching, Hamming or dynamic Hamming (as TraMineR: Gabadinho et al. 2011, J. Stat. Softw.
40(4)); types by PAM or Ward's method; proof that there are types at all by worlds without any (Studer 2021,
Sociol. Methodol. 51:290); the share of discrepancy that a grouping explains (Studer et al. 2011, Sociol. Methods
Res. 40:471). Types describe. They are made of the outcome, each with an error of its own: an effect of an authority
or a provision is never tested on them, but by `discrepancy` or by a multi-state model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import polars as pl

from analysis.models.frame import Frame
from analysis.models.sequence import description, null, types
from analysis.models.sequence.distance import Costs, Measure, Method, measure
from analysis.models.sequence.explained import explained, permuted
from analysis.models.sequence.indices import indices
from analysis.models.sequence.states import Sequences, aligned, recoded, sequences_of
from cohort.errors import UsageError

MOST = 5_000
"""Distinct sequences beyond which no matrix of all distances is made, and clusters come from CLARA."""

TYPES_DESCRIBE = (
    "Types describe; they are made of the outcome with an error of their own. Never test an effect of an authority "
    "or a provision on them."
)


@dataclass(frozen=True)
class Distances:
    """How far apart the sequences lie. `people` says which distinct sequence each person lives.

    `matrix` (distinct × distinct) is worked out when asked for, up to 5,000 distinct sequences. `substitution`
    has the costs: from, to, cost (and month for the dynamic form). `n_in` and `n_used` count people.
    """

    method: Method
    costs: Costs
    indel: float
    n_in: int
    n_used: int
    distinct: int
    dropped: Mapping[str, int]
    warnings: tuple[str, ...]
    _sequences: Sequences = field(repr=False)
    _measure: Measure = field(repr=False)

    @cached_property
    def matrix(self) -> np.ndarray:
        """Distances among distinct sequences. Raises UsageError MODEL-83 beyond 5,000 of them."""
        if self.distinct > MOST:
            raise UsageError(
                "MODEL-83",
                f"There are {self.distinct} distinct sequences: no matrix is made of more than {MOST}.",
                'Cluster with method="pam", which then samples (CLARA), or take a sample of people.',
            )
        return self._measure.within(self._sequences.codes)

    @property
    def mean(self) -> float:
        """The mean distance between two different people, weighted where weights were given."""
        total = self._sequences.total
        one = np.bincount(self._sequences.which, self._sequences.weight**2, self.distinct)
        return float(total @ self.matrix @ total / (total.sum() ** 2 - one.sum()))

    @property
    def people(self) -> Frame:
        """id (or row), sequence: the place of each person's sequence in the matrix."""
        table = pl.DataFrame([self._sequences.people]).with_columns(sequence=pl.Series(self._sequences.which))
        return self._sequences.give_back(table)

    @property
    def substitution(self) -> Frame:
        """from, to, cost, and month first where costs change by month."""
        names, costs = self._sequences.alphabet, self._measure.costs
        pairs = [(a, b) for a in names for b in names]
        table = pl.DataFrame(pairs, {"from": pl.String, "to": pl.String}, orient="row")
        if costs.ndim == 2:
            return self._sequences.give_back(table.with_columns(cost=pl.Series(costs.ravel())))
        months = pl.DataFrame({"month": self._sequences.months}).join(table, how="cross")
        return self._sequences.give_back(months.with_columns(cost=pl.Series(costs.ravel())))


def distances(
    states: Frame,
    method: Method = "om",
    costs: Costs = "trate",
    indel: float = 1.0,
    *,
    id: str | None = None,
    time: str | None = None,
    state: str | None = None,
    weights: str | None = None,
    gaps: str | None = None,
) -> Distances:
    """Distances between sequences of states.

    `states` has a row a person and a column a month (`id` and `weights` name the columns that are none), or a row
    a person and month (`id`, `time`, `state`). `gaps` names the state that a missing month stands for, such as
    "not known"; without it people with a gap are left out and counted.

    Costs: "trate" from transition rates, "constant" 2 (1 for Hamming). "dhd" has costs by month, always from rates.
    Raises UsageError MODEL-01 to -05 (frame), MODEL-80 (arguments), MODEL-81 (states that make no sequences).
    """
    sequences = sequences_of(states, id, time, state, weights, gaps)
    how = measure(sequences, method, costs, indel)
    return Distances(
        method=method,
        costs=costs,
        indel=indel,
        n_in=sequences.n_in,
        n_used=sequences.n_used,
        distinct=sequences.distinct,
        dropped=sequences.dropped,
        warnings=sequences.warnings,
        _sequences=sequences,
        _measure=how,
    )


@dataclass(frozen=True)
class Clusters:
    """People parted into types.

    `quality`: k, silhouette (the average width) for each k tried; `k` is the one with the widest. `members`: id (or
    row), cluster (1 to k), silhouette. `types`: cluster, n, share, silhouette, medoid. A medoid is the place of
    a sequence in the matrix: it is somebody's life, so describe a type by `describe` of its members.
    """

    k: int
    method: str
    quality: Frame
    members: Frame
    types: Frame
    n_in: int
    n_used: int
    warnings: tuple[str, ...]
    _distances: Distances = field(repr=False)
    _ks: tuple[int, ...] = field(repr=False)


@dataclass(frozen=True)
class Validation:
    """Whether there are types. `table`: k, silhouette, without_types (mean in worlds that have none), high (their
    95 % point), p. `p`: the chance to find, in a world without types, a silhouette that stands out as far at any k.

    Where `n` is below the number of people, the observed silhouettes too are those of a sample of n.
    """

    table: Frame
    p: float
    world: null.World
    draws: int
    n: int


def cluster(
    distances: Distances,
    k: int | Iterable[int],
    weights: Any = None,
    method: Literal["pam", "ward"] = "pam",
    seed: int = 25,
) -> Clusters:
    """Types of sequences: for one k, or the k of several with the widest average silhouette.

    `weights` (one a person, in the order of `distances.people`) stand in for those of the distances. PAM takes
    samples (CLARA, from `seed`) beyond 5,000 distinct sequences, and silhouettes are then those of a sample.
    Raises UsageError MODEL-80 (arguments), MODEL-82 (too few distinct sequences), -83 (too many for Ward), -84.
    """
    ks = types.asked(k, distances.distinct, method)
    sequences = distances._sequences
    person = sequences.weight if weights is None else _positive(aligned(sequences, weights))
    weight = np.bincount(sequences.which, person, sequences.distinct)
    parts, matrix, place = _parted(distances, weight, ks, method, seed)
    widths = {one: types.widths(matrix, weight, sequences.persons, parts[one], place) for one in ks}
    average = {one: types.average(widths[one], weight) for one in ks}
    best = max(ks, key=lambda one: average[one])
    members = types.members(sequences, parts[best], widths[best])
    return Clusters(
        k=best,
        method="clara" if distances.distinct > MOST else method,
        quality=sequences.give_back(pl.DataFrame({"k": ks, "silhouette": [average[one] for one in ks]})),
        members=sequences.give_back(members),
        types=sequences.give_back(types.types(members, person, parts[best])),
        n_in=distances.n_in,
        n_used=distances.n_used,
        warnings=(*distances.warnings, TYPES_DESCRIBE),
        _distances=distances,
        _ks=tuple(ks),
    )


def _parted(
    distances: Distances, weight: np.ndarray, ks: list[int], method: types.Kind, seed: int
) -> tuple[dict[int, types.Partition], np.ndarray, np.ndarray]:
    """Partitions, and the distances that silhouettes rest on with the places they are of: all, or a sample."""
    sequences = distances._sequences
    every = np.arange(sequences.distinct)
    if distances.distinct <= MOST or method == "ward":
        return types.partitions(distances.matrix, weight, ks, method), distances.matrix, every
    parts = types.sampled_partitions(sequences.codes, distances._measure, weight, ks, seed)
    place = np.sort(np.random.default_rng(seed).choice(every, types.SAMPLED, replace=False))
    return parts, distances._measure.within(sequences.codes[place]), place


def _positive(given: pl.Series) -> np.ndarray:
    if not given.dtype.is_numeric() or given.null_count() or (given <= 0).any():
        raise UsageError("MODEL-84", "Weights are numbers above 0, one a person.", "Correct the weights.")
    return given.to_numpy().astype(float)


def validate(
    clusters: Clusters, world: null.World = "markov", draws: int = 99, at_most: int = 300, seed: int = 25
) -> Validation:
    """Cluster again in `draws` worlds without types, of `at_most` people each, by the same costs and method.

    "markov": all share one chain, with the transition rates of these data; "spells": each person's own spells in
    random order and of random lengths. Costs are taken anew in each world. Raises UsageError MODEL-80.
    """
    if world not in ("markov", "spells") or draws < 19 or at_most < 20:
        raise UsageError("MODEL-80", "A world is markov or spells; draws 19 and people 20 at least.", "Correct it.")
    whole, rng = clusters._distances, np.random.default_rng(seed)
    people = whole._sequences.which
    sampled = people if len(people) <= at_most else rng.choice(people, at_most, replace=False)
    make = null.maker(whole._sequences, world, len(sampled))
    codes = [whole._sequences.codes[sampled], *(make(rng) for _ in range(draws))]
    found = np.array([_silhouettes(one, clusters) for one in codes])
    centre, spread = found[1:].mean(axis=0), np.maximum(found[1:].std(axis=0), 1e-12)
    highest = ((found - centre) / spread).max(axis=1)
    table = pl.DataFrame(
        {
            "k": clusters._ks,
            "silhouette": found[0],
            "without_types": centre,
            "high": np.quantile(found[1:], 0.95, axis=0),
            "p": ((found >= found[0]).sum(axis=0)) / (draws + 1),
        }
    )
    p = float((highest >= highest[0]).mean())
    return Validation(whole._sequences.give_back(table), p, world, draws, len(sampled))


def _silhouettes(codes: np.ndarray, like: Clusters) -> list[float]:
    """The average silhouette at each k of coded sequences of people, by the costs that they themselves give."""
    whole = like._distances
    s = recoded(whole._sequences, codes)
    matrix = measure(s, whole.method, whole.costs, whole.indel).within(s.codes)
    weight, every = s.total, np.arange(s.distinct)
    kind: types.Kind = "ward" if like.method == "ward" else "pam"
    parts = types.partitions(matrix, weight, [k for k in like._ks if k < s.distinct], kind)
    # As many clusters as sequences fit wholly, which is no sign of types.
    return [
        types.average(types.widths(matrix, weight, s.persons, parts[k], every), weight) if k in parts else 1.0
        for k in like._ks
    ]


@dataclass(frozen=True)
class Description:
    """What sequences look like. Shares and means are weighted where weights were given; `n` counts people.

    by_month: month, state, n, share, and entropy of the month. mean_time: state, estimate (in months), se, low,
    high. transitions: from, to, n, rate from one month to the next. people: id (or row), moves, visited, entropy,
    complexity, turbulence. means: index, estimate, se, low, high over people.
    """

    by_month: Frame
    mean_time: Frame
    transitions: Frame
    people: Frame
    means: Frame
    n_in: int
    n_used: int
    dropped: Mapping[str, int]
    warnings: tuple[str, ...]


def describe(
    states: Frame,
    weights: str | None = None,
    *,
    id: str | None = None,
    time: str | None = None,
    state: str | None = None,
    gaps: str | None = None,
) -> Description:
    """States by month, time in each, transition rates, entropy, complexity, turbulence. Arguments as `distances`."""
    s = sequences_of(states, id, time, state, weights, gaps)
    found = indices(s.codes, len(s.alphabet))
    time_in = np.array([(s.codes == place).sum(axis=1) for place in range(len(s.alphabet))]).T
    by_person = {name: getattr(found, name)[s.which] for name in found.__dataclass_fields__}
    return Description(
        by_month=s.give_back(description.by_month(s)),
        mean_time=s.give_back(description.means("state", s.alphabet, time_in[s.which], s.weight)),
        transitions=s.give_back(description.transitions(s)),
        people=s.give_back(pl.DataFrame([s.people]).with_columns(pl.Series(n, v) for n, v in by_person.items())),
        means=s.give_back(description.means("index", by_person, np.column_stack(list(by_person.values())), s.weight)),
        n_in=s.n_in,
        n_used=s.n_used,
        dropped=s.dropped,
        warnings=s.warnings,
    )


@dataclass(frozen=True)
class Discrepancy:
    """How much of the differences between sequences goes with a grouping.

    `pseudo_r2` is the share, `p` from permutations of the groups. `groups`: group, n, discrepancy (the mean
    distance to the group's centre).
    """

    pseudo_r2: float
    pseudo_f: float
    p: float
    permutations: int
    groups: Frame
    n_in: int
    n_used: int
    warnings: tuple[str, ...]


def discrepancy(
    distances: Distances, group: Any, authority: Any = None, permutations: int = 999, seed: int = 25
) -> Discrepancy:
    """The share of the discrepancy of sequences that `group` explains (one value a person, in order of people).

    Where whole authorities have one group, give `authority` too: groups are then permuted among authorities, since
    children of one authority are no independent witnesses. People without a group are left out and counted.
    Raises UsageError MODEL-84 for values that do not fit the people, one group only, or a group that varies
    within an authority.
    """
    if permutations < 19:
        raise UsageError("MODEL-80", "A test by permutation takes 19 of them at least.", "Give permutations=999.")
    sequences = distances._sequences
    groups = aligned(sequences, group)
    known = groups.is_not_null().to_numpy()
    home = None if authority is None else aligned(sequences, authority).filter(pl.Series(known))
    found = explained(
        distances.matrix, sequences.which[known], sequences.weight[known], groups.filter(pl.Series(known))
    )
    f = permuted(found, home, permutations, np.random.default_rng(seed))
    table = pl.DataFrame({"group": found.levels, "n": found.sizes, "discrepancy": found.discrepancy})
    lost = int((~known).sum())
    return Discrepancy(
        pseudo_r2=found.pseudo_r2,
        pseudo_f=found.pseudo_f,
        p=float((1 + (f >= found.pseudo_f * (1 - 1e-9)).sum()) / (permutations + 1)),
        permutations=permutations,
        groups=sequences.give_back(table),
        n_in=distances.n_in,
        n_used=int(known.sum()),
        warnings=(*distances.warnings, *([f"{lost} people have no group and were left out."] if lost else [])),
    )
