"""Lines of the log without personal data, whoever wrote them."""

import logging
import sys

import pytest

from shanzhi.lib.logs import MaskingFormatter, masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Not Found: /341181/cases/?q=王桂兰&phone=1", "Not Found: /341181/cases/?…"),
        ('"GET /a/?b=1 HTTP/1.1" 200', '"GET /a/?… HTTP/1.1" 200'),
        ("Is it well? Yes.", "Is it well? Yes."),
        ("called 13912345678 twice", "called 139****5678 twice"),
        ("called 0550-7771234", "called 0550-****234"),
        ("card 341181199001011234 of", "card 341181************ of"),
        ("card 34118119900101123X", "card 341181************"),
        ("id 729218347561234567 of a row", "id 729218347561234567 of a row"),
        ("DETAIL:  Failing row contains (1, 王桂兰, 13912345678).", "DETAIL: …"),
        ("Key (county_id, name)=(341181, 王桂兰) already exists", "Key (county_id, name)=(…) already exists"),
    ],
)
def test_what_is_cut_and_what_is_kept(text, shown):
    assert masked(text) == shown


def test_tracebacks_are_masked_too():
    said = "no such person: 王桂兰 13912345678\nDETAIL: (王桂兰)"
    try:
        raise ValueError(said)
    except ValueError:
        record = logging.getLogger("x").makeRecord("x", logging.ERROR, "f", 1, "it broke", (), sys.exc_info())
    line = MaskingFormatter("%(message)s").format(record)
    assert "ValueError" in line
    assert "139****5678" in line
    assert "no such person: … 139" in line
    assert "王" not in line
