"""Who may do what, written by hand from contract.md and domain.md: the access matrix holds the code against it."""

from shanzhi.access.permissions import SELF

VILLAGE_OFFICE = {"village_clerk", "branch_secretary"}
OFFICE = VILLAGE_OFFICE | {"township_officer", "command_centre"}
GRID = {"grid_worker", "grid_leader"}
WATCHERS = {"county_leader", "auditor"}
ADMINISTRATORS = {"system_admin", "security_admin", "audit_admin"}
STAFF = OFFICE | GRID | WATCHERS | ADMINISTRATORS | {"accountant", "supervisor", "department_handler"}
EVERYBODY = STAFF | {"resident", "volunteer"}
CITIZENS = EVERYBODY - ADMINISTRATORS

# Which posts carry a permission.
ALLOWED: dict[str, set[str]] = {
    SELF: EVERYBODY,
    "accounts.view": {"security_admin", "audit_admin"},
    "accounts.manage": {"security_admin"},
    "accounts.grant": {"security_admin"},
    "accounts.stand_ins": OFFICE | {"security_admin"},
    "accounts.tokens": {"security_admin"},
    "areas.view": STAFF,
    "areas.manage": {"system_admin"},
    "cases.report": CITIZENS - {"department_handler"},
    "cases.take_down": OFFICE,
    "cases.contact": OFFICE | GRID | {"department_handler"},
    "cases.own": CITIZENS,
    "cases.view": STAFF - ADMINISTRATORS,
    "cases.accept": OFFICE,
    "cases.reject": OFFICE,
    "cases.dispatch": OFFICE,
    "cases.verify": OFFICE,
    "cases.escalate": OFFICE,
    "cases.handle": OFFICE | GRID | {"department_handler"},
    "cases.return": OFFICE | GRID | {"department_handler"},
    "cases.close": CITIZENS,
    "cases.export": OFFICE | WATCHERS | {"department_handler"},
    "cases.gate": {"township_officer", "command_centre"},
    "cases.reopen": CITIZENS,
    "cases.suspend": OFFICE,
    "cases.ask": OFFICE | GRID | {"department_handler"},
    "cases.grant": OFFICE,
    "cases.supervise": {"township_officer", "command_centre", "county_leader"},
    "cases.answer": OFFICE | GRID | {"department_handler"},
    "cases.split": OFFICE,
    "cases.merge": OFFICE,
    "cases.classify": OFFICE,
    "cases.whistle": OFFICE | GRID,
    "cases.note": OFFICE | GRID | {"county_leader", "accountant", "department_handler"},
    "cases.moderate": OFFICE,
    "cases.callbacks": {"township_officer", "command_centre"},
    "cases.rates": OFFICE | WATCHERS,
    "cases.publish": OFFICE,
    "cases.add": set(),  # granted by a receipt alone
    "cases.suggestions": {"system_admin", "command_centre"},
    "cases.suggestions_manage": {"system_admin"},
    "packs.view": STAFF - ADMINISTRATORS | {"system_admin"},
    "packs.edit": {"system_admin"},
    "trail.view": {"audit_admin"},
    "notices.log": {"system_admin"},
    "portal.qr": OFFICE | {"system_admin"},
    "clues.desk": set(),  # held by name, by no role
    "clues.appoint": {"security_admin"},
    "duties.issue": {"township_officer", "command_centre", "county_leader"},
    "duties.receive": OFFICE | GRID | {"department_handler"},
    "duties.view": OFFICE | GRID | WATCHERS | {"department_handler"},
    "exchange.hooks": {"system_admin"},
    "people.view": OFFICE | GRID,
    "people.edit": GRID | {"village_clerk", "township_officer"},
    "people.care": GRID | VILLAGE_OFFICE | {"township_officer"},
    "people.reveal": GRID | VILLAGE_OFFICE | {"township_officer"},
    "people.import": {"village_clerk", "township_officer", "command_centre"},
    "people.export": {"village_clerk", "township_officer"},
    "people.rights": {"village_clerk", "township_officer"},
    "people.counts": OFFICE | GRID | WATCHERS,
    "visits.make": GRID | VILLAGE_OFFICE | {"township_officer"},
    "visits.counts": OFFICE | GRID | WATCHERS,
    "staffing.view": STAFF,
    "staffing.contact": OFFICE | GRID | {"department_handler", "county_leader"},
    "staffing.manage": OFFICE,
    "staffing.rule": {"command_centre"},
    "insight.board": {"township_officer", "command_centre"} | WATCHERS,
}
# Whose turn it is on the case that is prepared for the act (see BEFORE): a permission alone is not enough.
ABOVE = {"township_officer", "command_centre", "county_leader"}
TURN: dict[str, set[str]] = {
    "acceptances": VILLAGE_OFFICE,
    "rejections": VILLAGE_OFFICE,
    "dispatches": VILLAGE_OFFICE,
    "starts": GRID,
    "stages": GRID,
    "handlings": GRID,
    "releases": GRID,
    "returns": GRID,
    "escalations": OFFICE,  # the level above may pull it up
    "verifications": VILLAGE_OFFICE,
    "closures": VILLAGE_OFFICE | {"grid_worker"},  # the reporter
    "reopenings": VILLAGE_OFFICE | ABOVE | {"grid_worker"},
    "suspensions": VILLAGE_OFFICE,
    "resumptions": VILLAGE_OFFICE,
    "extensions": GRID,
    "grants": VILLAGE_OFFICE,
    "refusals": VILLAGE_OFFICE,
    "supervisions": ABOVE,
    "answers": VILLAGE_OFFICE,
    "whistles": VILLAGE_OFFICE | GRID,
    "arrivals": set(),  # of a unit, and none was called here
    "departures": set(),
    "dismissals": VILLAGE_OFFICE | GRID,
    "contacts": VILLAGE_OFFICE,
    "parts": VILLAGE_OFFICE,
    "merges": VILLAGE_OFFICE,
    "unmerges": VILLAGE_OFFICE,
    "classifications": VILLAGE_OFFICE,
    "moderations": VILLAGE_OFFICE,
    "summaries": VILLAGE_OFFICE,
    "receipt": VILLAGE_OFFICE,  # of what the village took down
    "receipts": VILLAGE_OFFICE,
    "reveals": VILLAGE_OFFICE,
    "papers": VILLAGE_OFFICE,
    # Of an instruction that the township's officer gave to the village's office: each side its own acts.
    "progress": VILLAGE_OFFICE,
    "reports": VILLAGE_OFFICE,
    "declines": VILLAGE_OFFICE,
    "postponements": VILLAGE_OFFICE,
    "approvals": {"township_officer"},
    "denials": {"township_officer"},
    "strikes": {"township_officer"},
    "send-backs": {"township_officer"},
    "withdrawals": {"township_officer"},
}
SEES_DUTY = {"own": OFFICE | WATCHERS, "other": WATCHERS}
SEES_CASE = {"own": OFFICE | GRID | WATCHERS | {"accountant", "supervisor"}, "other": WATCHERS}
# Who sees an object in the own and in another area; whoever does not gets the answer for what does not exist.
SEES: dict[str, dict[str, set[str]]] = {
    "case": SEES_CASE,
    "case_photo": SEES_CASE,
    "duty": SEES_DUTY,
    "duty_line": SEES_DUTY,
    # A grid's own place is the grid; the village above it is another's.
    "area": {"own": STAFF - GRID, "other": WATCHERS | ADMINISTRATORS},
    "unit": {"own": STAFF - GRID - VILLAGE_OFFICE - {"accountant", "supervisor"}, "other": WATCHERS | ADMINISTRATORS},
    "clue_officer": {"own": EVERYBODY, "other": EVERYBODY},
    "user": {"own": EVERYBODY, "other": EVERYBODY},
    "post": {"own": EVERYBODY, "other": EVERYBODY},
    # The list of the village clerk's post may be given away by its holder and by offices of the place or above it.
    "list": {"own": OFFICE | {"security_admin"}, "other": {"security_admin"}},
    "stand_in": {"own": OFFICE | {"security_admin"}, "other": {"security_admin"}},
    "token": {"own": EVERYBODY, "other": EVERYBODY},
    "import": {"own": EVERYBODY, "other": EVERYBODY},
    "outline_import": {"own": EVERYBODY, "other": EVERYBODY},
    "seal": {"own": EVERYBODY, "other": EVERYBODY},
    "job": {"own": {"system_admin"}, "other": set()},
    "notice": {"own": {"village_clerk"}, "other": set()},
    "delivery": {"own": EVERYBODY, "other": EVERYBODY},
    "hook": {"own": EVERYBODY, "other": EVERYBODY},
    "hook_delivery": {"own": EVERYBODY, "other": EVERYBODY},
    "draw": {"own": {"township_officer", "command_centre"}, "other": set()},
    "batch": {"own": {"village_clerk"}, "other": set()},
    "held": {"own": {"township_officer", "command_centre"}, "other": set()},
    "block": {"own": {"township_officer", "command_centre"}, "other": set()},
    # Whom one may call: at and below one's own place, and on the way up from it.
    "staff": {"own": STAFF, "other": WATCHERS | ADMINISTRATORS},
    # No administrator and no watcher sees a person; a care group is seen by whom it names, a request by who decides.
    "resident": {"own": OFFICE | GRID, "other": set()},
    "stay": {"own": OFFICE | GRID, "other": set()},
    "dwelling": {"own": OFFICE | GRID, "other": set()},
    "household": {"own": OFFICE | GRID, "other": set()},
    "kin": {"own": OFFICE | GRID, "other": set()},
    "membership": {"own": GRID | VILLAGE_OFFICE | {"township_officer"}, "other": set()},
    # Who is not sent there is told so (409), if the person is known to them at all; who may know of the group sees
    # what was found.
    "visited": {"own": OFFICE | GRID, "other": set()},
    "visit": {"own": GRID | VILLAGE_OFFICE | {"township_officer"}, "other": set()},
    "register_import": {"own": {"village_clerk", "township_officer", "command_centre"}, "other": set()},
    "register_export": {"own": {"village_clerk"}, "other": set()},  # its maker's alone
    "search": {"own": {"village_clerk"}, "other": set()},
    "data_request": {"own": {"village_clerk", "township_officer"}, "other": set()},
    "saved": {"own": {"village_clerk"}, "other": set()},
    "erased": {"own": {"village_clerk"}, "other": set()},
}

# Who is named to the clue desk here, as its lead, and what is done only by whom a clue is assigned to.
CLUE_LEADS = {"county_leader"}
CLUE_HANDLERS_ACTS = {"checks", "pauses", "resumptions", "transfers", "conclusions"}

# What an address asks for beyond its permission: the list of a scope needs one, one's own reports do not.
ONLY: dict[str, set[str]] = {"cases:list": CITIZENS, "cases.case_list": STAFF - ADMINISTRATORS}
