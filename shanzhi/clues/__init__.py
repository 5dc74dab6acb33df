"""Clues (扫黑除恶线索): handed in by anybody, read by named officers, absent everywhere else."""
