"""Cases, what was said in them, and the parcels that come back."""

from aftersales.models.case import NegotiationRecord, RefundCase, ReturnParcel

__all__ = ["NegotiationRecord", "RefundCase", "ReturnParcel"]
