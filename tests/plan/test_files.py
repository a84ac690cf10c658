"""What is read from a file, and what is said of a file that is no plan."""

from __future__ import annotations

import hashlib
import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from dafeng.plan import read_plan
from dafeng.plan.files import LARGEST_FILE

TEXT = """某市碳达峰实施方案
（征求意见稿）

一、主要目标
到2025年，非化石能源消费比重达到18%左右。
二、重点任务
（一）能源行动
1.发展光伏。到2030年，光伏装机达到30万千瓦。（市发展改革委牵头，市财政局配合）
"""


def put(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("name", ["plan.txt", "plan.md", "plan"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_in_any_usual_encoding(tmp_path, name, codec):
    data = TEXT.encode(codec)
    plan = read_plan(put(tmp_path / name, data))
    assert plan.text == TEXT
    assert plan.title == "某市碳达峰实施方案" and plan.status == "draft"
    assert [t.value for t in plan.targets] == [18, 30]
    assert [d.rule for d in plan.duties] == ["lead_cooperate"]
    assert plan.sha256 == hashlib.sha256(data).hexdigest()
    assert plan.as_dict()["characters"] == len(TEXT)


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def damaged_document():
    out = io.BytesIO()
    docx.Document().save(out)
    return out.getvalue()[:-400]


NOT_A_PLAN = {
    "empty.txt": (b"", "plan.file.empty"),
    "blank.txt": (b" \r\n\t ", "plan.file.empty"),
    "photo.txt": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "plan.file.kind"),
    "photo.docx": (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8, "plan.file.kind"),
    "old.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "plan.file.kind"),
    "scan.pdf": (b"%PDF-1.7\n" + bytes(300), "plan.file.kind"),
    "book.xlsx": (zipped(xl__workbook_xml="<a/>"), "plan.file.kind"),
    "slides.docx": (zipped(ppt__presentation_xml="<a/>"), "plan.file.kind"),
    "other.docx": (zipped(readme_xml="<a/>"), "plan.file.kind"),
    "cut.docx": (damaged_document(), "plan.file.broken"),
    "bad.docx": (zipped(word__document_xml="<w:document"), "plan.file.broken"),
    "fake.docx": (b"PK\x03\x04 this is no archive at all", "plan.file.broken"),
    "bomb.docx": (zipped(word__document_xml=b" " * 80_000_000), "plan.file.size"),
    "junk.txt": (bytes((i * 97 + i // 7) % 251 for i in range(4000)), "plan.file.encoding"),
    "english.txt": (b"This is a letter about something else.\n" * 30, "plan.language"),
    "poem.txt": ("床前明月光，疑是地上霜。举头望明月，低头思故乡。\n" * 5, "plan.structure"),
}


@pytest.mark.parametrize("name", NOT_A_PLAN)
def test_what_is_no_plan_gets_a_finding(tmp_path, name):
    content, rule = NOT_A_PLAN[name]
    plan = read_plan(put(tmp_path / name, content))
    errors = [f for f in plan.findings if f.severity == "error"]
    assert [f.rule for f in errors] == [rule]
    for language in ("zh", "en"):
        told = errors[0].as_dict(language)
        assert told["expected"] and told["fix"] and told["message"] and told["place"]


def test_missing_and_directory(tmp_path):
    assert [f.rule for f in read_plan(tmp_path / "none.docx").findings] == ["plan.file.missing"]
    assert [f.rule for f in read_plan(tmp_path).findings] == ["plan.file.directory"]
    assert [f.rule for f in read_plan("a\0b").findings] == ["plan.file.unreadable"]


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE * 10)
    assert [f.rule for f in read_plan(path).findings] == ["plan.file.size"]


# ---- Word files ----


def save(document, path):
    document.save(path)
    return path


def test_plain_paragraphs(tmp_path):
    document = docx.Document()
    for line in TEXT.splitlines():
        document.add_paragraph(line)
    plan = read_plan(save(document, tmp_path / "plan.docx"))
    assert plan.text == "\n".join(p.text for p in document.paragraphs)
    assert [h.ref for h in plan.outline] == ["一", "二", "二-（一）", "二-（一）-1"]
    assert [(t.ref, t.value) for t in plan.targets] == [("一", 18), ("二-（一）-1", 30)]
    for target in plan.targets:
        assert plan.text[slice(*target.span)] == target.quote


def test_words_parted_into_runs_and_a_table(tmp_path):
    document = docx.Document()
    document.add_paragraph("一、主要目标")
    paragraph = document.add_paragraph()
    for run in ("到20", "25年，森林", "覆盖率达到4", "2%。"):
        paragraph.add_run(run).bold = run.startswith("覆")
    document.add_table(1, 2).cell(0, 0).text = "指标"
    plan = read_plan(save(document, tmp_path / "plan.docx"))
    assert [t.value for t in plan.targets] == [42]
    assert "plan.tables" in [f.rule for f in plan.findings]


def test_heading_styles_without_numbers(tmp_path):
    document = docx.Document()
    document.add_heading("某市碳达峰方案", 0)
    document.add_heading("总体要求", 1)
    document.add_heading("重点任务", 1)
    document.add_heading("能源行动", 2)
    document.add_paragraph("到2030年，光伏装机达到30万千瓦。")
    document.add_heading("工业行动", 2)
    plan = read_plan(save(document, tmp_path / "plan.docx"))
    assert plan.title == "某市碳达峰方案"
    assert [f"{h.ref} {h.title}" for h in plan.outline] == [
        "一 总体要求",
        "二 重点任务",
        "二-（一） 能源行动",
        "二-（二） 工业行动",
    ]
    assert [t.ref for t in plan.targets] == ["二-（一）"]


def test_automatic_numbers(tmp_path):
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")]
    inner = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate(levels)
    )
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{inner}</w:abstractNum>')
    numbering.insert(0, abstract)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))

    def add(text, level=None):
        paragraph = document.add_paragraph(text)
        if level is not None:
            properties = paragraph._p.get_or_add_pPr()
            properties.append(
                parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>')
            )

    add("某市碳达峰方案")
    add("总体要求", 0)
    add("重点任务", 0)
    add("能源行动", 1)
    add("发展光伏。到2030年，光伏装机达到30万千瓦。", 2)
    add("发展风电。", 2)
    add("工业行动", 1)
    add("调整结构。", 2)
    plan = read_plan(save(document, tmp_path / "plan.docx"))
    assert [h.ref for h in plan.outline] == [
        "一",
        "二",
        "二-（一）",
        "二-（一）-1",
        "二-（一）-2",
        "二-（二）",
        "二-（二）-1",
    ]
    assert plan.text[slice(*plan.outline[3].span)] == "发展光伏"
    assert [t.ref for t in plan.targets] == ["二-（一）-1"]
    assert "plan.numbering.automatic" in [f.rule for f in plan.findings]


def test_a_table_of_contents_by_style_is_no_outline(tmp_path):
    document = docx.Document()
    document.styles.add_style("TOC 1", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("某市碳达峰方案")
    document.add_paragraph("一、总体要求\t1", style="TOC 1")
    document.add_paragraph("二、重点任务\t3", style="TOC 1")
    document.add_paragraph("一、总体要求")
    document.add_paragraph("到2030年，森林覆盖率达到42%。")
    document.add_paragraph("二、重点任务")
    plan = read_plan(save(document, tmp_path / "plan.docx"))
    assert [h.ref for h in plan.outline] == ["一", "二"]
    assert "plan.contents" in [f.rule for f in plan.findings]
