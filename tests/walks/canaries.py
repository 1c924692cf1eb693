"""Words that only one side may ever read, and how to notice that somebody else did."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: How a canary begins; the side's letter follows. A search for this alone names nobody.
SPECIES = "CANARY"


def canary(side: str, what: str) -> str:
    """Return a private text of `side`: ``canary("B", "remark")`` is CANARY-B-remark."""
    return f"{SPECIES}-{side}-{what}"


def canary_email(side: str, who: str) -> str:
    """Return a private address; the database keeps addresses in lower case."""
    return f"{canary(side, who)}@example.com".lower()


def sightings(side: str, answer: str) -> list[str]:
    """Return the canaries of `side` in an answer, whatever the case and the escaping."""
    return re.findall(rf"{SPECIES}-{side}-[\w-]*", answer, re.IGNORECASE)


def strays(numbers: Iterable[str], answer: str, sent: str) -> list[str]:
    """Return the private `numbers` that an answer names although the request did not."""
    return [one for one in numbers if one in answer and one not in sent]
