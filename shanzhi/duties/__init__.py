"""Instructions: issued as a list to many at once, received, reported done with proof, struck off by the issuer only."""
