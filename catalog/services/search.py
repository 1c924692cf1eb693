"""Words: how a product is found by what people type (CA-22).

A text is indexed under every dictionary word in it, cut or overlapping, and under each single
character; a query is cut into dictionary words and single characters. So a Chinese query that
stands literally in a title always finds it, however the words around it are cut, and `ts_rank`
prefers products that hold the words as words.
"""

from __future__ import annotations

import functools
import logging
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Exists, F, IntegerField, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from catalog.models import Category, Product
from catalog.selectors.channels import sold_through
from kernel import walls
from shops.models import Guarantee

MAX_QUERY_LENGTH = 100
MAX_QUERY_WORDS = 16
MAX_INDEXED = 20_000
#: Up to so many products found by words are looked up by their keys.
MAX_KEYS = 1_000

Row = TypeVar("Row", bound=Model)
#: `ts_rank` as a whole number, so that a page boundary is exact.
RANK_UNIT = 1_000_000

_RUN = re.compile(r"[^\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


class Order(NamedTuple):
    """How results are sorted: columns for the page, largest first where they begin with ``-``."""

    columns: tuple[str, ...]
    has_rank: bool = False


ORDERS = {
    "relevance": Order(("-rank", "-id"), has_rank=True),
    "price": Order(("min_price", "id")),
    "-price": Order(("-min_price", "-id")),
    "sales": Order(("-sales_count", "-id")),
    "new": Order(("-listed_at", "-id")),
}


def words(text: str, *, is_query: bool = False) -> list[str]:
    """Return the words of `text` in lower case; the one place that knows how text is cut.

    For the index (`is_query` False) words may overlap and repeat; for a query each stands once.
    """
    found: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).casefold()):
        if not _HAN.search(run):
            found.append(run)
        elif is_query:
            found += [word for word in _cutter().lcut(run, HMM=False) if word.strip()]
        else:
            found += _cutter().lcut_for_search(run)
            found += [word for word in _cutter().lcut(run, cut_all=True) if word.strip()]
            found += _HAN.findall(run)
    return list(dict.fromkeys(found)) if is_query else found


def index_text(product: Product, path: Iterable[Category]) -> str:
    """Return what `Product.search_words` holds: title, brand, category path, attributes.

    `path` are the product's category and those above it; `product.brand` is loaded or None.
    """
    parts = [product.title, product.title, product.brief]
    parts += [product.brand.name] if product.brand_id and product.brand else []
    parts += [name for node in path for name in (node.name, node.name_en)]
    parts += [str(one.get("value", "")) for one in product.attributes]
    return " ".join(words(" ".join(parts)))[:MAX_INDEXED]


def reindex(products: Sequence[Product]) -> None:
    """Set `search_words` on `products` (not saved). Two queries for any number of them."""
    paths = {product.category_id: product.category.path for product in products}
    ids = {int(pk) for path in paths.values() for pk in path.strip("/").split("/")}
    nodes = Category.objects.in_bulk(ids)
    for product in products:
        above = [int(pk) for pk in paths[product.category_id].strip("/").split("/")]
        product.search_words = index_text(product, [nodes[pk] for pk in above if pk in nodes])


def matching(queryset: QuerySet[Product], text: str) -> QuerySet[Product]:
    """Narrow `queryset` to products that hold every word of `text`, with their `rank`.

    A text without words finds nothing.
    """
    asked = words(text[:MAX_QUERY_LENGTH], is_query=True)[:MAX_QUERY_WORDS]
    if not asked:
        return queryset.annotate(rank=Value(0, IntegerField())).none()
    query = SearchQuery(" ".join(asked), config="simple", search_type="plain")
    return queryset.filter(search_vector=query).annotate(rank=rank_of(query, "search_vector"))


def rank_of(query: SearchQuery, column: str) -> Cast:
    """Return how well the words in `column` answer `query`, as a whole number."""
    return Cast(SearchRank(F(column), query) * RANK_UNIT, IntegerField())


def ranked(queryset: QuerySet[Any], text: str, relation: str) -> QuerySet[Any]:
    """Give rows that name a product as `relation` the `rank` of that product for `text`."""
    asked = " ".join(words(text[:MAX_QUERY_LENGTH], is_query=True)[:MAX_QUERY_WORDS])
    query = SearchQuery(asked, config="simple", search_type="plain")
    return queryset.annotate(rank=rank_of(query, f"{relation}__search_vector"))


def by_beginnings(text: str) -> SearchQuery | None:
    """Return the question for products with every word of `text`, or words that begin so.

    What people at a desk type is cut as a buyer's words are, but ``lap`` finds ``laptop``. None for
    a text without words.
    """
    asked = words(text[:MAX_QUERY_LENGTH], is_query=True)[:MAX_QUERY_WORDS]
    # Words are letters and digits alone: nothing in them could be an operator.
    terms = [f"'{word}'" if _HAN.search(word) else f"'{word}':*" for word in asked]
    return SearchQuery(" & ".join(terms), config="simple", search_type="raw") if asked else None


def at_desk(rows: QuerySet[Row], text: str, product: str = "") -> QuerySet[Row]:
    """Narrow `rows` of a console to products with every word of `text`, or words that begin so.

    `product` is the path from a row to its product, such as ``product__``.

    Behind the wall of a shop an index of words cannot be asked (ADR 0018): it is asked outside for
    keys of that shop's own products, and the rows are read behind the wall by them. Where more have
    the words than `MAX_KEYS`, the rows are read in their order until a page is full instead.
    """
    query = by_beginnings(text)
    if query is None:
        return rows.none()
    shop_id = walls.current()
    found = rows.filter(**{f"{product}search_vector": query})
    if shop_id is None:
        return found
    own = Product.objects.filter(shop_id=shop_id, search_vector=query)
    with walls.outside("an index of words serves nobody behind the wall"):
        keys = list(own.order_by().values_list("pk", flat=True)[: MAX_KEYS + 1])
    return found if len(keys) > MAX_KEYS else rows.filter(**{f"{product}pk__in": keys})


@dataclass(frozen=True)
class Query:
    """What a buyer looks for; amounts in minor units. Empty means: no matter."""

    text: str = ""
    category: Category | None = None
    brand_id: str = ""
    shop_id: str = ""
    min_price: int | None = None
    max_price: int | None = None
    #: Pieces sold.
    min_sales: int | None = None
    max_sales: int | None = None
    #: `shops.enums.ShopType` of who sells it.
    shop_type: str = ""
    #: `shops.enums.GuaranteeKind`s that the shop gives, all of them, at `at`.
    guarantees: tuple[str, ...] = ()
    #: Whose showcase it is (CA-19): what is sold through this account alone is found too.
    account_id: str = ""
    at: datetime | None = None
    sort: str = ""


def find(queryset: QuerySet[Product], query: Query) -> tuple[QuerySet[Product], tuple[str, ...]]:
    """Narrow `queryset` to what `query` asks for; return it with the columns to sort by (CA-22).

    The price band is asked of a product's lowest price. Without words, relevance means sales.
    """
    if query.text:
        queryset = matching(queryset, query.text)
    if query.category is not None:
        queryset = queryset.filter(category__path__startswith=query.category.path)
    if query.brand_id:
        queryset = queryset.filter(brand__public_id=query.brand_id)
    if query.shop_id:
        queryset = queryset.filter(shop__public_id=query.shop_id)
    queryset = queryset.filter(sold_through(query.account_id))
    queryset = _of_shops(_in_bands(queryset, query), query)
    order = ORDERS[query.sort or "relevance"]
    if order.has_rank and not query.text:
        order = ORDERS["sales"]
    return queryset, order.columns


def _in_bands(queryset: QuerySet[Product], query: Query) -> QuerySet[Product]:
    bounds = {
        "min_price__gte": query.min_price,
        "min_price__lte": query.max_price,
        "sales_count__gte": query.min_sales,
        "sales_count__lte": query.max_sales,
    }
    asked = {name: value for name, value in bounds.items() if value is not None}
    return queryset.filter(**asked) if asked else queryset


def _of_shops(queryset: QuerySet[Product], query: Query) -> QuerySet[Product]:
    """Narrow `queryset` to what shops of the asked type and with the asked guarantees sell."""
    if query.shop_type:
        queryset = queryset.filter(shop__type=query.shop_type)
    for kind in query.guarantees:
        given = Guarantee.objects.filter(shop_id=OuterRef("shop_id"), kind=kind)
        if query.at is not None:
            given = given.filter(starts_at__lte=query.at)
            given = given.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=query.at))
        queryset = queryset.filter(Exists(given))
    return queryset


@functools.cache
def _cutter() -> Any:
    # Loading takes a second and 60 MB: only processes that search or index pay for it. The model is
    # cached in our own folder because it is unmarshalled, and /tmp belongs to everybody.
    import jieba  # noqa: PLC0415 -- see above

    jieba.setLogLevel(logging.CRITICAL)  # a folder that cannot be written only costs the second
    cutter = jieba.Tokenizer()
    cutter.tmp_dir = str(settings.DATA_DIR)
    cutter.initialize()
    return cutter
