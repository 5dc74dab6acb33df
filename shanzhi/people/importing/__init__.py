"""A county's population list comes in, in bulk: read, mapped, checked, compared with the register, written."""
