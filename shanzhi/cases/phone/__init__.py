"""The grid worker's phone where there is no signal: what comes late, what is kept, and the page of what waits."""
