"""Addresses under /api/v1/catalog/."""

from django.urls import URLPattern, URLResolver, path

from catalog.api import (
    authority,
    bulk,
    channels,
    decoration,
    imports,
    merchant,
    operator,
    pictures,
    public,
    quality,
)

SHOP = "shops/<str:shop_id>"
PRODUCT = f"{SHOP}/products/<str:product_id>"
BULK = f"{SHOP}/bulk-edits/<str:bulk_edit_id>"
GRANT = "operator/brand-grants/<str:brand_grant_id>"
QUALIFICATION = "operator/qualifications/<str:qualification_id>"
REVIEW = "operator/reviews/<str:review_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("categories", public.Categories.as_view()),
    path("categories/<str:category_id>/rules", public.CategoryRulesView.as_view()),
    path("brands", public.Brands.as_view()),
    path("products", public.Products.as_view()),
    path("products/<str:product_id>", public.ProductPageView.as_view()),
    path(f"{SHOP}/products", merchant.ShopProducts.as_view()),
    path(PRODUCT, merchant.ShopProduct.as_view()),
    path(f"{PRODUCT}/limits", merchant.ShopProductLimits.as_view()),
    path(f"{PRODUCT}/channel", channels.ShopProductChannel.as_view()),
    path(f"{PRODUCT}/channel-products", channels.ShopChannelProducts.as_view()),
    path(f"{PRODUCT}/submit", merchant.ShopProductSubmission.as_view()),
    path(f"{PRODUCT}/withdraw", merchant.ShopProductWithdrawal.as_view()),
    path(f"{PRODUCT}/discard", merchant.ShopProductDiscard.as_view()),
    path(f"{PRODUCT}/list", merchant.ShopProductListing.as_view()),
    path(f"{PRODUCT}/delist", merchant.ShopProductDelisting.as_view()),
    path(f"{PRODUCT}/restore", merchant.ShopProductRestoration.as_view()),
    path(f"{PRODUCT}/reviews", merchant.ShopProductReviews.as_view()),
    path(f"{PRODUCT}/skus", merchant.ShopProductSkus.as_view()),
    path(f"{SHOP}/skus/<str:sku_id>/prices", merchant.ShopSkuPrices.as_view()),
    path(f"{SHOP}/stock", merchant.ShopStock.as_view()),
    path(f"{SHOP}/stock/movements", merchant.ShopStockMovements.as_view()),
    path(f"{SHOP}/bulk-edits", bulk.ShopBulkEdits.as_view()),
    path(BULK, bulk.ShopBulkEdit.as_view()),
    path(f"{BULK}/rows", bulk.ShopBulkEditLines.as_view()),
    path(f"{BULK}/apply", bulk.ShopBulkEditApplication.as_view()),
    path(f"{BULK}/undo", bulk.ShopBulkEditUndo.as_view()),
    path(f"{BULK}/discard", bulk.ShopBulkEditDiscard.as_view()),
    path(f"{SHOP}/imports", imports.ShopImports.as_view()),
    path(f"{SHOP}/imports/<str:import_id>", imports.ShopImport.as_view()),
    path(f"{SHOP}/imports/<str:import_id>/errors", imports.ShopImportErrors.as_view()),
    path(f"{SHOP}/quality", quality.ShopQuality.as_view()),
    path(f"{PRODUCT}/quality", quality.ShopProductQuality.as_view()),
    path(f"{SHOP}/pictures", pictures.ShopPictures.as_view()),
    path("storefronts/<str:shop_id>/page", decoration.PublicPage.as_view()),
    path(f"{SHOP}/page", decoration.ShopPageDraft.as_view()),
    path(f"{SHOP}/page/publish", decoration.ShopPagePublication.as_view()),
    path(f"{SHOP}/page/restore", decoration.ShopPageRestoration.as_view()),
    path(f"{SHOP}/page/versions", decoration.ShopPageVersions.as_view()),
    path(f"{SHOP}/brand-grants", authority.ShopBrandGrants.as_view()),
    path(f"{SHOP}/qualifications", authority.ShopQualifications.as_view()),
    path(f"{SHOP}/openings", authority.ShopOpenings.as_view()),
    path("operator/brand-grants", authority.OperatorBrandGrants.as_view()),
    path(f"{GRANT}/approve", authority.BrandGrantApproval.as_view()),
    path(f"{GRANT}/reject", authority.BrandGrantRejection.as_view()),
    path(f"{GRANT}/revoke", authority.BrandGrantRevocation.as_view()),
    path("operator/qualifications", authority.OperatorQualifications.as_view()),
    path(f"{QUALIFICATION}/approve", authority.QualificationApproval.as_view()),
    path(f"{QUALIFICATION}/reject", authority.QualificationRejection.as_view()),
    path(f"{QUALIFICATION}/revoke", authority.QualificationRevocation.as_view()),
    path("operator/qualification-rules", authority.OperatorQualificationRules.as_view()),
    path(
        "operator/qualification-rules/<str:qualification_rule_id>/end",
        authority.QualificationRuleEnd.as_view(),
    ),
    path(
        "operator/categories/<str:category_id>/qualification-rules",
        authority.CategoryQualificationRules.as_view(),
    ),
    path("operator/reviews", operator.ReviewQueue.as_view()),
    path(REVIEW, operator.ReviewView.as_view()),
    path(f"{REVIEW}/approve", operator.ReviewApproval.as_view()),
    path(f"{REVIEW}/reject", operator.ReviewRejection.as_view()),
    path(f"{REVIEW}/request-changes", operator.ReviewChangeRequest.as_view()),
    path("operator/products/<str:product_id>/ban", operator.ProductBan.as_view()),
    path("operator/products/<str:product_id>/reopen", operator.ProductReopening.as_view()),
    path("operator/categories", operator.OperatorCategories.as_view()),
    path(
        "operator/categories/<str:category_id>/attributes",
        operator.OperatorCategoryAttributes.as_view(),
    ),
    path("operator/categories/<str:category_id>/rules", operator.OperatorCategoryRules.as_view()),
    path("operator/brands", operator.OperatorBrands.as_view()),
]
