"""Where a notice may lead: inside its own county, never to another host."""

import re
from typing import Final

_PLAIN: Final = re.compile(r"/[\w\-./~%?=&+,:@#]*", re.ASCII)


def is_local(path: str, *, county_id: int) -> bool:
    """True if, and only if, a browser that is sent to `path` stays at this host, in this county.

    No scheme, no second leading slash, no backslash, no control character, no way up by dots.
    """
    bare = path.partition("?")[0].partition("#")[0]
    return (
        _PLAIN.fullmatch(path) is not None
        and path.startswith(f"/{county_id:06d}/")
        and "//" not in bare
        and not any(part in {".", ".."} or "%2e" in part.lower() for part in bare.split("/"))
    )
