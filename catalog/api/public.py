"""What everybody may see: categories, search, product pages."""

from __future__ import annotations

from typing import Any

from catalog import selectors
from catalog.api.inputs import CatalogSearchQuery, StorefrontQuery
from catalog.api.outputs import BrandOut, CategoryOut, CategoryRulesOut
from catalog.api.public_outputs import ProductCardOut, ProductPageOut, StorefrontCardOut
from catalog.models import Brand, Category, Product
from catalog.selectors.cards import storefront_cards
from catalog.services import search, storefronts
from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.views import View

#: Columns that only the search engine reads.
UNSEEN = ("search_words", "search_vector", "description")


class Categories(View):
    audience = Role.ANONYMOUS

    @operation(gives=CategoryOut, many=True)
    def get(self, request: Any) -> Any:
        """The category tree, each node after its parent."""
        return selectors.categories_in_tree_order()


class CategoryRulesView(View):
    audience = Role.ANONYMOUS

    @operation(gives=CategoryRulesOut)
    def get(self, request: Any, category_id: str) -> Any:
        """Everything that products of this category obey: what forms, API and imports ask."""
        category = Category.objects.get_visible(request.actor, public_id=category_id)
        return {"category": category, "rules": selectors.category_rules(category)}


class Brands(View):
    audience = Role.ANONYMOUS

    @listing(gives=BrandOut, ordering=("name", "id"))
    def get(self, request: Any) -> Any:
        """Brands by name."""
        return Brand.objects.visible_to(request.actor)


class Products(View):
    audience = Role.ANONYMOUS

    @listing(gives=ProductCardOut, filters=CatalogSearchQuery)
    def get(self, request: Any, query: dict[str, Any]) -> Any:
        """Search products on sale; each result says who sells it."""
        category = None
        if "category_id" in query:
            category_id = query.pop("category_id")
            category = Category.objects.get_visible(request.actor, public_id=category_id)
        asked = search.Query(text=query.pop("q", ""), category=category, at=request.at, **query)
        return search.find(Product.objects.visible_to(request.actor).defer(*UNSEEN), asked)


class Storefronts(View):
    audience = Role.ANONYMOUS

    @operation(gives=StorefrontCardOut, many=True, filters=StorefrontQuery)
    def get(self, request: Any, query: dict[str, Any]) -> Any:
        """Whom `q` names, by a name of the shop, of its account or of its brand; at most three."""
        return storefront_cards(storefronts.named(query["q"]), at=request.at)


class ProductPageView(View):
    audience = Role.ANONYMOUS

    @operation(gives=ProductPageOut)
    def get(self, request: Any, product_id: str) -> Any:
        """A product on sale with its variants and who sells it."""
        rows = Product.objects.select_related("category", "brand")
        product = rows.get_visible(request.actor, public_id=product_id)
        return selectors.product_page(product, at=request.at)
