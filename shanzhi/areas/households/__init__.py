"""How many households a place has: stated by the county's administrator from a ledger, until they are registered."""
