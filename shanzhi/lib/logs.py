"""Lines of the log without personal data, whoever wrote them.

Our own code logs ids and codes. What libraries, the server and PostgreSQL add is cut here: the query of an address,
the row that a failed statement names, and whatever looks like a phone or identity number.
"""

import logging
import re
from typing import Any, Final

_CHINESE: Final = re.compile(r"[^\x00-\x7f]+")
_QUERY: Final = re.compile(r"(?<=[\w/])\?[^\s\"'<>]+")
_ROW: Final = re.compile(r"^(\s*(?:DETAIL|CONTEXT|HINT|LINE \d+)\s*:).*$", re.MULTILINE)
_PAIR: Final = re.compile(r"\(([\w, \"]+)\)=\(.*?\)(?= |$)")
_IDENTITY: Final = re.compile(r"(?<!\d)(\d{6})(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])\d{2}\d{3}[\dXx](?!\d)")
_MOBILE: Final = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_FIXED: Final = re.compile(r"(?<!\d)(0\d{2,3}-)\d{4}(\d{3,4})(?!\d)")


def masked(text: str) -> str:
    """The text without queries, rows of failed statements, phone and identity numbers."""
    text = _QUERY.sub("?…", text)
    text = _ROW.sub(r"\1 …", text)
    text = _PAIR.sub(r"(\1)=(…)", text)
    text = _IDENTITY.sub(r"\1************", text)
    text = _MOBILE.sub(r"\1****\2", text)
    return _FIXED.sub(r"\1****\2", text)


class MaskingFormatter(logging.Formatter):
    """Masks the finished line, with its traceback: nothing gets past it, wherever it came in.

    What an error says may quote what somebody typed. Of it only ASCII is kept: names, places and texts are Chinese.
    """

    def formatException(self, ei: Any) -> str:
        return _CHINESE.sub("…", super().formatException(ei))

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
