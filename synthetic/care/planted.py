"""What is planted in social care and youth justice. Figures marked † are published for England: DfE, *Children in need*
and *Children looked after in England* (by SEN status, from the Local Authority Interactive Tool, 2025), the rest are
known from those releases in round numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Caring:
    """Rates are logs of spells a year, effects of one SD on them; shares are 0 to 1, spans years."""

    rate: float = -4.4
    """A child of average traits: so that about 33 in 1,000 children are in need on a day."""
    severity: float = 0.5
    behaviour: float = 0.25
    deprivation: float = 0.30
    disabled: float = 0.7
    """Effect of a severe or physical need on the rate, log."""
    supported: float = 0.5
    planned: float = 1.6
    """Effects of ever being on SEN support, and of ever having a plan: who is known to one service is found by another.
    """
    """So that of children in need 31 % have a plan and 22 % SEN support †."""
    early_help: float = 0.35
    """Share of spells that are early help alone."""
    lasts: float = 2.3
    lasts_disabled: float = 7.0
    """Mean length of a spell, and of one with the service for disabled children."""
    protected: float = 0.13
    """Share of spells under a child protection plan."""

    cared_for: float = 0.125
    cared_for_severity: float = 0.02
    """Share of spells in need that lead to care, and what one SD of severity adds: of children in care 34 % have a
    plan and 27 % SEN support †."""
    care_lasts: float = 3.3

    adult_care: float = 0.30
    """Share of severely disabled young people whom adult social care helps from 18 on."""

    justice: float = -5.7
    justice_behaviour: float = 0.75
    justice_deprivation: float = 0.45
    justice_male: float = 1.5
    justice_lasts: float = 0.45
