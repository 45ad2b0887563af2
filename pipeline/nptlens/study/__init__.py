"""The corridor: walks through all the rooms, one short function per stage.

From Python: ``run(open_study(path))``, of `nptlens.study.run.runner` and `nptlens.study.folder`. Modules are imported by name,
so that a verb which computes nothing loads nothing heavy.
"""
