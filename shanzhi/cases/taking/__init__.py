"""What staff take down for people without an account: who called, the receipt they take home, and the way to follow it."""
