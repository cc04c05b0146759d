"""What authorities say of themselves: staff, money, programmes, inspections, and boards with parents and carers."""
