"""Returns broken at random: what is broken, how, and what may come of it."""
