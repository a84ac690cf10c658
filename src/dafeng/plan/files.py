"""From a file to its text: kind by content, size bound before reading, encoding by trial.

``load`` raises ``BlockingError`` with the findings that say why a file cannot be read as a plan.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from dafeng.findings import BlockingError, Finding, Text
from dafeng.plan import checks, word

LARGEST_FILE = 20_000_000
LARGEST_TEXT = 5_000_000  # bytes of plain text; the longest plans are a tenth of this

_KINDS: list[tuple[bytes, Text]] = [
    (b"\xd0\xcf\x11\xe0", Text("旧式 Office 文件（.doc 或 .xls）", "an old Office file (.doc or .xls)")),
    (b"%PDF", Text("PDF 文件", "a PDF")),
    (b"\x89PNG", Text("图片", "a picture")),
    (b"\xff\xd8\xff", Text("图片", "a picture")),
    (b"GIF8", Text("图片", "a picture")),
    (b"BM", Text("图片", "a picture")),
    (b"II*\x00", Text("图片", "a picture")),
    (b"MM\x00*", Text("图片", "a picture")),
    (b"RIFF", Text("图片或音视频", "a picture or a recording")),
    (b"{\\rtf", Text("RTF 文件", "an RTF file")),
    (b"Rar!", Text("压缩包", "an archive")),
    (b"7z\xbc\xaf", Text("压缩包", "an archive")),
    (b"\x1f\x8b", Text("压缩包", "an archive")),
    (b"PAR1", Text("数据文件", "a data file")),
    (b"SQLite format 3", Text("数据库文件", "a database")),
    (b"\x7fELF", Text("程序文件", "a program")),
    (b"MZ", Text("程序文件", "a program")),
]


@dataclass(frozen=True)
class Loaded:
    """``styles``: heading depth by line; ``labels``: automatic number by line; ``contents``: lines of a table of contents."""

    text: str
    sha256: str
    findings: list[Finding]
    styles: dict[int, int] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    contents: set[int] = field(default_factory=set)
    tables: list[tuple[int, list[list[str]]]] = field(default_factory=list)  # line that follows, rows
    wraps: bool = True  # lines may be hard-wrapped pieces of one paragraph


def read_bytes(path: Path) -> bytes:
    """The bytes of a file no larger than the bound. Raises BlockingError."""
    place = path.name or str(path)
    try:
        if path.is_dir():
            raise BlockingError([checks.directory(place)])
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise BlockingError([checks.too_large(place, size, LARGEST_FILE)])
        if not path.is_file():
            # A device or pipe has no size to bound.
            raise BlockingError([checks.unreadable(place, "not a regular file")])
        data = path.read_bytes()
    except FileNotFoundError:
        raise BlockingError([checks.missing_file(place)]) from None
    except (OSError, ValueError) as error:
        raise BlockingError([checks.unreadable(place, type(error).__name__)]) from error
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise BlockingError([checks.empty(place)])
    return data


def load(path: Path) -> Loaded:
    """Text of a .docx, .txt or .md. Raises BlockingError."""
    place = path.name
    data = read_bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    if data.startswith(b"PK"):
        document = word.read(data, place)
        if len(document.text) > LARGEST_TEXT:
            raise BlockingError([checks.too_large(place, len(document.text), LARGEST_TEXT)])
        return Loaded(
            document.text,
            digest,
            document.findings,
            document.styles,
            document.labels,
            document.contents,
            document.tables,
            wraps=False,
        )
    kind = next((k for magic, k in _KINDS if data.startswith(magic)), None)
    if kind is not None and not (data[:2] in (b"BM", b"MZ") and _plain_ascii(data)):
        raise BlockingError([checks.wrong_kind(place, kind)])
    if len(data) > LARGEST_TEXT:
        raise BlockingError([checks.too_large(place, len(data), LARGEST_TEXT)])
    text, encoding = decode(data, place)
    findings = [] if encoding == "UTF-8" else [checks.encoding(place, encoding)]
    return Loaded(text, digest, findings)


def _plain_ascii(data: bytes) -> bool:
    return all(32 <= b < 127 or b in (9, 10, 13) for b in data[:200])


def decode(data: bytes, place: str) -> tuple[str, str]:
    """The text with line ends as \\n, and the name of its encoding. Raises BlockingError."""
    if data.startswith(b"\xef\xbb\xbf"):
        trials = [("utf-8-sig", "UTF-8")]
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        trials = [("utf-16", "UTF-16")]
    elif data[:400].count(0) > len(data[:400]) // 8:
        trials = [("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16")]
    else:
        trials = [
            ("utf-8", "UTF-8"),
            ("gb18030", "GB18030"),
            ("utf-16-le", "UTF-16"),
            ("utf-16-be", "UTF-16"),
        ]
    for codec, name in trials:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if (name == "UTF-8" and not _junk(text)) or _reads_chinese(text):
            return re.sub("\r\n?", "\n", text), name
    raise BlockingError([checks.bad_encoding(place)])


def _junk(text: str) -> bool:
    sample = text[:20_000]
    odd = sum(1 for c in sample if (c < " " and c not in "\t\n\r\f\x0b") or c == "\x7f")
    return odd > max(2, len(sample) // 100)


def _reads_chinese(text: str) -> bool:
    """Whether bytes taken in a wide encoding look like Chinese prose: common characters, no strays."""
    if _junk(text):
        return False
    sample = text[:20_000]
    wide = [c for c in sample if c > "\x7f"]
    if not wide:
        return False
    common = sum(1 for c in wide if c in _COMMON)
    return common * 8 >= len(wide)


_COMMON = set(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严，。、；：“”（）《》"
)
