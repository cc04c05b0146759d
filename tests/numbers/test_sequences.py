"""Sequences, held against plain recursions in R (reference/sequences.R), published figures of `mvad`, and truth.

Tolerances: 1e-7 for distances, sums of at most 40 costs that the reference file keeps to nine places; 1e-6 for what
is made of them. Clusters are compared by their criterion and their silhouettes: ties may name another medoid.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform
from sklearn.metrics import adjusted_rand_score

from analysis.models import sequences
from analysis.models.sequence import explained, partition
from cohort.errors import UsageError
from tests.proving import gate, level

EXACT, MADE = 1e-7, 1e-6
HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "sequences.json").read_text())
PEOPLE = pl.read_csv(HERE / "sequences.csv")
STATES = PEOPLE.drop("group", "weight")
MONTHS = [name for name in STATES.columns if name != "id"]


def measured(frame: Any = STATES, **choices: Any) -> sequences.Distances:
    return sequences.distances(frame, **{"id": "id", **choices})


def pairs(found: sequences.Distances) -> np.ndarray:
    """The matrix between people, below its diagonal and column by column, as R keeps it."""
    which = pl.DataFrame(found.people)["sequence"].to_numpy()
    return squareform(found.matrix[np.ix_(which, which)])


# ---- outside values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("om_trate", {}),
        ("om_cheap", {"indel": 0.4}),
        ("om_constant", {"costs": "constant"}),
        ("hamming", {"method": "hamming", "costs": "constant"}),
        ("dhd", {"method": "dhd"}),
    ],
)
def test_distances_are_those_of_the_plain_recursion(name: str, choices: dict[str, Any]) -> None:
    assert pairs(measured(**choices)) == pytest.approx(REFERENCE[name], abs=EXACT)


def test_costs_come_from_transition_rates() -> None:
    cost = measured().substitution["cost"].to_numpy().reshape(4, 4)
    assert cost == pytest.approx(np.array(REFERENCE["trate"]), abs=EXACT)
    rate = sequences.describe(STATES, id="id").transitions["rate"].to_numpy().reshape(4, 4)
    assert rate == pytest.approx(np.array(REFERENCE["rates"]), abs=EXACT)
    assert measured().mean == pytest.approx(REFERENCE["mean"], abs=EXACT)


@pytest.mark.parametrize("index", ["entropy", "complexity", "turbulence"])
def test_indices_are_those_of_sub_sequences_written_out(index: str) -> None:
    assert sequences.describe(STATES, id="id").people[index].to_list() == pytest.approx(REFERENCE[index], abs=MADE)


def test_pam_finds_medoids_as_good_as_r_s_and_the_same_silhouettes() -> None:
    found = measured()
    clusters = sequences.cluster(found, range(2, 6))
    for k, cost, width in zip(range(2, 6), REFERENCE["pam_cost"], REFERENCE["pam_width"], strict=True):
        weight = found._sequences.total
        medoids = partition.pam(found.matrix, weight, k).medoids
        ours = weight @ found.matrix[:, medoids].min(axis=1) / weight.sum()
        assert ours == pytest.approx(cost, abs=MADE)
        assert clusters.quality.filter(k=k)["silhouette"].item() == pytest.approx(width, abs=MADE)


def test_ward_s_tree_is_r_s() -> None:
    clusters = sequences.cluster(measured(), range(2, 6), method="ward")
    assert clusters.quality["silhouette"].to_list() == pytest.approx(REFERENCE["ward_width"], abs=MADE)
    three = sequences.cluster(measured(), 3, method="ward").members["cluster"]
    assert adjusted_rand_score(three, REFERENCE["ward_three"]) == 1


def test_the_share_explained_is_r_s() -> None:
    plain = sequences.discrepancy(measured(), PEOPLE["group"], permutations=19)
    assert plain.pseudo_r2 == pytest.approx(REFERENCE["r2"], abs=MADE)
    found = explained.explained(
        measured().matrix, measured()._sequences.which, PEOPLE["weight"].to_numpy(), PEOPLE["group"]
    )
    assert found.pseudo_r2 == pytest.approx(REFERENCE["r2_weighted"], abs=MADE)


@pytest.mark.real_data
def test_mvad_has_the_published_figures(real_data: Path) -> None:
    # 712 school leavers over 70 months (McVicar & Anyadike-Danes 2002); figures as TraMineR gives them. The data are
    # not ours to ship: the file mvad.csv of that package.
    path = real_data / "mvad.csv"
    if not path.exists():
        pytest.skip("mvad.csv is not among the public files")
    frame = pl.read_csv(path)
    found = sequences.distances(frame.select(frame.columns[frame.columns.index("Sep.93") :]))
    assert (found.n_used, found.distinct) == (712, 490)
    assert found.mean == pytest.approx(84.82942, abs=5e-6)
    assert sequences.discrepancy(found, frame["gcse5eq"], permutations=19).pseudo_r2 == pytest.approx(
        0.082756, abs=5e-7
    )


# ---- two ways to the same answer ----------------------------------------------------------------------------


def test_weighted_ward_is_ward_with_everybody_standing_there() -> None:
    rng = np.random.default_rng(25)
    place = rng.normal(size=(30, 3))
    copies = rng.integers(1, 5, 30)
    matrix = np.linalg.norm(place[:, None] - place[None], axis=2)
    whole = np.repeat(np.arange(30), copies)
    tree = hierarchy.linkage(squareform(matrix[np.ix_(whole, whole)], checks=False), "ward")
    for k, part in partition.ward(matrix, copies.astype(float), [2, 4, 7]).items():
        theirs = hierarchy.fcluster(tree, k, "maxclust")
        assert adjusted_rand_score(part.cluster[whole], theirs) == 1


def test_no_other_medoids_are_better() -> None:
    rng = np.random.default_rng(25)
    place, weight = rng.normal(size=(14, 2)), rng.uniform(0.5, 3, 14)
    matrix = np.linalg.norm(place[:, None] - place[None], axis=2)
    found = weight @ matrix[:, partition.pam(matrix, weight, 2).medoids].min(axis=1)
    every = [weight @ matrix[:, [a, b]].min(axis=1) for a in range(14) for b in range(a)]
    assert found == pytest.approx(min(every))


def test_samples_find_the_types_of_more_people_than_a_matrix_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, planted = typed(seed=1, people=250)
    whole = sequences.cluster(measured(frame, id=None, method="hamming"), 5)
    monkeypatch.setattr(sequences, "MOST", 100)
    monkeypatch.setattr(sequences.types, "SAMPLED", 100)
    monkeypatch.setattr(partition, "CLARA_SIZE", 50)
    sampled = sequences.cluster(measured(frame, id=None, method="hamming"), range(4, 7))
    assert (whole.method, sampled.method, sampled.k) == ("pam", "clara", 5)
    assert adjusted_rand_score(sampled.members["cluster"], planted) > 0.8
    assert sampled.quality.filter(k=5)["silhouette"].item() == pytest.approx(whole.quality["silhouette"][0], abs=0.08)
    with pytest.raises(UsageError, match="MODEL-83"):
        sequences.cluster(sequences.distances(frame), 5, method="ward")


# ---- recovery -----------------------------------------------------------------------------------------------


PATHS = ["school fe job", "school he", "fe neet", "app job", "support neet"]


def typed(seed: int, people: int = 200, months: int = 36, noise: float = 0.1) -> tuple[pl.DataFrame, np.ndarray]:
    """Five types of path with lengths that vary, and months in which somebody was elsewhere."""
    rng = np.random.default_rng([25, seed])
    kind = rng.integers(0, 5, people)
    names = sorted({state for path in PATHS for state in path.split()})
    rows = []
    for one in kind:
        path = PATHS[one].split()
        share = rng.dirichlet(np.full(len(path), 12.0))
        row = np.repeat(path, np.diff([0, *np.round(np.cumsum(share) * months).astype(int)]))
        rows.append(np.where(rng.random(months) < noise, rng.choice(names, months), row))
    return pl.DataFrame(np.array(rows), [f"m{m}" for m in range(months)], orient="row"), kind


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("method", ["pam", "ward"])
def test_five_planted_types_are_found(seed: int, method: Any) -> None:
    frame, planted = typed(seed)
    clusters = sequences.cluster(sequences.distances(frame), range(3, 8), method=method)
    assert clusters.k == 5
    assert adjusted_rand_score(clusters.members["cluster"], planted) >= 0.8


def chained(seed: int, people: int = 80, months: int = 24) -> pl.DataFrame:
    """A world without types: everybody lives the same chain."""
    rng = np.random.default_rng([25, seed])
    move = np.array([[0.9, 0.07, 0.03], [0.05, 0.92, 0.03], [0.06, 0.06, 0.88]]).cumsum(axis=1)
    codes = [rng.integers(0, 3, people)]
    for _ in range(months - 1):
        codes.append((rng.random(people)[:, None] > move[codes[-1]]).sum(axis=1))
    return pl.DataFrame({f"m{m}": pl.Series(column).cast(pl.String) for m, column in enumerate(codes)})


def validated(frame: pl.DataFrame, **choices: Any) -> sequences.Validation:
    clusters = sequences.cluster(sequences.distances(frame, "hamming", "constant"), [2, 3, 4, 5])
    return sequences.validate(clusters, **{"draws": 39, **choices})


@pytest.mark.parametrize("worlds", [8, pytest.param(200, marks=pytest.mark.slow)])
def test_no_structure_is_found_where_there_is_none(worlds: int) -> None:
    # Of 20 equal chances the least is p = 0.05; the band is the binomial 99.9 % one.
    found = np.array([validated(chained(seed), draws=19, at_most=40).p for seed in range(worlds)])
    level("A10", "no types", "types found by the parametric bootstrap", found <= 0.05)
    assert abs(found.mean() - 0.525) < 4 * 0.29 / np.sqrt(worlds)


def test_structure_is_found_where_it_was_planted() -> None:
    frame, _ = typed(7, people=100)
    for world in ("markov", "spells"):
        found = validated(frame, world=world, draws=19, at_most=60)
        assert found.p == 1 / 20
        assert (found.table["silhouette"] > found.table["high"])[2:].all()
    # The trap: clusters of a world without types look like something until they are held against it.
    assert sequences.cluster(sequences.distances(chained(1)), 3).quality["silhouette"][0] > 0.2


# ---- discrepancy -----------------------------------------------------------------------------------------------


def grouped(seed: int, effect: float, authorities: int = 16) -> tuple[sequences.Distances, list[str], np.ndarray]:
    """Children of authorities that differ; half of the authorities have another provision, with an effect or none."""
    rng = np.random.default_rng([25, seed])
    home = np.repeat(np.arange(authorities), 8)
    other = home % 2 == 1
    chance = 0.5 + effect * other + rng.normal(0, 0.22, authorities)[home]
    states = np.where(rng.random((len(home), 12)) < chance[:, None], "neet", "fe")
    frame = pl.DataFrame(states, [f"m{m}" for m in range(12)], orient="row")
    return sequences.distances(frame, "hamming", "constant"), np.where(other, "b", "a").tolist(), home


@pytest.mark.parametrize("worlds", [25, pytest.param(400, marks=pytest.mark.slow)])
def test_permuting_authorities_keeps_its_level_and_permuting_children_does_not(worlds: int) -> None:
    right, wrong = [], []
    for seed in range(worlds):
        found, provision, home = grouped(seed, effect=0.0)
        right.append(sequences.discrepancy(found, provision, authority=home, permutations=39).p)
        wrong.append(sequences.discrepancy(found, provision, permutations=39).p)
    where = "authorities differ, provision does nothing"
    level("A10", where, "permuting authorities rejects", np.array(right) <= 0.05)
    naive = (np.array(wrong) <= 0.05).mean()
    gate("A10", where, "permuting children rejects (must fail)", worlds, naive, least=0.2)


def test_an_effect_on_whole_paths_is_found() -> None:
    found, provision, home = grouped(1, effect=0.35)
    explained_by = sequences.discrepancy(found, provision, authority=home, permutations=199)
    assert explained_by.p == 1 / 200
    assert explained_by.pseudo_r2 > 0.05
    assert explained_by.groups["n"].to_list() == [64, 64]
