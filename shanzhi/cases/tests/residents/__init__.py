"""Tests of what a villager without an account does."""
