"""Write docs/reference/: every verb with its help, every setting with its default, and the findings, from the code and the files.

`make reference` runs it; a test fails where a page is no longer what the program says.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin

import typer

from nptlens.cli.main import app

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"

_MADE = "<!-- Made by `make reference`; do not edit. -->\n\n"
_COMMANDS = """# Commands

What each command takes and does. `nptlens COMMAND --help` shows the same in the terminal.

A command is typed into a terminal, as `nptlens`, then the verb, then what it works on. `my-study` stands for the folder of a study:
leave it out where you are in that folder. What stands in the column *value* has to follow the option, as in `--number 50`; an option
without a value is switched on by naming it. `--json` prints the result in a form that programs read.

Where something goes wrong, a command says what (`error`), where (`where`) and what to do (`hint`), and ends with an exit code, which
scripts can read:

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | finished, but a person must look: a file was skipped, a code dropped, a row left out |
| 2 | wrong use, settings, codebook or seeds |
| 3 | no readable input |
| 4 | integrity: a digest or the store does not hold |
| 5 | another run holds the study |
| 70 | a fault in nptlens |
| 74 | a disk, a device, a right or memory: nothing is damaged; mend it and run the same command again |
| 130 | interrupted; run again to go on |

"""
_SETTINGS = """# Settings

Every setting with its default. A study's own `study.toml` needs only what differs: write the name of the section in square brackets,
and below it the setting, as in

```toml
[segmenting]
min_words = 30
```

Text stands in quotation marks, several values in square brackets with commas between them. Paths are relative to the study's folder,
or full paths. An empty path means: look for the usual name, and do without where there is none. A name that is no setting is refused,
and the nearest one is offered. The next run does again what a changed setting touches, and nothing else.

"""
_SECTION = re.compile(r"^\[(\w+)\]$")
_SETTING = re.compile(r"^(\w+) = (.+?)\s+# (.+)$")
_LINK = re.compile(r"\[([\w.-]+\.sh)\]\([\w.-]+\.sh\)")


def pages() -> dict[str, str]:
    """Return the pages by their file names."""
    return {"commands.md": _commands(), "settings.md": _settings(), "findings.md": _findings()}


def _commands() -> str:
    parts = [_MADE, _COMMANDS]
    for name, command in _walk(typer.main.get_command(app), "nptlens"):
        parts.append(f"## {name}\n\n{command.help}\n\n```text\n{_usage(name, command)}\n```\n\n")
        parts += [_table(command), _examples(command.epilog or "")]
    return "".join(parts)


def _walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield each verb with its full name; a verb with verbs below it comes before them."""
    for verb, each in command.commands.items():
        yield f"{name} {verb}", each
        if hasattr(each, "commands"):
            yield from _walk(each, f"{name} {verb}")


def _arguments(command: Any) -> list[Any]:
    return [each for each in command.params if each.param_type_name == "argument"]


def _label(argument: Any) -> str:
    return str(argument.metavar or argument.name).upper()


def _usage(name: str, command: Any) -> str:
    words = [_label(each) if each.required else f"[{_label(each)}]" for each in _arguments(command)]
    return " ".join([name, *(["VERB"] if hasattr(command, "commands") else []), *words, "[OPTIONS]"])


def _table(command: Any) -> str:
    rows = [(_label(each), "", each.help, each) for each in _arguments(command)]
    rows += [(each.opts[0], _value(each), each.help, each) for each in command.params if each.param_type_name == "option"]
    if not rows:
        return ""
    lines = [f"| `{name}` | {value} | {_cell(told)} | {_default(each)} |\n" for name, value, told, each in rows]
    return "| | value | what it says | without it |\n|---|---|---|---|\n" + "".join(lines) + "\n"


def _value(option: Any) -> str:
    if option.is_flag:
        return ""
    return f"`{_cell(option.metavar or _kind(option))}`"


def _kind(option: Any) -> str:
    """Return what an option takes: its choices, or NUMBER, PATH, TEXT."""
    annotation = option.type_descriptor.annotation
    taken = get_args(annotation)[0] if get_origin(annotation) is list else annotation
    if isinstance(taken, type) and issubclass(taken, Enum):
        return "|".join(str(each.value) for each in taken)
    return {int: "NUMBER", float: "NUMBER", Path: "PATH"}.get(taken, "TEXT")


def _default(each: Any) -> str:
    if each.required:
        return "needed"
    if isinstance(each.show_default, str):
        return each.show_default
    if each.default in (None, False, "") or each.param_type_name == "argument":
        return "" if each.param_type_name == "option" else str(each.default or "")
    return f"`{each.default}`"


def _examples(epilog: str) -> str:
    lines = [line.strip() for line in epilog.splitlines() if line.strip().startswith("nptlens")]
    return "```bash\n" + "\n".join(lines) + "\n```\n\n" if lines else ""


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


def _settings() -> str:
    text = (ROOT / "config" / "default.toml").read_text(encoding="utf-8")
    known = {(section, name) for section, names in tomllib.loads(text).items() for name in names}
    parts, told, section = [_MADE, _SETTINGS], set(), ""
    for line in text.splitlines():
        if found := _SECTION.match(line):
            section = found[1]
            parts.append(f"\n## {section}\n\n| setting | default | what it is |\n|---|---|---|\n")
        elif found := _SETTING.match(line):
            told.add((section, found[1]))
            parts.append(f"| `{found[1]}` | `{_cell(found[2])}` | {_cell(found[3])} |\n")
    if told != known:
        raise ValueError(f"config/default.toml: settings without a comment on their line: {sorted(known - told)}")
    return "".join(parts)


def _findings() -> str:
    """Return findings/README.md; the scripts lie outside the site, so they are named and not linked."""
    return _MADE + _LINK.sub(r"`findings/\1`", (ROOT / "findings" / "README.md").read_text(encoding="utf-8"))


def main() -> int:
    """Write the pages; with ``--check`` write nothing, name those that are stale, and return 1 where there are any."""
    if "--check" in sys.argv:
        stale = [name for name, text in pages().items() if (FOLDER / name).read_text(encoding="utf-8") != text]
        print(*(f"docs/reference/{name} is stale; run: make reference" for name in stale), sep="\n", end="\n" * bool(stale))
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print((FOLDER / name).relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
