"""The register for programs; each module adds its operations to the one router."""

from shanzhi.people import api_homes, api_kin, api_people, api_rights
from shanzhi.people.operations import router

__all__ = ["api_homes", "api_kin", "api_people", "api_rights", "router"]
