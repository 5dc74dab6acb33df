"""The registers: dwellings, households, residents with their history, care groups, and who looked at whom."""

from shanzhi.people.models.care import Membership
from shanzhi.people.models.finding import Search
from shanzhi.people.models.importing import Mapping, RegisterExport, RegisterFault, RegisterImport
from shanzhi.people.models.kin import Kin
from shanzhi.people.models.places import Dwelling, Household, HouseholdNumber
from shanzhi.people.models.residents import Resident, Stay
from shanzhi.people.models.rights import Look, Request

__all__ = [
    "Dwelling",
    "Household",
    "HouseholdNumber",
    "Kin",
    "Look",
    "Mapping",
    "Membership",
    "RegisterExport",
    "RegisterFault",
    "RegisterImport",
    "Request",
    "Resident",
    "Search",
    "Stay",
]
