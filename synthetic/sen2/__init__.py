"""What SEN2 tells of the lives: in a return for each authority and year, or of a year as a whole."""

from __future__ import annotations

from synthetic.sen2.tell import returns, told

__all__ = ["returns", "told"]
