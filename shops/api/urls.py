"""Addresses under /api/v1/shops/."""

from django.urls import URLPattern, URLResolver, include, path

from shops.api import approval_views as approval
from shops.api import binding_views as binding
from shops.api import buyer_views as buyer
from shops.api import document_views as document
from shops.api import merchant_views as merchant
from shops.api import operator_views as operator
from shops.api import public_views as public
from shops.api import shipping_views as shipping

#: Staff of the shop in the address.
OWN = "shops/<str:shop_id>"

_merchant: list[URLPattern | URLResolver] = [
    path(OWN, merchant.OwnShop.as_view()),
    path(f"{OWN}/rename", merchant.Rename.as_view()),
    path(f"{OWN}/unpaid-minutes", merchant.UnpaidMinutes.as_view()),
    path(f"{OWN}/name-changes", merchant.NameChanges.as_view()),
    path(f"{OWN}/admission", merchant.OwnAdmission.as_view()),
    path(f"{OWN}/admission/submit", merchant.SubmitAdmission.as_view()),
    path(f"{OWN}/admission/answers", merchant.AdmissionAnswers.as_view()),
    path(f"{OWN}/admission/sign", merchant.SignAdmission.as_view()),
    path(f"{OWN}/admission/conditions", merchant.OpeningConditions.as_view()),
    path(f"{OWN}/checklist", merchant.Checklist.as_view()),
    path(f"{OWN}/documents", document.Documents.as_view()),
    path(f"{OWN}/documents/<str:document_id>/file", document.DocumentFile.as_view()),
    path(f"{OWN}/staff", merchant.StaffList.as_view()),
    path(f"{OWN}/staff/<str:staff_id>", merchant.OneStaff.as_view()),
    path(f"{OWN}/guarantees", merchant.Guarantees.as_view()),
    path(f"{OWN}/guarantees/<str:kind>", merchant.OneGuarantee.as_view()),
    path(f"{OWN}/freight", merchant.Freight.as_view()),
    path(f"{OWN}/freight/preview", shipping.FreightPreview.as_view()),
    path(f"{OWN}/shipping", shipping.Shipping.as_view()),
    path(f"{OWN}/shipping/holiday", shipping.HolidayView.as_view()),
    path(f"{OWN}/shipping/special-dates", shipping.SpecialDates.as_view()),
    path(f"{OWN}/shipping/special-dates/<str:special_date_id>", shipping.OneSpecialDate.as_view()),
    path(f"{OWN}/return-addresses", merchant.ReturnAddresses.as_view()),
    path(f"{OWN}/return-addresses/<str:address_id>", merchant.OneReturnAddress.as_view()),
    path(f"{OWN}/approvals", approval.Approvals.as_view()),
    path(f"{OWN}/approvals/<str:approval_id>/approve", approval.ApproveApproval.as_view()),
    path(f"{OWN}/approvals/<str:approval_id>/reject", approval.RejectApproval.as_view()),
    path(f"{OWN}/approvals/<str:approval_id>/withdraw", approval.WithdrawApproval.as_view()),
    path(f"{OWN}/return-addresses/<str:address_id>/strategy", merchant.ReturnStrategy.as_view()),
    path(f"{OWN}/bindings", binding.Bindings.as_view()),
    path(f"{OWN}/bindings/<str:binding_id>", binding.OneBinding.as_view()),
    path(f"{OWN}/bindings/<str:binding_id>/withdraw", binding.WithdrawBinding.as_view()),
    path(f"{OWN}/bindings/<str:binding_id>/preconditions", binding.Preconditions.as_view()),
    path(f"{OWN}/bindings/<str:binding_id>/unbind", binding.Unbind.as_view()),
    path(f"{OWN}/bindings/<str:binding_id>/keep", binding.KeepBinding.as_view()),
]

_operator: list[URLPattern | URLResolver] = [
    path("admissions", operator.AdmissionQueue.as_view()),
    path("admissions/<str:admission_id>", operator.OneAdmission.as_view()),
    path("documents/<str:document_id>/file", document.OperatorDocumentFile.as_view()),
    path("checklists", operator.Checklists.as_view()),
    path("admissions/<str:admission_id>/claim", operator.ClaimAdmission.as_view()),
    path("admissions/<str:admission_id>/approve", operator.ApproveAdmission.as_view()),
    path("admissions/<str:admission_id>/reject", operator.RejectAdmission.as_view()),
    path("bindings", operator.BindingQueue.as_view()),
    path("bindings/<str:binding_id>/approve", operator.ApproveBinding.as_view()),
    path("bindings/<str:binding_id>/reject", operator.RejectBinding.as_view()),
    path("shops", operator.ShopList.as_view()),
    path("shops/<str:shop_id>/suspend", operator.SuspendShop.as_view()),
    path("shops/<str:shop_id>/reopen", operator.ReopenShop.as_view()),
    path("shops/<str:shop_id>/close", operator.CloseShop.as_view()),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("storefronts/<str:shop_id>", public.PublicShop.as_view()),
    path("regions", shipping.Regions.as_view()),
    path("shops", buyer.Shops.as_view()),
    path("invitations/accept", buyer.AcceptInvitation.as_view()),
    path("bindings", buyer.OwnBindings.as_view()),
    path("bindings/<str:binding_id>", buyer.OwnBinding.as_view()),
    path("bindings/<str:binding_id>/accept", buyer.AcceptBinding.as_view()),
    path("bindings/<str:binding_id>/decline", buyer.DeclineBinding.as_view()),
    path("bindings/<str:binding_id>/main", buyer.ChooseMainShop.as_view()),
    *_merchant,
    path("operator/", include(_operator)),
]
