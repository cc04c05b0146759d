"""A figure as a small picture: its interval as a line, itself as a dot, England as a dashed mark. No script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml.builder import E

WIDTH, HEIGHT, EDGE = 160, 22, 5
ROOM = 1.15
"""The axis reaches this much further than the largest end that it shows."""


def interval(value: float, low: float, high: float, england: float | None, words: str) -> Any:
    """An SVG element. `words` say what it shows to those who cannot see it. No figure is below 0; an interval may."""
    top = ROOM * max(high, england or 0.0) or 1.0
    middle, low = HEIGHT / 2, max(low, 0.0)

    def x(at: float) -> str:
        return f"{EDGE + (WIDTH - 2 * EDGE) * at / top:.1f}"

    shapes = [
        _line({"x1": x(0), "x2": x(top), "y1": HEIGHT - 1, "y2": HEIGHT - 1, "stroke": "#b1b4b6"}),
        _line({"x1": x(low), "x2": x(high), "y1": middle, "y2": middle, "stroke": "#0b0c0c", "stroke-width": 2}),
        E.circle(cx=x(value), cy=str(middle), r="4", fill="#1d4f91"),
    ]
    if england is not None:
        mark = {"x1": x(england), "x2": x(england), "y1": 1, "y2": HEIGHT - 1, "stroke": "#b10e1e"}
        shapes.append(_line({**mark, "stroke-width": 2, "stroke-dasharray": "3 2"}))
    size = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "width": str(WIDTH), "height": str(HEIGHT)}
    return E.svg(*shapes, {**size, "role": "img", "aria-label": words})


def _line(given: Mapping[str, object]) -> Any:
    return E.line({name: str(value) for name, value in given.items()})
