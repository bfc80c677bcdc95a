# SPDX-License-Identifier: GPL-2.0
"""The lines that the parts of the benchmark print, and what is in them.

    bench PART ROUND WORKLOAD ALLOCATOR METRIC VALUE
    bench-skip PART WORKLOAD ALLOCATOR reason in words

A series is one measurement: its values in all rounds. The part, the workload,
the allocator and the metric are its key.
"""

import collections
import re
import statistics

Key = collections.namedtuple("Key", "part workload allocator metric")
Skip = collections.namedtuple("Skip", "part workload allocator reason")

VALUE = re.compile(r"[0-9]+(\.[0-9]{1,2})?$")
ROUND = re.compile(r"[1-9][0-9]*$")

# More is better of these, less of all others.
MORE_IS_BETTER = {"ops_per_s", "blocks"}

# What the loops of the benchmark take by themselves: nobody's peer.
FLOOR = "nothing"


class Series:
    """The values of a measurement, by round."""

    def __init__(self):
        self.rounds = {}

    @property
    def values(self):
        return [self.rounds[number] for number in sorted(self.rounds)]

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def least(self):
        return min(self.values)

    @property
    def most(self):
        return max(self.values)

    def complete(self):
        """No round before the last one is missing."""
        return max(self.rounds) == len(self.rounds)


class Results:
    """All that was measured, in the order in which it was first named."""

    def __init__(self, lines=()):
        self.series = {}
        self.skips = []
        self.problems = []
        for line in lines:
            self.read(line.rstrip("\n"))
        for key, series in self.series.items():
            if not series.complete():
                self.problems.append("a round is missing: " + " ".join(key))

    def read(self, line):
        words = line.split()
        if not words:
            return
        if words[0] == "bench" and self.read_value(words):
            return
        if words[0] == "bench-skip" and len(words) >= 5:
            skip = Skip(*words[1:4], " ".join(words[4:]))
            if skip not in self.skips:
                self.skips.append(skip)
            return
        self.problems.append("not understood: " + line)

    def read_value(self, words):
        if len(words) != 7:
            return False
        part, number, workload, allocator, metric, value = words[1:]
        if not ROUND.match(number) or not VALUE.match(value):
            return False
        key = Key(part, workload, allocator, metric)
        rounds = self.series.setdefault(key, Series()).rounds
        if int(number) in rounds:
            return False
        rounds[int(number)] = float(value)
        return True

    def parts(self):
        return unique(key.part for key in self.series)

    def metrics(self, part):
        return unique(key.metric for key in self.series if key.part == part)

    def median(self, *key):
        """The median of a series, or None."""
        series = self.series.get(Key(*key))
        return series.median if series else None

    def peers(self, part, workload, metric):
        """Medians of all but buddypool, in whatever configuration."""
        return [series.median for key, series in self.series.items()
                if key[:2] == (part, workload) and key.metric == metric
                and not is_ours(key.allocator) and key.allocator != FLOOR]


def unique(words):
    """Each once, in the order of appearance."""
    return list(dict.fromkeys(words))


def is_ours(allocator):
    return re.split("[-_]", allocator)[0] == "buddypool"


def best(values, metric):
    return max(values) if metric in MORE_IS_BETTER else min(values)


def worst(values, metric):
    return min(values) if metric in MORE_IS_BETTER else max(values)
