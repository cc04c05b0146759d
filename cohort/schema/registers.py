"""Codes of no list of ours: who keeps them."""

from __future__ import annotations

from cohort.schema.code_list import Register

AUTHORITY = Register("authority", "DfE numbers of authorities; the table `authority_period` has them by date.")
AREA = Register("area", "ONS codes of authorities and regions.")
MEASURE = Register("outcome_measure", "Outcome measures with the years in which each is comparable.")
RESULT = Register("result", "Codes of the list that the outcome measure of the row names.")
QUALIFICATION = Register("qualification", "Qualification numbers of the Ofqual register.")
RULE = Register("rule", "Codes of the validation rules and of the rules of linkage.")
REFUSAL = Register("refusal", "Codes of refusals: every error that a user may see has one.")
ROLE = Register("role", "What an account acts as; the column's description lists the words.")
KIND = Register("kind", "What kind of event or token it is; the column's description lists the words.")
