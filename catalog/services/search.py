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
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from catalog.models import Category, Product

MAX_QUERY_LENGTH = 100
MAX_QUERY_WORDS = 16
MAX_INDEXED = 20_000
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
    rank = Cast(SearchRank(F("search_vector"), query) * RANK_UNIT, IntegerField())
    return queryset.filter(search_vector=query).annotate(rank=rank)


@dataclass(frozen=True)
class Query:
    """What a buyer looks for; amounts in minor units. Empty means: no matter."""

    text: str = ""
    category: Category | None = None
    brand_id: str = ""
    shop_id: str = ""
    min_price: int | None = None
    max_price: int | None = None
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
    if query.min_price is not None:
        queryset = queryset.filter(min_price__gte=query.min_price)
    if query.max_price is not None:
        queryset = queryset.filter(min_price__lte=query.max_price)
    order = ORDERS[query.sort or "relevance"]
    if order.has_rank and not query.text:
        order = ORDERS["sales"]
    return queryset, order.columns


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
