"""Papers of an office, written once and given as Word or PDF: see `printout`."""
