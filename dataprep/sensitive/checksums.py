"""Checksums: what tells a real number of somebody's from one that looks like it."""

from __future__ import annotations

import ipaddress


def _digits(text: str) -> str:
    return "".join(c for c in text if c in "0123456789")


def luhn(number: str) -> bool:
    """The check digit of payment cards (ISO/IEC 7812-1); fillers of one or two digits are none."""
    digits = _digits(number)
    doubled = (int(c) * (1 + n % 2) for n, c in enumerate(reversed(digits)))
    return len(set(digits)) > 2 and sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


_IBAN_LENGTHS = {
    **{"AD": 24, "AE": 23, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29},
    **{"CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "EG": 29, "ES": 24, "FI": 18},
    **{"FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "HR": 21, "HU": 28},
    **{"IE": 22, "IL": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21},
    **{"LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18},
    **{"NO": 15, "PK": 24, "PL": 28, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24},
    **{"SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "VG": 24, "XK": 20},
}


def iban(number: str) -> bool:
    """The length of its country and the check digits of ISO 13616 (mod 97)."""
    flat = number.replace(" ", "")
    if _IBAN_LENGTHS.get(flat[:2]) != len(flat):
        return False
    return int("".join(str(int(c, 36)) for c in flat[4:] + flat[:4])) % 97 == 1


def public_address(address: str) -> bool:
    """An IPv4 address that is nobody's example: not private, local, reserved or documentation."""
    try:
        return ipaddress.IPv4Address(address).is_global
    except ValueError:
        return False


def french_number(number: str) -> bool:
    """Numéro de sécurité sociale: its key is 97 less the number mod 97 (INSEE)."""
    digits = _digits(number)
    return len(digits) == 15 and 97 - int(digits[:13]) % 97 == int(digits[13:])


def spanish_number(number: str) -> bool:
    """DNI and NIE: the letter is the number mod 23 (Real Decreto 1553/2005)."""
    flat = number.upper().replace("-", "")
    digits = flat[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2")
    return flat[-1] == "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23]


def brazilian_number(number: str) -> bool:
    """CPF: two check digits, weights falling from 10 and 11 (Receita Federal)."""
    digits = [int(c) for c in _digits(number)]
    if len(set(digits)) == 1:
        return False
    for length in (9, 10):
        total = sum(d * (length + 1 - n) for n, d in enumerate(digits[:length]))
        if total * 10 % 11 % 10 != digits[length]:
            return False
    return True


def german_number(number: str) -> bool:
    """Steuerliche Identifikationsnummer: ISO 7064, MOD 11,10 (§ 139b AO)."""
    product, digits = 10, _digits(number)
    for c in digits[:10]:
        product = ((int(c) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[10])


_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (
            *(1, 0, 5, 7, 9, 13, 15, 17, 19, 21),
            *(1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10),
            *(22, 25, 24, 23),
        ),
        strict=True,
    )
)


def italian_code(code: str) -> bool:
    """Codice fiscale: the last letter is the sum of the others mod 26 (DM 23/12/1976)."""
    flat = code.upper()
    even = sum(int(c) if c.isdigit() else ord(c) - 65 for c in flat[1:15:2])
    return chr(65 + (sum(_ODD[c] for c in flat[0:15:2]) + even) % 26) == flat[15]
