"""Does a rule hit a product? Plain Python over facts that were read before (CA-07)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.enums import ScreeningEffect, ScreeningKind
from catalog.models import ScreeningRule
from catalog.services.content import Content

#: A median of fewer products says nothing.
MIN_PRICES = 5

#: What each kind tells the merchant, unless the rule has a text of its own.
MESSAGES: dict[str, str | Promise] = {
    ScreeningKind.BANNED_WORDS: _("This may not be said of a product. Take it out."),
    ScreeningKind.LICENCE: _("Selling this takes a licence that the shop has not shown."),
    ScreeningKind.PRICE: _("The price is far below what such products cost. Check it."),
    ScreeningKind.BRAND_GRANT: _("The shop has not shown that it may sell this brand."),
    ScreeningKind.SAME_TITLE: _("Another product of the shop has the same title."),
    ScreeningKind.SAME_PICTURE: _("Another product shows the same picture. Use your own."),
    ScreeningKind.CONTACT: _("Phone numbers, accounts and links do not belong into a text."),
}
#: The harder comes first.
HARDNESS = (ScreeningEffect.BLOCK, ScreeningEffect.HUMAN, ScreeningEffect.WARN)

_CONTACT = re.compile(
    r"(?<!\d)1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)"
    r"|(?:微信|威信|薇信|wechat|weixin|wx|加v|qq|扣扣)[号:\s]*[a-z0-9][a-z0-9_-]{4,}"
    r"|https?://\S+|www\.\S+"
    r"|[a-z0-9._+-]+@[a-z0-9-]+\.[a-z]{2,}"
)
_TEXTS = ("title", "brief", "description")


@dataclass(frozen=True)
class Candidate:
    """A product as it was submitted, or as it stands; `price` is its lowest, in minor units."""

    shop_id: int
    content: Content
    price: int | None
    product_id: int | None = None


@dataclass(frozen=True)
class Facts:
    """What the database knows of a set of candidates; only what their rules ask for is there."""

    #: Category pk → (median of the lowest prices on sale there, how many).
    medians: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    #: (shop pk, title) → products of that title.
    titles: Mapping[tuple[int, str], Collection[int]] = field(default_factory=dict)
    #: (shop pk, address of a main picture) → other products that show it; None stands for those of
    #: other shops.
    pictures: Mapping[tuple[int, str], Collection[int | None]] = field(default_factory=dict)
    #: Shop pk → brands it may sell, each with the path of the category that it may do so in.
    brands: Mapping[int, Collection[tuple[int, str]]] = field(default_factory=dict)
    #: Shop pk → codes of the licences it holds.
    licences: Mapping[int, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """A rule that hits, the field it is about, and what was found there."""

    rule: ScreeningRule
    field: str
    found: str = ""

    @property
    def message(self) -> str | Promise:
        """What the merchant reads: the rule's own words, else those of its kind."""
        said = self.rule.message or MESSAGES[self.rule.kind]
        return f"{said} ({self.found})" if self.found else said


def covers(rule: ScreeningRule, candidate: Candidate) -> bool:
    """Tell whether `rule` holds in the candidate's category; the rule's category is loaded."""
    place = rule.category
    return place is None or candidate.content.category.path.startswith(place.path)


def findings(rules: Sequence[ScreeningRule], candidate: Candidate, facts: Facts) -> list[Finding]:
    """Return what `rules` find, the hardest first, at most one a rule and field."""
    found = [
        finding
        for rule in rules
        if covers(rule, candidate)
        for finding in _LOOKS[rule.kind](rule, candidate, facts)
    ]
    return hardest_first(found)


def hardest_first(found: Sequence[Finding]) -> list[Finding]:
    """Return `found` by what it leads to."""
    return sorted(found, key=lambda one: HARDNESS.index(ScreeningEffect(one.rule.effect)))


def _words(rule: ScreeningRule, candidate: Candidate, facts: Facts) -> Iterator[Finding]:
    for name, text in _texts(candidate.content):
        plain, dense = _folded(text), _dense(text)
        for word in rule.words:
            # Spaces between Chinese characters say nothing; between Latin words they do.
            if _folded(word) in plain or (not word.isascii() and _dense(word) in dense):
                yield Finding(rule, name, word)
                break


def _contact(rule: ScreeningRule, candidate: Candidate, facts: Facts) -> Iterator[Finding]:
    for name, text in _texts(candidate.content):
        if match := _CONTACT.search(_folded(text)):
            yield Finding(rule, name, match.group()[:60])


def _licence(rule: ScreeningRule, candidate: Candidate, facts: Facts) -> Iterator[Finding]:
    if rule.licence not in facts.licences.get(candidate.shop_id, ()):
        yield Finding(rule, "category", rule.licence)


def _price(rule: ScreeningRule, candidate: Candidate, facts: Facts) -> Iterator[Finding]:
    median, count = facts.medians.get(candidate.content.category.pk, (0, 0))
    if candidate.price is None or rule.floor_bp is None or count < MIN_PRICES:
        return
    if candidate.price * 10_000 < median * rule.floor_bp:
        yield Finding(rule, "price")


def _brand(rule: ScreeningRule, candidate: Candidate, facts: Facts) -> Iterator[Finding]:
    brand = candidate.content.brand
    if brand is None or (rule.words and brand.name not in rule.words):
        return
    place = candidate.content.category.path
    granted = facts.brands.get(candidate.shop_id, ())
    if not any(pk == brand.pk and place.startswith(path) for pk, path in granted):
        yield Finding(rule, "brand", brand.name)


def _title(rule: ScreeningRule, candidate: Candidate, facts: Facts) -> Iterator[Finding]:
    same = facts.titles.get((candidate.shop_id, candidate.content.title), ())
    if any(one != candidate.product_id for one in same):
        yield Finding(rule, "title")


def _picture(rule: ScreeningRule, candidate: Candidate, facts: Facts) -> Iterator[Finding]:
    for url in candidate.content.image_urls:
        same = facts.pictures.get((candidate.shop_id, url), ())
        if any(one is None or one != candidate.product_id for one in same):
            yield Finding(rule, "image_urls")
            return


_LOOKS: dict[str, Callable[[ScreeningRule, Candidate, Facts], Iterator[Finding]]] = {
    ScreeningKind.BANNED_WORDS: _words,
    ScreeningKind.CONTACT: _contact,
    ScreeningKind.LICENCE: _licence,
    ScreeningKind.PRICE: _price,
    ScreeningKind.BRAND_GRANT: _brand,
    ScreeningKind.SAME_TITLE: _title,
    ScreeningKind.SAME_PICTURE: _picture,
}


def _texts(content: Content) -> Iterator[tuple[str, str]]:
    for name in _TEXTS:
        yield name, getattr(content, name)
    said = (f"{one.get('name', '')} {one.get('value', '')}" for one in content.attributes)
    yield "attributes", "\n".join(said)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _dense(text: str) -> str:
    return "".join(_folded(text).split())
