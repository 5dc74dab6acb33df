"""Kinds of cases as data: what is asked, who gets it, how long each step may take. No kind needs code of its own."""
