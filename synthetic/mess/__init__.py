"""How returns really arrive: late, corrected, sent again, or not at all, with dates that heap.

Each authority and year draws its own fate, so no return hangs on another. What is sent stays lawful, but for first
versions with faults that are to be corrected.
"""

from __future__ import annotations

from synthetic.mess.arrivals import FILE_NAME, Arrival, write
from synthetic.mess.sent import MESSY, Kind, Mess

__all__ = ["FILE_NAME", "MESSY", "Arrival", "Kind", "Mess", "write"]
