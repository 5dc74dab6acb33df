"""Pages of instructions: the ledger, issuing, one instruction, what was given to me, one line."""
