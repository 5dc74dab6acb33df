"""The secret on the receipt of a case, and by which digest it is found."""

from shanzhi.cases.models import Receipt
from shanzhi.lib.receipts import ALPHABET, LENGTH, secret_new, secret_read, secret_shown
from shanzhi.tenancy.fields import EncryptedTextField

__all__ = ["ALPHABET", "LENGTH", "digest_of", "secret_new", "secret_read", "secret_shown"]


def digest_of(secret: str) -> str:
    """What a secret is looked up by; without the server's key it says nothing."""
    return EncryptedTextField.index_in(Receipt, "secret", secret)
