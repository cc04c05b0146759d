"""What lies inside plans: versions, needs, outcomes, placements named, provision specified and what came of it.

Everything follows from a few numbers drawn once a plan, so that two returns never tell one thing differently.
"""
