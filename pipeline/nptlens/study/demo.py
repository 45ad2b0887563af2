"""The demo study, copied to a folder of the user's."""

from __future__ import annotations

from pathlib import Path

from nptlens.core.errors import UsageError
from nptlens.core.resources import resource
from nptlens.safety.paths import list_files, own_folder, plain_file
from nptlens.store.files import write_bytes
from nptlens.study.folder import Study, is_study, open_study


def prepare_demo(root: Path) -> Study:
    """Copy what `root` lacks of the shipped demo study and open it; files that are there are left as they are.

    Raises UsageError where `root` holds something that is not the demo study.
    """
    shipped = resource("corpora", "demo")
    own_folder(root)
    if is_study(root):
        if open_study(root).settings.study.name != open_study(shipped).settings.study.name:
            raise UsageError("another study is in this folder", where=str(root), hint="name another folder")
    elif root.is_dir() and any(root.iterdir()):
        raise UsageError("this folder is not empty and is no study", where=str(root), hint="name another folder")
    # study.toml goes first: by it a copy that was interrupted is known again.
    for path in sorted(list_files(shipped), key=lambda each: each.name != "study.toml"):
        target = root / path.relative_to(shipped)
        if plain_file(target) is None:
            write_bytes(target, path.read_bytes())
    return open_study(root)
