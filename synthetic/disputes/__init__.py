"""Disputes about decisions: mediation, appeals, and what families do beside them.

Where a return flags mediation or an appeal, one stands here. Others are about plans as amended or not amended after a
review, of which no return tells: they are most of the appeals on content.
"""
