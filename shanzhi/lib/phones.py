"""Numbers of telephones in the one form in which they are kept and looked for."""

import re
import unicodedata


def phone_read(text: str) -> str:
    """Digits alone, whatever stood between them and however wide they were written."""
    return re.sub(r"[\s\-–—()（）]", "", unicodedata.normalize("NFKC", text))
