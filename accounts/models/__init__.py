"""People, their roles, and the content accounts that an audience follows."""

from accounts.models.account import Account, Block, Follow, PastFollow
from accounts.models.address import Address
from accounts.models.creator import Agency, Creator
from accounts.models.user import RoleProfile, User
from accounts.models.verification import Verification

__all__ = [
    "Account",
    "Address",
    "Agency",
    "Block",
    "Creator",
    "Follow",
    "PastFollow",
    "RoleProfile",
    "User",
    "Verification",
]
