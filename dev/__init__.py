"""What stands behind the Makefile. Standard library only: it runs before anything of ours is installed."""
