"""School life: who is on which roll, who is absent, suspended, excluded, and who goes out of sight.

It is drawn once for all years told, year by year, since who leaves for home education this year depends on last year's
absence. Nothing here changes who is identified, who asks for a plan or who gets one: those depend on what is recorded
before, and school life comes after them.
"""
