# SPDX-License-Identifier: GPL-2.0
"""The results as a picture: a panel for each part, a group of bars for each
workload, a bar for each allocator.
"""

import subprocess

from results import FLOOR
from tables import PARTS, Grid, number

# What is shown of which part, and what the axis says.
PANELS = (
    ("uml", "ns", "ns an operation (less is better)"),
    ("icount", "instructions", "instructions an operation (less is better)"),
    ("user", "instructions", "instructions an operation (less is better)"),
    ("user-words", "instructions",
     "instructions an operation (less is better)"),
    ("smp", "ops_per_s", "operations a second (more is better)"),
    ("native", "ops_per_s", "operations a second (more is better)"),
)
# Different also to those who do not see all colours; ours stands out.
COLOURS = {
    "buddypool": "#d55e00",
    "alloc_pages": "#0072b2",
    "alloc_pages_bulk": "#56b4e9",
    "gen_pool": "#009e73",
    "gpu_buddy": "#cc79a7",
    "kmem_cache": "#e0b000",
    "ioctl": "#999999",
    "mmap": "#0072b2",
    "memfd": "#009e73",
    "mmap_thp": "#56b4e9",
}
OTHER = "#666666"
WIDTH, HEIGHT, HEADING, CAPTION = 1500, 420, 50, 80

# In bars: between two groups, and what a group has at least, for its name.
GAP, GROUP = 1.5, 4

STYLE = """
set style fill solid border lc rgb "white"
set boxwidth 0.95
set logscale y
set format y "%.0s%c"
set grid ytics lc rgb "#dddddd" lt 1
set border 3 lc rgb "#666666"
set tics nomirror tc rgb "#333333"
set xtics scale 0
set key outside right top Left reverse samplen 1 width 1 noenhanced
set lmargin 10
set rmargin 20
set tmargin 3
set bmargin 3.5
"""

NOTES = """\
a-N: one block of order N, allocated and freed again and again \
· c: 131,072 pages, allocated one by one, freed in order or shuffled \
· bulk: 64 pages at a time, c-bulk: many such
d: at 90 % full, one at random is freed and one allocated, of mixed orders or \
(d-0) of order 0 · cascade: all is merged, then split again \
· needle: a full pool, four pages anywhere are free
empty: two system calls that do nothing · alloc-free-bulk: a block, of 512 at \
a time · touch: memory is allocated, mapped, written to, unmapped and freed\
"""


class Bars:
    """A grid as bars: groups side by side, no room for what is missing."""

    def __init__(self, grid):
        self.columns = {name: [] for name in grid.columns if name != FLOOR}
        self.groups = []
        self.end = 0
        for row in grid.rows:
            self.add(row, [(name, grid.cells[row, name].median)
                           for name in self.columns
                           if (row, name) in grid.cells])
        values = [value for bars in self.columns.values() for _, value in bars]
        self.least, self.most = min(values), max(values)

    def add(self, row, bars):
        width = max(len(bars), GROUP)
        first = self.end + (width - len(bars) + 1) / 2
        for place, (name, value) in enumerate(bars, 1):
            # A logarithm of nothing would be of no use.
            value = max(value, 0.1)
            self.columns[name].append((first + place - 0.5, value))
        self.groups.append((row, self.end + (width + 1) / 2))
        self.end += width + GAP


def plotted(results):
    """The panels of which there is something to compare."""
    for part, metric, unit in PANELS:
        grid = Grid(results, part, metric)
        if len(grid.columns) > 1:
            yield part, unit, Bars(grid)


def in_two(name):
    """A name in two lines, if it is long or of two words."""
    if " " in name:
        return name.replace(" ", "\\n", 1)
    before, dash, after = name.rpartition("-")
    return f"{before}-\\n{after}" if dash and len(name) > 8 else name


def panel(part, unit, bars):
    tics = ", ".join(f'"{in_two(row)}" {at}' for row, at in bars.groups)
    yield f'set title "{PARTS[part]}" font ",14" tc rgb "#333333"'
    yield f'set ylabel "{unit}" tc rgb "#333333"'
    yield f"set xtics ({tics}) noenhanced"
    yield f"set xrange [0:{bars.end}]"
    yield f"set yrange [{bars.least / 2}:{bars.most * 4}]"
    plots = []
    for number_of, (name, values) in enumerate(bars.columns.items()):
        yield f"$column{number_of} << END"
        for at, value in values:
            yield f"{at} {value:.6g} {number(value)}"
        yield "END"
        plots.append(f"$column{number_of} using 1:2 with boxes "
                     f'lc rgb "{COLOURS.get(name, OTHER)}" title "{name}"')
        plots.append(f"$column{number_of} using 1:2:3 with labels rotate left "
                     'font ",8" offset 0,0.4 tc rgb "#333333" notitle')
    yield "plot " + ", \\\n\t".join(plots)


def script(panels, title, terminal, path):
    """What gnuplot is told."""
    height = HEADING + HEIGHT * len(panels) + CAPTION
    top, bottom = 1 - HEADING / height, CAPTION / height
    notes = NOTES.replace("\n", "\\n")
    lines = [
        f'set terminal {terminal} size {WIDTH},{height} font "DejaVu Sans,11"'
        ' background rgb "white"',
        f'set output "{path}"',
        STYLE,
        f'set label 1 "{title}" at screen 0.5,{(1 + top) / 2} center '
        'font ",17" noenhanced',
        f'set label 2 "{notes}" at screen 0.01,{bottom * 0.75} '
        'font ",10" tc rgb "#333333" noenhanced',
        "set multiplot",
    ]
    share = (top - bottom) / len(panels)
    for index, (part, unit, bars) in enumerate(panels, 1):
        lines.append(f"set origin 0,{top - index * share}")
        lines.append(f"set size 1,{share}")
        lines += panel(part, unit, bars)
        lines.append("unset label")
    return "\n".join(lines + ["unset multiplot", ""])


def draw(results, title, stem):
    """Write STEM.svg and STEM.png, if there is anything to draw."""
    panels = list(plotted(results))
    if not panels:
        return
    for terminal, suffix in (("svg", "svg"), ("pngcairo", "png")):
        text = script(panels, title, terminal, f"{stem}.{suffix}")
        subprocess.run(["gnuplot"], input=text, text=True, check=True)
