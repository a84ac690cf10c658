"""``dafeng plan`` from outside: JSON alone on standard output, exit status."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PROGRAM = "import sys; from dafeng.cli import main; main.COMMANDS = ('plan',); sys.exit(main.main())"


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, "plan", *map(str, arguments)], capture_output=True, encoding="utf-8"
    )


@pytest.fixture
def passages(tmp_path):
    path = tmp_path / "passages.txt"
    path.write_text(
        "到2025年，森林覆盖率达到42%。\n\n一、总体要求\n（市发改委、市财政局按职责分工负责）\n",
        encoding="utf-8",
    )
    return path


def test_passages_give_one_list_a_line(passages):
    done = run("targets", passages, "--json")
    assert done.returncode == 0
    targets = json.loads(done.stdout)
    assert [len(found) for found in targets] == [1, 0, 0, 0]
    assert targets[0][0]["value"] == 42 and "森林覆盖率" in done.stdout
    assert [len(found) for found in json.loads(run("duties", passages, "--json").stdout)] == [0, 0, 0, 1]
    headings = json.loads(run("headings", passages, "--json").stdout)
    assert headings == [[], [], [{"level": 1, "number": "一", "title": "总体要求", "inline_body": False}], []]


KEYS = {
    "title",
    "status",
    "sha256",
    "characters",
    "outline",
    "targets",
    "duties",
    "commitments",
    "entities",
    "findings",
}


def test_a_plan(tmp_path):
    path = tmp_path / "plan.txt"
    path.write_text(
        "某市方案\n一、目标\n（2）到2025年，森林覆盖率达到42%。（市林业局负责）\n", encoding="utf-8"
    )
    done = run("read", path, "--json")
    assert done.returncode == 0
    data = json.loads(done.stdout)
    assert set(data) == KEYS
    assert set(data["outline"][0]) >= {
        "ref",
        "level",
        "number",
        "raw_number",
        "title",
        "line",
        "span",
        "parent",
    }
    assert set(data["targets"][0]) >= {
        "ref", "quote", "span", "indicator", "comparator", "value", "value_max", "unit", "base_year", "deadline", "qualifier", "kind",
    }  # fmt: skip
    assert set(data["duties"][0]) >= {
        "ref", "raw", "span", "bodies", "lead", "lead_basis", "cooperating", "rule", "verb", "open_ended", "executors", "default_rule",
    }  # fmt: skip
    assert set(data["findings"][0]) >= {"rule", "severity", "place", "value", "expected", "fix", "message"}
    plain = run("read", path)
    assert plain.returncode == 0 and "森林覆盖率" in plain.stdout and "≥ 42 %" in plain.stdout


def test_what_blocks_gives_1_and_still_json(tmp_path):
    for action in ("read", "targets", "duties", "headings"):
        done = run(action, tmp_path / "none.txt", "--json")
        assert done.returncode == 1
        findings = json.loads(done.stdout)["findings"]
        assert findings[0]["rule"] == "plan.file.missing"
        assert "Traceback" not in done.stderr and "没有这个文件" in done.stderr


def test_wrong_usage_gives_2(tmp_path):
    assert run("read").returncode == 2
    assert run("draw", tmp_path).returncode == 2
