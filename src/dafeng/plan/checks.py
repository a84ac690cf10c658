"""What can be wrong with a plan document, and the findings that say so (rule M10)."""

from __future__ import annotations

from dafeng.findings import Finding, Text

_PLAN_FILE = Text("一份 .docx、.txt 或 .md 的方案文本", "a plan as .docx, .txt or .md")
_SAVE_AS = Text("请用文字处理软件另存为 .docx 或 .txt 后再读。", "Save it as .docx or .txt and read that.")


def line_place(number: int) -> str:
    return f"第{number}行"


def numbering(place: str, raw: str, regular: str) -> Finding:
    return Finding(
        "plan.numbering",
        "note",
        place,
        Text(
            f"编号“{raw.strip()}”写法不规则，按“{regular}”读取。",
            f"The number “{raw.strip()}” is irregular; read as “{regular}”.",
        ),
        value=raw,
        expected=Text(f"“{regular}”", f"“{regular}”"),
        fix=Text("无需处理；定稿时可改正编号。", "Nothing to do; correct the number in the final text."),
    )


def full_width_space(place: str) -> Finding:
    return Finding(
        "plan.spaces",
        "note",
        place,
        Text("行首有全角空格，读取时略去。", "The line starts with full-width spaces; they are skipped."),
        value="\u3000",
        fix=Text("无需处理。", "Nothing to do."),
    )


def bookmark(place: str) -> Finding:
    return Finding(
        "plan.bookmark",
        "note",
        place,
        Text("行内有转换留下的书签标记，读取时略去。", "A bookmark mark left by conversion is skipped."),
        fix=Text("无需处理。", "Nothing to do."),
    )


def skipped_lines(numbers: list[int]) -> Finding:
    shown = "、".join(map(str, numbers[:10])) + ("…" if len(numbers) > 10 else "")
    return Finding(
        "plan.contents",
        "note",
        f"第{numbers[0]}行" if len(numbers) == 1 else f"第{numbers[0]}—{numbers[-1]}行",
        Text(
            f"目录和页码共{len(numbers)}行不作正文读取。",
            f"{len(numbers)} lines of contents or page numbers are not read as text.",
        ),
        value=shown,
        fix=Text("无需处理。", "Nothing to do."),
    )


def gap(place: str, raw: str, expected: str) -> Finding:
    return Finding(
        "plan.numbering.gap",
        "warning",
        place,
        Text(
            f"编号“{raw}”不连续，按次序应为“{expected}”。",
            f"The number “{raw}” breaks the sequence; “{expected}” was due.",
        ),
        value=raw,
        expected=Text(f"“{expected}”", f"“{expected}”"),
        fix=Text("请核对是否缺段或编号有误。", "Check whether a part is missing or the number is wrong."),
    )


def repeated(place: str, ref: str, title: str) -> Finding:
    return Finding(
        "plan.numbering.repeated",
        "warning",
        place,
        Text(
            f"编号“{ref}”重复出现，后一处记为“{ref}#2”形式。",
            f"“{ref}” appears again; the later one carries a # mark.",
        ),
        value=title,
        expected=Text("编号不重复", "each number once"),
        fix=Text("请核对编号。", "Check the numbering."),
    )


def no_structure() -> Finding:
    return Finding(
        "plan.structure",
        "warning",
        "全文",
        Text(
            "没有读到任何编号标题，可能不是方案。", "No numbered heading was found; this may not be a plan."
        ),
        expected=Text("“一、”“（一）”“1.”一类编号", "numbering such as 一、 （一） 1."),
        fix=Text(
            "请确认文件；若是方案，请补上编号标题。",
            "Check the file; if it is a plan, add numbered headings.",
        ),
    )


def no_chinese() -> Finding:
    return Finding(
        "plan.language",
        "error",
        "全文",
        Text(
            "文本中几乎没有汉字，不能作为方案读取。",
            "The text has hardly any Chinese characters and cannot be read as a plan.",
        ),
        expected=_PLAN_FILE,
        fix=Text("请确认选对了文件。", "Check that the right file was chosen."),
    )


def encoding(place: str, name: str) -> Finding:
    return Finding(
        "plan.encoding",
        "note",
        place,
        Text(f"文本按 {name} 编码读取。", f"The text was read as {name}."),
        value=name,
        expected=Text("UTF-8", "UTF-8"),
        fix=Text("无需处理；建议另存为 UTF-8。", "Nothing to do; saving as UTF-8 is better."),
    )


def missing_file(place: str) -> Finding:
    return Finding(
        "plan.file.missing",
        "error",
        place,
        Text("没有这个文件。", "There is no such file."),
        expected=_PLAN_FILE,
        fix=Text("请检查路径。", "Check the path."),
    )


def directory(place: str) -> Finding:
    return Finding(
        "plan.file.directory",
        "error",
        place,
        Text("这是文件夹，不是文件。", "This is a folder, not a file."),
        expected=_PLAN_FILE,
        fix=Text("请指明其中的方案文件。", "Name the plan file in it."),
    )


def unreadable(place: str, why: str) -> Finding:
    return Finding(
        "plan.file.unreadable",
        "error",
        place,
        Text("文件打不开。", "The file cannot be opened."),
        value=why,
        expected=_PLAN_FILE,
        fix=Text("请检查权限后再试。", "Check its permissions and try again."),
    )


def empty(place: str) -> Finding:
    return Finding(
        "plan.file.empty",
        "error",
        place,
        Text("文件没有内容。", "The file is empty."),
        expected=_PLAN_FILE,
        fix=Text("请重新取得文件。", "Get the file again."),
    )


def too_large(place: str, size: int, bound: int) -> Finding:
    return Finding(
        "plan.file.size",
        "error",
        place,
        Text(
            f"文件有 {size / 1e6:.0f} MB，超过 {bound / 1e6:.0f} MB 的上限，未读取。",
            f"{size / 1e6:.0f} MB is over the bound of {bound / 1e6:.0f} MB; not read.",
        ),
        value=str(size),
        expected=Text(f"不超过 {bound / 1e6:.0f} MB", f"at most {bound / 1e6:.0f} MB"),
        fix=Text(
            "方案文本通常不到 1 MB；请去掉图片或只留正文。",
            "A plan is usually under 1 MB; remove pictures or keep the text alone.",
        ),
    )


def wrong_kind(place: str, kind: Text) -> Finding:
    return Finding(
        "plan.file.kind",
        "error",
        place,
        Text(f"这是{kind.zh}，不是方案文本。", f"This is {kind.en}, not the text of a plan."),
        value=kind.zh,
        expected=_PLAN_FILE,
        fix=_SAVE_AS,
    )


def broken_document(place: str, why: str) -> Finding:
    return Finding(
        "plan.file.broken",
        "error",
        place,
        Text(
            "这个 .docx 文件已损坏或不完整，读不出正文。",
            "This .docx is damaged or incomplete; its text cannot be read.",
        ),
        value=why,
        expected=Text("完整的 .docx 文件", "a whole .docx file"),
        fix=Text(
            "请重新取得文件，或用文字处理软件打开后另存。",
            "Get the file again, or open it in a word processor and save it anew.",
        ),
    )


def bad_encoding(place: str) -> Finding:
    return Finding(
        "plan.file.encoding",
        "error",
        place,
        Text("文件不是文本，或编码无法识别。", "The file is no text, or its encoding is not recognised."),
        expected=Text("UTF-8、UTF-16 或 GB18030 文本", "text in UTF-8, UTF-16 or GB18030"),
        fix=_SAVE_AS,
    )


def automatic_numbers(place: str, count: int) -> Finding:
    return Finding(
        "plan.numbering.automatic",
        "note",
        place,
        Text(
            f"{count} 段使用自动编号，已按编号定义补出编号读取标题。",
            f"{count} paragraphs are numbered automatically; their numbers were worked out.",
        ),
        value=str(count),
        fix=Text("无需处理。", "Nothing to do."),
    )


def tables(place: str, count: int) -> Finding:
    return Finding(
        "plan.tables",
        "note",
        place,
        Text(
            f"文件中有 {count} 个表格，只读取其中指标表的目标，表内文字不作正文读取。",
            f"Of {count} tables only tables of indicators are read, for their targets; they are no part of the text.",
        ),
        value=str(count),
        fix=Text(
            "其他表格中的目标请在目标表里登记。",
            "Enter the targets of other tables in the register of targets.",
        ),
    )


def duty_missing(place: str, ref: str) -> Finding:
    return Finding(
        "plan.duty.missing",
        "note",
        place,
        Text(f"“{ref}”没有写明责任单位。", f"“{ref}” names no responsible body."),
        value=ref,
        expected=Text("段末括号内的责任单位", "a duty clause in brackets at its end"),
        fix=Text("请在任务分解时指定责任单位。", "Assign a body when the plan is broken down."),
    )


def nothing_found() -> Finding:
    return Finding(
        "plan.structure",
        "error",
        "全文",
        Text(
            "没有读到编号标题、目标或责任单位，不像方案。",
            "No heading, target or duty was found; this is no plan.",
        ),
        expected=Text(
            "“一、”“（一）”“1.”一类编号的方案正文", "the text of a plan with numbering such as 一、 （一） 1."
        ),
        fix=Text("请确认选对了文件。", "Check that the right file was chosen."),
    )
