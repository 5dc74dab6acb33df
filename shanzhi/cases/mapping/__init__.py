"""The map of cases: clusters and single cases of a part of the map, whistles, what is open where, places by name."""
