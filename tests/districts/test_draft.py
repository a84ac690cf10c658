"""A district's plan part drafted from the document: complete, never overwriting, never read by the program."""

from __future__ import annotations

import csv
import subprocess
import sys
import tomllib
from pathlib import Path

from dafeng.district.draft import draft_facts
from dafeng.plan import read_text

TEXT = """示例区碳达峰实施方案
一、主要目标
到2030年，非化石能源消费比重达到20%左右，完成市下达的碳排放强度目标，“十五五”期间每年新增造林5公顷。
二、重点任务
（一）能源行动
1.发展太阳能。到2030年，光伏装机达到20万千瓦以上。（区发改局牵头，区住建局、区工信局配合）
2.节约用能。（区住建局负责）
"""


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_everything_read_stands_in_the_draft():
    plan = read_text(TEXT)
    files = draft_facts(plan)
    assert tomllib.loads(files["plan/plan.toml"])["title"] == "示例区碳达峰实施方案"
    assert [r["ref"] for r in rows(files["plan/clauses.csv"])] == [
        "一",
        "二",
        "二-（一）",
        "二-（一）-1",
        "二-（一）-2",
    ]
    duties = [(r["ref"], r["body"], r["role"]) for r in rows(files["plan/duties.csv"])]
    assert duties == [
        ("二-（一）-1", "区发改局", "lead"),
        ("二-（一）-1", "区住建局", "cooperating"),
        ("二-（一）-1", "区工信局", "cooperating"),
        ("二-（一）-2", "区住建局", "sole"),
    ]
    assert [r["id"] for r in rows(files["bodies.csv"])] == ["区发改局", "区住建局", "区工信局"]
    drafted = tomllib.loads(files["targets.draft.toml"])["target"]
    assert [(t["comparator"], t.get("value"), t["unit"], t.get("deadline")) for t in drafted] == [
        ("~=", 20, "%", 2030),
        ("meets_assigned", None, "", 2030),
        ("==", 5, "公顷", 2030),
        (">=", 20, "万千瓦", 2030),
    ]
    assert all(t["quantity"] == "" for t in drafted) and drafted[2]["recurrence"] == "yearly"


def test_the_command_never_overwrites(tmp_path: Path):
    document, folder = tmp_path / "plan.txt", tmp_path / "district"
    document.write_text(TEXT, encoding="utf-8")
    command = [sys.executable, "-m", "dafeng.cli.main", "plan", "facts", str(document), "--to", str(folder)]
    first = subprocess.run(command, capture_output=True, text=True, check=False)
    assert first.returncode == 0 and "bodies.csv" in first.stdout.split()
    (folder / "bodies.csv").write_text("mine", encoding="utf-8")
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 1 and "draft.exists" in again.stderr
    assert (folder / "bodies.csv").read_text(encoding="utf-8") == "mine"
    (folder / "plan" / "plan.toml").unlink()
    subprocess.run(command, capture_output=True, check=False)
    assert not (folder / "plan" / "plan.toml").exists()  # nothing is half written
