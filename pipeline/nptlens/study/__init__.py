"""The corridor: walks through all the rooms, one short function per stage."""

from nptlens.study.check import CheckResult, check
from nptlens.study.demo import prepare_demo
from nptlens.study.doctor import Finding, diagnose
from nptlens.study.folder import Study, open_study
from nptlens.study.init import init
from nptlens.study.run import RunResult, run
from nptlens.study.seeds import SeedCheck, examine_seeds
from nptlens.study.status import StageStatus, status

__all__ = [
    "CheckResult",
    "Finding",
    "RunResult",
    "SeedCheck",
    "StageStatus",
    "Study",
    "check",
    "diagnose",
    "examine_seeds",
    "init",
    "open_study",
    "prepare_demo",
    "run",
    "status",
]
