"""Reads a TOML file; what is wrong with it becomes one finding with its line and reason."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from dafeng.findings import BlockingError, Finding, Text


def read_toml(path: Path, label: str = "") -> dict[str, Any]:
    """The tables of a file. Raises BlockingError with one finding where it is no TOML or not UTF-8."""
    label = label or path.name
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        place = f"{label}:{at.group(1)}" if at else label
        message = Text(f"不是正确的 TOML 文件（{error}）", f"not a correct TOML file: {error}")
        fix = Text(
            "改正该行：文字加引号，小数写成 1.0，列表写在 [ ] 里",
            "mend that line: texts in quotes, lists in [ ]",
        )
    except UnicodeDecodeError:
        place = label
        message = Text("不是 UTF-8 编码的文件", "the file is not UTF-8")
        fix = Text("可能是 GB18030，请另存为 UTF-8", "it may be GB18030: save it as UTF-8")
    raise BlockingError([Finding("package.toml", "error", place, message, fix=fix)])
