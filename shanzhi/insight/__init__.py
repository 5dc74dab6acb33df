"""Insight: figures by definition for any place and period, from roll-ups that equal a full recount."""
