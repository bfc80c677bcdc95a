# SPDX-License-Identifier: GPL-2.0
"""Make a report of what the parts of the benchmark have printed.

Prints tables of the results, of the targets and of what was skipped; writes
the same as results.json, and a picture as bench.svg and bench.png. What it
does not understand is an error; a target that is missed is none.
"""

import argparse
import json
import os
import sys

from chart import draw
from results import Results
from surroundings import surroundings
from tables import all_tables
from targets import read_targets

HERE = os.path.dirname(os.path.abspath(__file__))


def arguments():
    parser = argparse.ArgumentParser(prog="report", description=__doc__)
    parser.add_argument("-k", "--kernels", type=argparse.FileType(),
                        help="a file of lines: a part, its kernel's version")
    parser.add_argument("-o", "--output", metavar="DIR",
                        help="where to write results.json and the picture")
    parser.add_argument("-p", "--parts", nargs="*", default=[],
                        help="parts of which to show the targets (all)")
    parser.add_argument("-t", "--targets", type=argparse.FileType(),
                        default=os.path.join(HERE, "..", "targets.txt"),
                        help="the targets (targets.txt)")
    parser.add_argument("results", type=argparse.FileType(), nargs="?",
                        default=sys.stdin, help="the lines (standard input)")
    return parser.parse_args()


def as_json(results, targets):
    """All that was measured, with the medians."""
    return {
        "results": [
            {**key._asdict(), "median": series.median, "least": series.least,
             "most": series.most, "values": series.values}
            for key, series in results.series.items()],
        "targets": [{**vars(target), "met": target.met()}
                    for target in targets],
        "skipped": [skip._asdict() for skip in results.skips],
        "problems": results.problems,
    }


def write(directory, results, targets, kernels):
    told = surroundings(kernels)
    path = os.path.join(directory, "results.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({**told, **as_json(results, targets)}, file, indent=1)
        file.write("\n")
    title = f"buddypool {told['commit'][:12]} and its peers"
    draw(results, title, os.path.join(directory, "bench"))


def main():
    args = arguments()
    results = Results(args.results)
    targets = [target for target in read_targets(args.targets)
               if not args.parts or target.part in args.parts]
    for target in targets:
        target.measure(results)
    print(all_tables(results, targets))
    if args.output:
        write(args.output, results, targets, args.kernels or [])
    if not results.series:
        results.problems.append("no results")
    for problem in results.problems:
        print(problem, file=sys.stderr)
    return bool(results.problems)


if __name__ == "__main__":
    sys.exit(main())
