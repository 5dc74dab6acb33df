"""The gate of the public pages: who comes, how often, and who is kept out."""
