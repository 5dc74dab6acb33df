"""Open311 GeoReport v2: services, requests, reports, in JSON and XML as the standard has them."""
