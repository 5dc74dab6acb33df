"""Pages of visits: whom to see, one visit, what was found, how many."""
