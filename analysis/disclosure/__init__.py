"""The gate: what may leave, under which policy."""

from analysis.disclosure.gate import release
from analysis.disclosure.policy import POLICIES, Policy
from analysis.disclosure.primary import Protected, protect

__all__ = ["POLICIES", "Policy", "Protected", "protect", "release"]
