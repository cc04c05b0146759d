"""Why the record lets go of somebody."""

from __future__ import annotations

from cohort.schema.code_list import CodeList, plain

ERASURE_GROUND = CodeList(
    "erasure_ground",
    "On what ground a person was erased (UK GDPR, articles 5(1)(e), 17 and 21).",
    plain(
        ("request", "Request of the person or of who acts for them"),
        ("objection", "Objection: what later returns say of the person is left out too"),
        ("court", "Order of a court or of the Information Commissioner"),
        ("unlawful", "Received without a lawful ground, or by mistake"),
        ("retention", "End of the time for which the record keeps a person"),
    ),
)
