"""Records of processing activities (GDPR Art. 30) of a revision: the controller's, and that of its processors.

Rows come one by one, in the order of the map, the same for the same revision. What Art. 30 asks for and the map does
not say is never left out, but named as unstated: by each row, and of the record as a whole.
"""

from __future__ import annotations

from graph.processing_record.activities import activities, unstated_by_controller
from graph.processing_record.model import Activity, Onward, Point, Receipt, Task, Transfer, Unstated, WithParts
from graph.processing_record.tasks import tasks, unstated_by_processors

__all__ = [
    "Activity",
    "Onward",
    "Point",
    "Receipt",
    "Task",
    "Transfer",
    "Unstated",
    "WithParts",
    "activities",
    "tasks",
    "unstated_by_controller",
    "unstated_by_processors",
]
