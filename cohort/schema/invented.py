"""How an invented record is known from a real one."""

INVENTED_SOFTWARE = "Invented England"
"""What the invented world names as the supplier of its files: a record of nothing else is an invented one."""
