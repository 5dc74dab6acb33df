"""People who sign in, their posts (a role on an area or a unit for a term), sessions and API tokens."""
