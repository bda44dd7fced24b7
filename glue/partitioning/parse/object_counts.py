"""What was found in one raw object."""

from collections import defaultdict
from dataclasses import dataclass


@dataclass
class ObjectCounts:
    lines: int = 0
    #: Records found, and lines that could not be read; the next two among them.
    rows: int = 0
    quarantined: int = 0
    filtered: int = 0


#: By object key.
CountsByObject = defaultdict[str, ObjectCounts]
