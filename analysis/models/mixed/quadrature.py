"""The logistic model with one random intercept, by adaptive Gauss–Hermite quadrature.

A group's likelihood is an integral over its effect s·u, u ~ N(0, 1). The nodes are moved to the mode of the
integrand and scaled by its curvature (Liu & Pierce 1994, Biometrika 81:624; Pinheiro & Bates 1995), so that a
few of them are exact where fixed nodes would miss a large group's narrow peak. Derivatives are those of the
integral itself, by Louis (1982, J. R. Stat. Soc. B 44:226): expectations over the nodes' posterior weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

CELLS = 200_000
"""Rows × nodes worked on at a time: a few hundred kilobytes, which stay in the processor's cache."""

FARTHEST = 1e4
"""No standardised coefficient lies out here; the search is turned back."""

LOGIT_MAX = 500.0
"""Beyond this a logit is as good as certain, and its exponential would overflow."""


@dataclass(frozen=True)
class Cells:
    """Rows collapsed to unique covariates × group, in order of group.

    x: cells × p. events, trials: cells. start: the first cell of each group (groups).
    """

    x: np.ndarray
    events: np.ndarray
    trials: np.ndarray
    start: np.ndarray

    @cached_property
    def sizes(self) -> np.ndarray:
        """Cells in each group."""
        return np.diff(np.append(self.start, len(self.events)))

    @cached_property
    def group(self) -> np.ndarray:
        """The group of each cell."""
        return np.repeat(np.arange(len(self.start)), self.sizes)

    @cached_property
    def group_events(self) -> np.ndarray:
        """Events in each group."""
        return np.add.reduceat(self.events, self.start)

    def pieces(self, points: int) -> Iterator[tuple[slice, slice]]:
        """Runs of whole groups (groups, cells) of about CELLS cells × points."""
        edges = np.append(self.start, len(self.events))
        first = 0
        while first < len(self.start):
            wanted = edges[first] + CELLS // points
            last = max(int(np.searchsorted(edges, wanted, side="right")) - 1, first + 1)
            yield slice(first, last), slice(int(edges[first]), int(edges[last]))
            first = last


@dataclass(frozen=True)
class Nodes:
    """A piece of groups at some parameters: nodes u (groups × points), their posterior weights, log-likelihoods
    (groups), and each cell's chance of an event at each node of its group (cells × points)."""

    u: np.ndarray
    weight: np.ndarray
    log_likelihood: np.ndarray
    chance: np.ndarray


@dataclass(frozen=True)
class GroupMoments:
    """What the nodes say of the effect b = s·u of each group: posterior mean, variance and third central moment,
    and the derivative of the mean by β (groups × p)."""

    mean: np.ndarray
    variance: np.ndarray
    third: np.ndarray
    by_beta: np.ndarray


class Logistic:
    """−2 log-likelihood of (β, s) and its derivatives; the modes found last are where the next search begins."""

    def __init__(self, cells: Cells, points: int) -> None:
        self.cells, self.points = cells, points
        abscissa, weight = np.polynomial.hermite.hermgauss(points)
        self._abscissa = np.sqrt(2) * abscissa
        self._log_weight = np.log(weight) + abscissa**2 - np.log(np.pi) / 2
        self._modes = np.zeros(len(cells.start))

    def value(self, at: np.ndarray) -> float:
        """The criterion."""
        if not np.all(np.abs(at) < FARTHEST):
            return np.inf
        return -2 * float(sum(nodes.log_likelihood.sum() for _, _, nodes in self._nodes(at)))

    def gradient(self, at: np.ndarray) -> np.ndarray:
        """Slopes by β and s (p + 1)."""
        return -2 * np.sum([self._scores(*piece)[1].sum(axis=0) for piece in self._nodes(at)], axis=0)

    def derivatives(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Slopes and curvature (p + 1 × p + 1)."""
        gradient, hessian = np.zeros(len(at)), np.zeros((len(at), len(at)))
        for groups, rows, nodes in self._nodes(at):
            score, mean = self._scores(groups, rows, nodes)
            away = ((score - mean[:, None, :]) * np.sqrt(nodes.weight)[:, :, None]).reshape(-1, len(at))
            gradient += mean.sum(axis=0)
            hessian += away.T @ away - self._information(groups, rows, nodes)
        return -2 * gradient, -2 * hessian

    def moments(self, at: np.ndarray) -> GroupMoments:
        """Posterior moments of every group's effect."""
        s, parts = at[-1], []
        for groups, rows, nodes in self._nodes(at):
            score, _ = self._scores(groups, rows, nodes)
            mean = (nodes.weight * nodes.u).sum(axis=1)
            away = nodes.u - mean[:, None]
            by_beta = np.einsum("gq,gq,gqp->gp", nodes.weight, away, score[:, :, :-1])
            second, third = ((nodes.weight * away**power).sum(axis=1) for power in (2, 3))
            parts.append((s * mean, s**2 * second, s**3 * third, s * by_beta))
        return GroupMoments(*(np.concatenate(part) for part in zip(*parts, strict=True)))

    def _nodes(self, at: np.ndarray) -> Iterator[tuple[slice, slice, Nodes]]:
        base, s = self.cells.x @ at[:-1], at[-1]
        for groups, rows in self.cells.pieces(self.points):
            start = self.cells.start[groups] - rows.start
            mode, curvature = self._mode(groups, rows, start, base[rows], s)
            yield groups, rows, self._integrate(groups, rows, start, base[rows], s, mode, curvature)

    def _mode(
        self, groups: slice, rows: slice, start: np.ndarray, base: np.ndarray, s: float
    ) -> tuple[np.ndarray, np.ndarray]:
        cells, mode = self.cells, self._modes[groups]
        trials, group = cells.trials[rows], cells.group[rows] - groups.start
        curvature = np.ones(len(mode))
        for _ in range(50):
            chance = _expit(base + s * mode[group])
            slope = s * (cells.group_events[groups] - np.add.reduceat(trials * chance, start)) - mode
            curvature = 1 + s**2 * np.add.reduceat(trials * chance * (1 - chance), start)
            step = np.clip(slope / curvature, -2, 2)
            mode = mode + step
            if np.abs(step).max() < 1e-6:
                break
        self._modes[groups] = mode
        return mode, curvature

    def _integrate(
        self,
        groups: slice,
        rows: slice,
        start: np.ndarray,
        base: np.ndarray,
        s: float,
        mode: np.ndarray,
        curvature: np.ndarray,
    ) -> Nodes:
        cells = self.cells
        u = mode[:, None] + self._abscissa / np.sqrt(curvature)[:, None]
        odds = np.exp(np.minimum(base[:, None] + s * np.repeat(u, cells.sizes[groups], axis=0), LOGIT_MAX))
        surprise = np.add.reduceat(cells.trials[rows][:, None] * np.log1p(odds), start, axis=0)
        events = np.add.reduceat(cells.events[rows] * base, start)[:, None]
        log = events + s * u * cells.group_events[groups][:, None] - surprise
        log += self._log_weight - u**2 / 2 - np.log(curvature)[:, None] / 2
        top = log.max(axis=1)
        weight = np.exp(log - top[:, None])
        total = weight.sum(axis=1)
        odds /= 1 + odds
        return Nodes(u, weight / total[:, None], top + np.log(total), odds)

    def _scores(self, groups: slice, rows: slice, nodes: Nodes) -> tuple[np.ndarray, np.ndarray]:
        """∂ log-likelihood by (β, s) at each node (groups × points × p+1), and its mean over the nodes."""
        cells = self.cells
        left = cells.events[rows][:, None] - cells.trials[rows][:, None] * nodes.chance
        x, start = cells.x[rows], cells.start[groups] - rows.start
        score = np.empty((*nodes.u.shape, x.shape[1] + 1))
        for place, (begin, size) in enumerate(zip(start, cells.sizes[groups], strict=True)):
            score[place, :, :-1] = left[begin : begin + size].T @ x[begin : begin + size]
        # The intercept's score is the sum of what is left over; u times it is the score of s.
        score[:, :, -1] = nodes.u * score[:, :, 0]
        return score, np.einsum("gq,gqp->gp", nodes.weight, score)

    def _information(self, groups: slice, rows: slice, nodes: Nodes) -> np.ndarray:
        """E[−∂²] over the nodes, summed over the piece (p+1 × p+1)."""
        cells = self.cells
        sizes, x = cells.sizes[groups], cells.x[rows]
        spread = cells.trials[rows][:, None] * nodes.chance * (1 - nodes.chance)
        spread *= np.repeat(nodes.weight, sizes, axis=0)
        u = np.repeat(nodes.u, sizes, axis=0)
        plain, once, twice = spread.sum(axis=1), (spread * u).sum(axis=1), (spread * u * u).sum()
        whole = np.empty((x.shape[1] + 1,) * 2)
        whole[:-1, :-1] = x.T @ (plain[:, None] * x)
        whole[-1, :-1] = whole[:-1, -1] = x.T @ once
        whole[-1, -1] = twice
        return whole


def _expit(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logit, -LOGIT_MAX, LOGIT_MAX)))
