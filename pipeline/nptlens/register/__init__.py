"""The study around its coding: the register of projects counted, and whom the study meant to meet and met."""

from nptlens.register.counts import cross_tables, tallies
from nptlens.register.decide import decide
from nptlens.register.proportions import fisher, newcombe, wilson
from nptlens.register.sampling import sampling_frame, sampling_table

__all__ = ["cross_tables", "decide", "fisher", "newcombe", "sampling_frame", "sampling_table", "tallies", "wilson"]
