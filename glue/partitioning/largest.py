"""A Spark accumulator that keeps the largest figure of each name: safe for tasks that run twice."""

from pyspark.accumulators import AccumulatorParam

Figures = dict[str, float]


class Largest(AccumulatorParam):
    def zero(self, value: Figures) -> Figures:
        return {}

    def addInPlace(self, one: Figures, other: Figures) -> Figures:
        return {name: max(one.get(name, 0), other.get(name, 0)) for name in one.keys() | other.keys()}
