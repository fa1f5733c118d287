"""A user's earlier fine-tuning jobs and their files, fetched before a platform closes."""

from trainers.rescue.errand import Rescued, RescuedJob, rescue
from trainers.rescue.page import page

__all__ = ["Rescued", "RescuedJob", "page", "rescue"]
