"""A user's earlier fine-tuning jobs and their files, fetched before a platform closes."""

from trainers.rescue.errand import rescue
from trainers.rescue.folder import RescuedJob
from trainers.rescue.outcome import Rescued, Unfetched
from trainers.rescue.page import page

__all__ = ["Rescued", "RescuedJob", "Unfetched", "page", "rescue"]
