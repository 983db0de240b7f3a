"""Random keys: in addresses and tokens; numbers are shown, never keys."""

import secrets

# Without what is mistaken for something else: 0 and o, 1 and l, i.
ALPHABET_DES_CLES = "23456789abcdefghjkmnpqrstuvwxyz"


def nouvelle_cle():
    """Return a random key of ten characters."""
    return "".join(secrets.choice(ALPHABET_DES_CLES) for _ in range(10))
