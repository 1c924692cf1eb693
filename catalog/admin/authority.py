"""Rights to brands and licences for categories, in the merchant and the operator console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from catalog.admin.forms import LinesField, brand_choices
from catalog.admin.operator_forms import ReasonForm
from catalog.enums import PaperStatus
from catalog.models import Brand, BrandGrant, Category, QualificationRule, ShopQualification
from catalog.selectors.admission import top_categories
from catalog.services import papers, qualification_rules
from kernel.actors import Actor
from kernel.admin import home
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import merchant_site, operator_site
from kernel.admin.wording import person
from kernel.errors import NotFound
from shops.enums import GrantKind
from shops.models import ShopDocument

PERMISSION = "catalog.operate"
PAPER_TONES = {
    PaperStatus.PENDING: "warning",
    PaperStatus.APPROVED: "success",
    PaperStatus.REJECTED: "danger",
    PaperStatus.REVOKED: "danger",
    PaperStatus.ENDED: "default",
}


class _PaperForm(forms.Form):
    """A document of the shop and its time."""

    document = forms.ChoiceField(
        label=_("Document"), help_text=_("Upload it among the documents first.")
    )
    starts_at = forms.DateTimeField(label=_("From"))
    ends_at = forms.DateTimeField(
        label=_("Until"), required=False, help_text=_("Empty: it has no end.")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ShopDocument.objects.visible_to(actor).order_by("-pk")
        field: Any = self.fields["document"]
        field.choices = list(rows.values_list("public_id", "filename"))
        for name in ("starts_at", "ends_at"):
            self.fields[name].widget = forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            )


class GrantForm(_PaperForm):
    """A right to a brand."""

    field_order = ("brand", "kind", "category", "document", "starts_at", "ends_at")
    brand = forms.ChoiceField(label=_("Brand"), choices=brand_choices)
    kind = forms.ChoiceField(label=_("By what right"), choices=GrantKind.choices)
    category = forms.ChoiceField(label=_("Top category"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        field.choices = [("", _("every category")), *top_categories()]


class QualificationForm(_PaperForm):
    """A licence."""

    field_order = ("code", "number", "document", "starts_at", "ends_at")
    code = forms.ChoiceField(label=_("Licence"))
    number = forms.CharField(label=_("Licence number"), max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = QualificationRule.objects.filter(ends_at__isnull=True).order_by("name", "pk")
        field: Any = self.fields["code"]
        field.choices = list(dict(rules.values_list("code", "name")).items())


class _HandIn(Act):
    """A paper of the shop, for the platform to decide."""

    name = "hand-in"
    permission = "shops.edit"
    on_object = False

    def form(self, actor: Actor, target: Any, **kwargs: Any) -> forms.Form:
        make: Any = self.form_class
        form: forms.Form = make(actor=actor, **kwargs)
        return form


class AskGrant(_HandIn):
    """SH-02: with the document that proves it."""

    label = _("Claim a right to a brand")
    form_class = GrantForm

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        brand = Brand.objects.get_visible(actor, public_id=data.pop("brand"))
        named = data.pop("category")
        papers.ask_grant(
            shop_id=_shop_id(actor),
            brand=brand,
            category=Category.objects.get_visible(actor, public_id=named) if named else None,
            document=ShopDocument.objects.get_visible(actor, public_id=data.pop("document")),
            at=at,
            actor=actor,
            **data,
        )
        return _("The claim is with the platform.")


class HandInQualification(_HandIn):
    """SH-05: it opens every category that asks for it."""

    label = _("Hand in a licence")
    form_class = QualificationForm

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        papers.hand_in_qualification(
            shop_id=_shop_id(actor),
            document=ShopDocument.objects.get_visible(actor, public_id=data.pop("document")),
            at=at,
            actor=actor,
            **data,
        )
        return _("The licence is with the platform.")


class ApprovePaper(Act):
    """It counts from now on, within its time."""

    name = "approve"
    label = _("Approve")
    permission = PERMISSION

    def applies(self, actor: Actor, target: Any) -> bool:
        return target.status == PaperStatus.PENDING

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        papers.approve(paper=target, at=at, actor=actor)
        return _("The paper is accepted.")


class RejectPaper(ApprovePaper):
    """The shop reads why."""

    name = "reject"
    label = _("Reject")
    form_class = ReasonForm
    is_dangerous = True

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        papers.reject(paper=target, reason=data["reason"], at=at, actor=actor)
        return _("The paper is rejected.")


class RevokePaper(RejectPaper):
    """At once; what stands on it is looked at again."""

    name = "revoke"
    label = _("Take back")

    def applies(self, actor: Actor, target: Any) -> bool:
        return target.status == PaperStatus.APPROVED

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        papers.revoke(paper=target, reason=data["reason"], at=at, actor=actor)
        return _("The paper is taken back.")


class _Papers(ConsoleModelAdmin):
    """Papers with their document, their time and what became of them."""

    permission = "shops.view"
    list_filter = ("status",)
    site: ClassVar[str] = "merchant"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("document__content_sealed")

    @display(description=_("status"), label=PAPER_TONES)
    def status_badge(self, paper: Any) -> tuple[str, str]:
        """Its state in words and colour."""
        return paper.status, paper.get_status_display()

    @display(description=_("document"))
    def file(self, paper: Any) -> SafeString:
        """Its name, which saves it for those who may have it."""
        key = paper.document.public_id
        if not self.admin_site.get_page(type(paper.document)).is_open_to(paper.reader):
            return conditional_escape(paper.document.filename)
        url = reverse(f"{self.site}:shops_shopdocument_file", args=[key])
        return format_html('<a href="{}" class="text-link">{}</a>', url, paper.document.filename)

    @display(description=_("by"))
    def by(self, paper: Any) -> str:
        """Who handed it in."""
        return person(paper.actor_label)


@admin.register(BrandGrant, site=merchant_site)
class GrantPage(_Papers):
    """The shop's rights to brands."""

    acts = (AskGrant,)
    empty_hint = _("A shop that stands on brands proves its right to them here.")
    list_display = ("brand", "kind", "status_badge", "starts_at", "ends_at")
    list_select_related = ("brand", "category", "document")
    fields = (
        ("brand", "kind", "category"),
        ("file", "by"),
        ("starts_at", "ends_at"),
        ("status_badge", "decided_at", "note"),
    )


@admin.register(BrandGrant, site=operator_site)
class OperatorGrantPage(_Papers):
    """Rights to brands of all shops."""

    permission = PERMISSION
    site = "operator"
    acts = (ApprovePaper, RejectPaper, RevokePaper)
    list_display = ("brand", "shop", "kind", "status_badge", "starts_at", "ends_at")
    list_select_related = ("shop", "brand", "category", "document")
    fields = (("shop",), *GrantPage.fields)


@admin.register(ShopQualification, site=merchant_site)
class QualificationPage(_Papers):
    """The shop's licences."""

    acts = (HandInQualification,)
    empty_hint = _("Some categories ask for a licence before anything is listed in them.")
    list_display = ("code", "number", "status_badge", "starts_at", "ends_at")
    list_select_related = ("document",)
    fields = (
        ("code", "number"),
        ("file", "by"),
        ("starts_at", "ends_at"),
        ("status_badge", "decided_at", "note"),
    )


@admin.register(ShopQualification, site=operator_site)
class OperatorQualificationPage(_Papers):
    """Licences of all shops."""

    permission = PERMISSION
    site = "operator"
    acts = (ApprovePaper, RejectPaper, RevokePaper)
    list_display = ("code", "number", "shop", "status_badge", "starts_at", "ends_at")
    list_select_related = ("shop", "document")
    fields = (("shop",), *QualificationPage.fields)


class RuleForm(forms.Form):
    """A licence that a category asks for."""

    category = forms.ChoiceField(label=_("Category"))
    code = forms.CharField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Licence"), max_length=120)
    attribute = forms.CharField(
        label=_("Only where this attribute"),
        max_length=60,
        required=False,
        help_text=_("Empty: of every product of the category."),
    )
    values = LinesField(label=_("has one of these values, one a line"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Category.objects.order_by("path")
        field: Any = self.fields["category"]
        field.choices = [(one.public_id, "\u3000" * (one.level - 1) + one.name) for one in rows]


class SetRule(Act):
    """SH-05: from now on; the rule of this code before it ends."""

    name = "set"
    label = _("Ask for a licence")
    intro = _("It holds for the category and all below it, for what is listed from now on.")
    permission = PERMISSION
    form_class = RuleForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        category = Category.objects.get_visible(actor, public_id=data.pop("category"))
        qualification_rules.set_rule(category=category, at=at, actor=actor, **data)
        return _("The category asks for the licence.")


class EndRule(Act):
    """SH-05: asked for no longer."""

    name = "end"
    label = _("Ask no longer")
    permission = PERMISSION
    is_dangerous = True

    def applies(self, actor: Actor, target: QualificationRule) -> bool:
        return target.ends_at is None

    def run(
        self, *, actor: Actor, target: QualificationRule, data: dict[str, Any], at: datetime
    ) -> Any:
        qualification_rules.end_rule(rule=target, at=at, actor=actor)
        return _("The licence is asked for no longer.")


@admin.register(QualificationRule, site=operator_site)
class RulePage(ConsoleModelAdmin):
    """What categories ask for, with the versions."""

    permission = PERMISSION
    acts = (SetRule, EndRule)
    empty_hint = _("Every category is open to every shop.")
    list_display = ("category", "code", "name", "condition", "starts_at", "ends_at")
    list_select_related = ("category",)
    fields = (("category", "code", "name"), "condition", ("starts_at", "ends_at"))

    @display(description=_("only where"))
    def condition(self, rule: QualificationRule) -> str:
        """The attribute and its values, or a dash."""
        return f"{rule.attribute}: {'、'.join(rule.values)}" if rule.attribute else "–"


def waiting_papers(actor: Actor, at: datetime) -> Sequence[home.Card]:
    """Count the grants and licences that wait for a decision."""
    if not actor.may(PERMISSION):
        return ()
    cards = []
    for order, (model, title) in enumerate(
        ((BrandGrant, _("Brand grants in review")), (ShopQualification, _("Licences in review")))
    ):
        count = model.objects.visible_to(actor).filter(status=PaperStatus.PENDING).count()
        page = reverse(f"operator:catalog_{model._meta.model_name}_changelist")
        url = f"{page}?status__exact={PaperStatus.PENDING}"
        cards.append(home.Card(title, count, url, "warning", order=32 + order))
    return cards


home.register("operator", waiting_papers)


def _shop_id(actor: Actor) -> int:
    if actor.shop_id is None:
        raise NotFound
    return actor.shop_id
