"""Which road? The data, each provider's price, this machine's memory and time, a ranking.

Sends nothing. What the table of providers does not say is `None`, and shown as unknown.
"""

from dataprep.advising.advice import advise
from dataprep.advising.machine import Machine, this_machine
from dataprep.advising.page import page

__all__ = ["Machine", "advise", "page", "this_machine"]
