"""What staff take down for people without an account: who called, the receipt they take home, how it is followed."""
