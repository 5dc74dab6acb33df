"""What a villager without an account does: reports, joins what is there already, follows it, adds, rates, complains."""
