"""Taking down for people without an account, their numbers and receipts, and what is printed."""
