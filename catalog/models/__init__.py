"""What is sold: categories, products, SKUs, prices over time, stock."""

from catalog.models.bulk import BulkEdit, BulkEditLine
from catalog.models.importing import ImportJob, ImportRowError
from catalog.models.picture import ShopPicture
from catalog.models.price import PriceVersion
from catalog.models.product import Product, ProductDraft, ProductReview, Sku
from catalog.models.screening import ReviewPass, ScreeningHit, ScreeningRule, ShopPermit
from catalog.models.stock import Stock, StockMovement
from catalog.models.taxonomy import Brand, Category, CategoryRuleSet

__all__ = [
    "Brand",
    "BulkEdit",
    "BulkEditLine",
    "Category",
    "CategoryRuleSet",
    "ImportJob",
    "ImportRowError",
    "PriceVersion",
    "Product",
    "ProductDraft",
    "ProductReview",
    "ReviewPass",
    "ScreeningHit",
    "ScreeningRule",
    "ShopPermit",
    "ShopPicture",
    "Sku",
    "Stock",
    "StockMovement",
]
