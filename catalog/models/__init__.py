"""What is sold: categories, products, SKUs, prices over time, stock."""

from catalog.models.authority import BrandGrant, QualificationRule, ShopQualification
from catalog.models.bucket import BucketDraw, StockBucket
from catalog.models.bulk import BulkEdit, BulkEditLine
from catalog.models.bundle import Bundle, BundlePart
from catalog.models.channel import ChannelSeller, ProductChannel
from catalog.models.decoration import ShopPage, ShopPageVersion
from catalog.models.identity import StorefrontNames
from catalog.models.importing import ImportJob, ImportRowError
from catalog.models.picture import ShopPicture
from catalog.models.price import PriceVersion
from catalog.models.product import Product, ProductDraft, ProductReview
from catalog.models.sale_mode import SaleMode
from catalog.models.screening import ReviewPass, ScreeningHit, ScreeningRule
from catalog.models.sku import Sku
from catalog.models.spu import Spu, SpuTicket
from catalog.models.stock import Stock, StockMovement
from catalog.models.taxonomy import Brand, Category, CategoryRuleSet

__all__ = [
    "Brand",
    "BrandGrant",
    "BucketDraw",
    "BulkEdit",
    "BulkEditLine",
    "Bundle",
    "BundlePart",
    "Category",
    "CategoryRuleSet",
    "ChannelSeller",
    "ImportJob",
    "ImportRowError",
    "PriceVersion",
    "Product",
    "ProductChannel",
    "ProductDraft",
    "ProductReview",
    "QualificationRule",
    "ReviewPass",
    "SaleMode",
    "ScreeningHit",
    "ScreeningRule",
    "ShopPage",
    "ShopPageVersion",
    "ShopPicture",
    "ShopQualification",
    "Sku",
    "Spu",
    "SpuTicket",
    "Stock",
    "StockBucket",
    "StockMovement",
    "StorefrontNames",
]
