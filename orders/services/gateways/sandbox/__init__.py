"""The sandbox gateway: a bank of our own making, for the desk, for tests and for the demo.

`bank` is its side of the wire (its journal, its bad days), `signing` what both sides share,
`adapter` our side. Only numbers, amounts and signed bytes go between `bank` and `adapter`.
"""

from orders.services.gateways.sandbox.adapter import SandboxGateway

__all__ = ["SandboxGateway"]
