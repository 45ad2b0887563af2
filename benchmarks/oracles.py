"""Coefficients by plain loops over units and pairs of coders: slow, and written from the papers alone."""

from __future__ import annotations

import math
from itertools import permutations

NAN = math.nan


def rated(column):
    """The labels that were given, -1 being none."""
    return [label for label in column if label >= 0]


def gwet(labels, q):
    """Observed agreement and mean shares of categories with missing labels (Gwet 2014)."""
    units = [rated(column) for column in labels.T]
    agreements = []
    for given in units:
        if len(given) >= 2:
            pairs = list(permutations(given, 2))
            agreements.append(sum(a == b for a, b in pairs) / len(pairs))
    seen = [given for given in units if given]
    if not agreements:
        return NAN, []
    return sum(agreements) / len(agreements), [sum(given.count(c) / len(given) for given in seen) / len(seen) for c in range(q)]


def ac1(labels, q):
    observed, shares = gwet(labels, q)
    if not shares or q < 2:
        return NAN
    chance = sum(p * (1 - p) for p in shares) / (q - 1)
    return (observed - chance) / (1 - chance)


def fleiss(labels, q):
    observed, shares = gwet(labels, q)
    if not shares or max(shares) > 1 - 1e-12:
        return NAN
    chance = sum(p * p for p in shares)
    return (observed - chance) / (1 - chance)


def pabak(labels, q):
    observed, shares = gwet(labels, q)
    return (observed - 1 / q) / (1 - 1 / q) if shares and q > 1 else NAN


def masi(one, two):
    """Passonneau (2006), the empty set 0 from itself."""
    if one == two:
        return 0.0
    if not one & two:
        return 1.0
    kind = 2 / 3 if one < two or two < one else 1 / 3
    return 1 - len(one & two) / len(one | two) * kind


def alpha(units, distance):
    """Krippendorff's alpha of units, each a list of values: all pairs within units against all pairs of values."""
    units = [values for values in units if len(values) >= 2]
    pooled = [value for values in units for value in values]
    if not pooled:
        return NAN
    observed = sum(distance(a, b) / (len(values) - 1) for values in units for a, b in permutations(values, 2)) / len(pooled)
    expected = sum(distance(a, b) for a, b in permutations(pooled, 2)) / (len(pooled) * (len(pooled) - 1))
    return 1 - observed / expected if expected > 0 else NAN


def unitizing(coders, lengths):
    """Binary unitizing alpha: `coders` per transcript a list (of coders) of lists of (start, end); character by character.

    Each character of a unit is one number of that unit, each blank one a number of its own, so that a unit is never paired with itself.
    """
    disagreed = total = expected_pairs = 0.0
    marked = blank = squares = 0
    for per_coder, length in zip(coders, lengths, strict=True):
        if len(per_coder) < 2:
            continue
        lines = []
        for spans in per_coder:
            units = joined(spans)
            squares += sum((end - start) ** 2 for start, end in units)
            lines.append([any(start <= x < end for start, end in units) for x in range(length)])
        for x in range(length):
            disagreed += sum(a != b for a, b in permutations([line[x] for line in lines], 2)) / (len(lines) - 1)
            marked += sum(line[x] for line in lines)
            blank += sum(not line[x] for line in lines)
    total = marked + blank
    if not marked or not blank:
        return NAN
    # pairs of characters, ordered, that are not of one unit; a blank character is a unit of one
    expected_pairs = total * total - squares - blank
    return 1 - (disagreed / total) / (2 * marked * blank / expected_pairs)


def joined(spans):
    """Spans of one coder that overlap are one unit; those that touch are two."""
    units = []
    for start, end in sorted(spans):
        if units and start < units[-1][1]:
            units[-1] = (units[-1][0], max(units[-1][1], end))
        else:
            units.append((start, end))
    return units
