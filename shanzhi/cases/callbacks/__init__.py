"""Call-backs: a random sample of what was closed is asked about, by somebody who had no part in it."""
