"""Who is told of a case: whoever has the turn, the level in charge, and the levels above it; each as ids of people."""

from datetime import datetime

from shanzhi.accounts.selectors import users_with
from shanzhi.areas.paths import WIDTH
from shanzhi.cases import permissions
from shanzhi.cases.catalogue import AT_HANDLER
from shanzhi.cases.models import Case


class People:
    """The people of one moment; a place is looked up once, however many cases are told of.

    A case is read with `turn_area`.
    """

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._known: dict[tuple[str, str, int | None, bool], frozenset[int]] = {}

    def turn(self, case: Case) -> frozenset[int]:
        """Whoever took it up, else everybody at the unit or the place that has the next step."""
        if case.turn_unit_id is not None:
            people = self._with(permissions.HANDLE, unit_id=case.turn_unit_id)
        elif case.turn_area is not None:
            permission = permissions.HANDLE if case.state in AT_HANDLER else permissions.ACCEPT
            people = self._with(permission, case.turn_area.path, exact=True)
        else:
            return frozenset()
        return frozenset({case.holder_id}) if case.holder_id in people else people

    def unit(self, unit_id: int) -> frozenset[int]:
        return self._with(permissions.HANDLE, unit_id=unit_id)

    def place(self, path: str) -> frozenset[int]:
        """Those who handle at a grid or a lower level."""
        return self._with(permissions.HANDLE, path, exact=True)

    def office(self, path: str) -> frozenset[int]:
        """The office of a level."""
        return self._with(permissions.ACCEPT, path, exact=True)

    def granting(self, path: str) -> frozenset[int]:
        """Those of a level who decide on more time."""
        return self._with(permissions.GRANT, path, exact=True)

    def above(self, path: str) -> frozenset[int]:
        """The office of the level above, and whoever supervises it; of the county its own superiors."""
        higher = path[:-WIDTH] if len(path) > WIDTH else path
        return self.office(higher) | self._with(permissions.SUPERVISE, higher)

    def _with(
        self, permission: str, path: str = "", *, unit_id: int | None = None, exact: bool = False
    ) -> frozenset[int]:
        key = (permission, path, unit_id, exact)
        if key not in self._known:
            where = {"unit_id": unit_id} if unit_id is not None else {"area_path": path, "exact": exact}
            self._known[key] = frozenset(users_with(permission, at=self.at, **where))
        return self._known[key]
