"""What other systems take from here and bring in: Open311 GeoReport v2, and webhooks when a status changes."""
