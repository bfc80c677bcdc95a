# SPDX-License-Identifier: GPL-2.0
"""The results as text: of the parts, of the targets, of what was skipped."""

import re

from results import FLOOR, best, is_ours, unique

PARTS = {
    "uml": "User Mode Linux",
    "icount": "stock kernel, instructions counted",
    "smp": "stock kernel, two processors",
    "native": "the core and the pool in user space, two real processors",
    "user": "programs on the stock kernel, instructions counted",
    "user-words": "programs on the stock kernel, instructions counted, "
                  "memory cleared by words",
    "user-ns": "programs on the stock kernel, two processors",
    "core": "the core alone",
}
METRICS = {
    "ns": "nanoseconds an operation",
    "instructions": "instructions an operation",
    "max": "instructions of the worst single call",
    "ops_per_s": "operations a second",
    "blocks": "free blocks of 2 MiB, of those possible",
    "failures": "failed allocations",
    "bytes": "bytes a page",
}


def number(value):
    """Three digits that count, or all of those before the point."""
    if value >= 100000:
        unit, name = (1e6, "M") if value >= 1e6 else (1e3, "k")
        return number(value / unit) + name
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{digits}f}"


def ratio(value):
    return f"{value:.3f}" if value < 1 else number(value)


def spread(series):
    least, most = number(series.least), number(series.most)
    return f" ({least}-{most})" if least != most else ""


def place(key):
    """Where a series stands: peers that do the same stand in one row."""
    row, column = key.workload, key.allocator
    threads = re.fullmatch("(.*)-([0-9]+)", column)
    if key.part in ("smp", "native") and threads:
        column = threads[1]
        row += f" {threads[2]} thread" + "s" * (threads[2] != "1")
    elif column.endswith("_populate"):
        column = column[:-len("_populate")]
        row += " populated"
    return row, column


class Grid:
    """The series of one metric of a part, in rows and columns."""

    def __init__(self, results, part, metric):
        self.metric = metric
        self.cells = {place(key): series
                      for key, series in results.series.items()
                      if key.part == part and key.metric == metric}
        self.rows = unique(row for row, column in self.cells)
        self.columns = sorted(
            unique(column for row, column in self.cells),
            key=lambda name: (name == FLOOR, not is_ours(name)))

    def rounds(self):
        return max(len(series.values) for series in self.cells.values())

    def of_best(self, row):
        """Our result divided by that of the best peer, or None."""
        peers = [series.median for (r, column), series in self.cells.items()
                 if r == row and not is_ours(column) and column != FLOOR]
        ours = self.cells.get((row, "buddypool"))
        if not ours or not peers or not best(peers, self.metric):
            return None
        return ours.median / best(peers, self.metric)


def align(rows, left=(0,)):
    """Columns as wide as they need to be; numbers of those to the left."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        cells = [cell.ljust(width) if number_of in left else cell.rjust(width)
                 for number_of, (cell, width) in enumerate(zip(row, widths))]
        yield "  ".join(cells).rstrip()


def heading(part, grid):
    text = f"{part}: {METRICS.get(grid.metric, grid.metric)}"
    if grid.rounds() > 1:
        text += f", median of {grid.rounds()} rounds (least-most)"
    return f"{text}\n{PARTS.get(part, '')}\n".rstrip()


def part_table(results, part, metric):
    grid = Grid(results, part, metric)
    ratios = {row: grid.of_best(row) for row in grid.rows}
    compared = any(ratio is not None for ratio in ratios.values())
    possible = Grid(results, part, "possible").cells
    rows = [[""] + grid.columns + ["of best peer"] * compared]
    for row in grid.rows:
        line = [row]
        for column in grid.columns:
            series = grid.cells.get((row, column))
            text = number(series.median) + spread(series) if series else "-"
            if metric == "blocks" and (row, column) in possible:
                text = (f"{series.median:.0f} of "
                        f"{possible[row, column].median:.0f}")
            line.append(text)
        if compared:
            line.append("" if ratios[row] is None else ratio(ratios[row]))
        rows.append(line)
    return "\n".join([heading(part, grid), *align(rows)])


def target_table(targets):
    verdicts = {True: "met", False: "MISSED", None: "not measured"}
    rows = [["target", "", "wanted", "measured", "", ""]]
    for target in targets:
        measured = basis = ""
        if target.measured is not None:
            measured = ratio(target.measured)
        if measured and target.against != "-":
            basis = f"{number(target.value)} of {number(target.divisor)}"
        rows.append([target.part, target.title,
                     f"{target.comparison} {target.limit:g}", measured,
                     verdicts[target.met()], basis])
    counts = [sum(target.met() is verdict for target in targets)
              for verdict in (True, False, None)]
    total = "targets: {} met, {} missed, {} not measured".format(*counts)
    return "\n".join([*align(rows, left=(0, 1, 4, 5)), total])


def skip_table(skips):
    rows = [[skip.part, skip.workload, skip.allocator, skip.reason]
            for skip in skips]
    return "\n".join([f"{len(rows)} skipped:", *align(rows, range(4))])


def all_tables(results, targets):
    """The whole report."""
    tables = [part_table(results, part, metric)
              for part in results.parts()
              for metric in results.metrics(part) if metric != "possible"]
    if targets:
        tables.append(target_table(targets))
    if results.skips:
        tables.append(skip_table(results.skips))
    return "\n\n".join(tables)
