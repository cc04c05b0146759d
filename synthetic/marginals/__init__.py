"""How a published figure is counted: rows of the record by their publication's definition, and shares of them.

Everything is lazy and comes to one row, so that many figures can be taken in one go over what two million children
leave. A figure without rows is null, never nought: nobody may take silence for a world without suspensions.
"""
