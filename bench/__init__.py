"""What is measured, against what: `make bench [ONLY=name,…]`; targets in `report.py`, results in `results/`."""
