# SPDX-License-Identifier: GPL-2.0
"""The targets: tools/bench/targets.txt, and whether they are met.

A line has the words

    PART WORKLOAD METRIC ALLOCATOR AGAINST COMPARISON LIMIT what it says

where WORKLOAD may be a pattern, of which the worst result counts. AGAINST is
what the result is divided by: "-" for nothing, an allocator, "best" for the
best peer, or WORKLOAD/ALLOCATOR.
"""

import fnmatch
import operator

from results import best, worst

COMPARISONS = {"<=": operator.le, "<": operator.lt, ">=": operator.ge}


class Target:
    """A target, and what was measured of it."""

    def __init__(self, line):
        words = line.split(maxsplit=7)
        if len(words) != 8 or words[5] not in COMPARISONS:
            raise ValueError("not a target: " + line)
        (self.part, self.workload, self.metric, self.allocator, self.against,
         self.comparison, limit, self.title) = words
        self.limit = float(limit)
        self.value = self.divisor = self.measured = None

    def measure(self, results):
        self.value = self.find_value(results)
        self.divisor = self.find_divisor(results)
        if self.value is None:
            return
        if self.against == "-":
            self.measured = self.value
        elif self.divisor:
            self.measured = self.value / self.divisor

    def find_value(self, results):
        values = [
            series.median for key, series in results.series.items()
            if fnmatch.fnmatchcase(key.workload, self.workload)
            and key.part == self.part and key.allocator == self.allocator
            and key.metric == self.metric]
        return worst(values, self.metric) if values else None

    def find_divisor(self, results):
        if self.against == "best":
            peers = results.peers(self.part, self.workload, self.metric)
            return best(peers, self.metric) if peers else None
        workload, _, allocator = self.against.rpartition("/")
        return results.median(self.part, workload or self.workload, allocator,
                              self.metric)

    def met(self):
        """True, False, or None where it is not known."""
        if self.measured is None:
            return None
        return COMPARISONS[self.comparison](self.measured, self.limit)


def read_targets(lines):
    lines = (line.strip() for line in lines)
    return [Target(line) for line in lines if line and line[0] != "#"]
