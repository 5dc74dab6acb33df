"""Webhooks: which addresses may be told, in which words, signed how, and sent again how often."""
