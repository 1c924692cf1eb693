"""Addresses under /api/v1/catalog/."""

from django.urls import URLPattern, URLResolver, path

from catalog.api import bulk, imports, merchant, operator, pictures, public, quality, screening

SHOP = "shops/<str:shop_id>"
PRODUCT = f"{SHOP}/products/<str:product_id>"
BULK = f"{SHOP}/bulk-edits/<str:bulk_edit_id>"
RULE = "operator/screening-rules/<str:screening_rule_id>"
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
    path(f"{PRODUCT}/submit", merchant.ShopProductSubmission.as_view()),
    path(f"{PRODUCT}/withdraw", merchant.ShopProductWithdrawal.as_view()),
    path(f"{PRODUCT}/discard", merchant.ShopProductDiscard.as_view()),
    path(f"{PRODUCT}/list", merchant.ShopProductListing.as_view()),
    path(f"{PRODUCT}/delist", merchant.ShopProductDelisting.as_view()),
    path(f"{PRODUCT}/restore", merchant.ShopProductRestoration.as_view()),
    path(f"{PRODUCT}/check", merchant.ShopProductCheck.as_view()),
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
    path("operator/screening-rules", screening.ScreeningRules.as_view()),
    path(RULE, screening.ScreeningRuleView.as_view()),
    path(f"{RULE}/try", screening.ScreeningRuleTrial.as_view()),
    path(f"{RULE}/publish", screening.ScreeningRulePublication.as_view()),
    path("operator/permits", screening.ShopPermits.as_view()),
    path("operator/permits/<str:permit_id>/revoke", screening.ShopPermitEnd.as_view()),
    path("operator/review-passes", screening.ReviewPasses.as_view()),
    path("operator/review-passes/<str:review_pass_id>/revoke", screening.ReviewPassEnd.as_view()),
    path("operator/brands", operator.OperatorBrands.as_view()),
]
