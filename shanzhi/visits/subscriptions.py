"""What is kept of a person's visits goes with the person, and with the group that they were for."""

from shanzhi.people.registry import with_membership, with_resident
from shanzhi.visits.services import membership_gone, resident_gone

with_resident("visits", resident_gone)
with_membership("visits", membership_gone)
