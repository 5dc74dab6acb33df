"""YAML read with the line of everything in it, and without what surprises: what another program would read as
something else (yes, 1.5, 010, 12:30) must be in quotes; there are no anchors, no tags, and no key stands twice.

Only the form is looked at here; what a body must hold is its family's matter.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from shanzhi.packs.families import Fault

LARGEST: Final = 1_048_576
DEPTH: Final = 20
NODES: Final = 20_000
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]*")
UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_TAG: Final = "tag:yaml.org,2002:"

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class FileFault:
    """One mistake as a person gets it: `file:line sentence`."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.sentence}"


@dataclass
class Document:
    """What a file says: `value` of plain Python types, the line of each path in it, and what is wrong with its form."""

    file: str
    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[FileFault] = field(default_factory=list)

    def fault(self, line: int, sentence: str) -> None:
        self.faults.append(FileFault(self.file, line, sentence))

    def line_of(self, path: Path) -> int:
        """The line of what a path leads to, or of the nearest thing around it; unknown parts are passed over."""
        at: Path = ()
        for part in path:
            if (*at, part) in self.lines:
                at = (*at, part)
        return self.lines.get(at, 1)

    def take(self, faults: list[Fault]) -> None:
        """Faults of the body, each at its line; a line whose form is wrong has its sentence already."""
        told = {fault.line for fault in self.faults}
        for fault in faults:
            line = self.line_of(fault.path)
            if line not in told:
                self.fault(line, fault.sentence)


class Refused(Exception):
    """The rest of a file can't be read."""

    def __init__(self, line: int, sentence: str) -> None:
        self.line, self.sentence = line, sentence
        super().__init__(sentence)


class _Composer(yaml.SafeLoader):
    """Composes nodes; stops at what this dialect does not have, before it can grow."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = self.count = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise Refused(line, "不能用 & 和 * 引用别处的内容，请把内容照写一遍；如果是文字，请加引号。")
        if getattr(event, "tag", None):
            raise Refused(line, "不能用 ! 开头的标记，请删去；如果是文字，请加引号。")
        self.depth, self.count = self.depth + 1, self.count + 1
        if self.depth > DEPTH:
            raise Refused(line, f"一层套一层超过了 {DEPTH} 层，请检查缩进和括号。")
        if self.count > NODES:
            raise Refused(line, f"内容超过 {NODES:,} 项，请拆成几个文件。")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read(data: bytes | str, file: str) -> Document:
    """A YAML file, or the text of an editor; all mistakes of its form are in `faults`, as far as it can be read."""
    document = Document(file)
    try:
        text = data if isinstance(data, str) else _decoded(data)
        node = _composed(text)
    except Refused as stop:
        document.fault(stop.line, stop.sentence)
        return document
    if node is None:
        document.fault(1, "文件是空的，请写上内容。")
    elif not isinstance(node, MappingNode):
        document.fault(node.start_mark.line + 1, "最外层要写成“名称: 内容”一行一项。")
    else:
        document.lines[()] = node.start_mark.line + 1
        document.value = _value(document, node, ())
    return document


def _decoded(data: bytes) -> str:
    if len(data) > LARGEST:
        raise Refused(1, "文件超过 1 MB，请拆成几个文件。")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Refused(line, "这里的文字不是 UTF-8 编码，请用 UTF-8 另存这个文件。") from None


def _composed(text: str) -> Node | None:
    if len(text) > LARGEST:
        raise Refused(1, "内容超过 1 MB，请拆成几个文件。")
    try:
        composer = _Composer(text)
        try:
            return composer.get_single_node()
        finally:
            composer.dispose()
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Refused(line, "有一个看不见的控制字符，请删去这个字符。") from None
    except yaml.MarkedYAMLError as error:
        raise Refused(*_words(error, text)) from None


# What PyYAML says, by a part of it, and what that means to whoever wrote the file.
_WORDS: Final = (
    (r"'\t'", "用了制表符（Tab），请改成空格。"),
    ("mapping values are not allowed", "冒号的位置不对：请检查上一行有没有写完、缩进对不对；文字里有冒号请加引号。"),
    ("could not find expected ':'", "这里缺少冒号，请写成“名称: 内容”，冒号后空一格。"),
    ("',' or ']'", "方括号没有配对，或两项之间少了逗号。"),
    ("',' or '}'", "花括号没有配对，或两项之间少了逗号。"),
    ("end of stream", "引号或括号没有配对，请补上另一半。"),
    ("block end", "缩进没有对齐，请让同一层的内容从同一列开始。"),
    ("expected a single document", "一个文件只写一份内容，请删去 --- 和它下面的内容。"),
    ("cannot start any token", "这个符号不能用在开头，请把整段文字加上引号。"),
    ("unknown escape character", "反斜杠的用法不对，请改用单引号，或写成两个反斜杠。"),
    ("document start", "缩进没有对齐，请让同一层的内容从同一列开始。"),
    ("sequence entries are not allowed", "“- ”开头的一项放错了地方，请另起一行并检查缩进。"),
)


# Where the beginning of the thing tells more than the place at which the reader gave up.
_BEGINS: Final = ("simple key", "quoted scalar", "flow sequence", "flow mapping")


def _words(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str]:
    """The line to look at, and what to do there."""
    said = f"{error.problem} {error.context}"
    mark = error.problem_mark or error.context_mark
    lines = text.splitlines()
    number = mark.line if mark is not None else 0
    if re.match(r" *\t", lines[number] if number < len(lines) else ""):
        return number + 1, _WORDS[0][1]
    for before, line in enumerate(lines[:number]):
        if line.startswith("%"):
            return before + 1, "百分号开头的一行不能用，请删去，或把整段文字加上引号。"
    if error.context_mark is not None and any(part in said for part in _BEGINS):
        number = error.context_mark.line
    number = max(0, min(number, len(lines) - 1))
    for part, sentence in _WORDS:
        if part in said:
            return number + 1, sentence
    return number + 1, "格式读不懂，请检查这一行的缩进、冒号和引号。"


def _value(document: Document, node: Node, path: Path) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        return _mapping(document, node, path)
    if isinstance(node, SequenceNode):
        return [_value(document, item, (*path, index)) for index, item in enumerate(node.value)]
    return _scalar(document, node, node.start_mark.line + 1)


def _mapping(document: Document, node: MappingNode, path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = _scalar(document, key_node, line) if isinstance(key_node, ScalarNode) else None
        if not isinstance(key, str):
            document.fault(line, "冒号前的名称要是文字，请加引号。")
        elif key in found:
            document.fault(line, f"“{key}”写了两遍，请删去一处。")
        else:
            document.lines[(*path, key)] = line
            found[key] = _value(document, value_node, (*path, key))
    return found


def _scalar(document: Document, node: Any, line: int) -> Any:
    text: str = node.value
    if UNSEEN.search(text):
        document.fault(line, "文字里有看不见的控制字符，请删去。")
        return text.translate({ord(unseen): None for unseen in UNSEEN.findall(text)})
    kind = node.tag.removeprefix(_TAG)
    if kind == "null":
        return None
    if kind == "bool":
        if text in ("true", "false"):
            return text == "true"
        document.fault(line, f"“{text}”在有的程序里是“是”或“否”，请写 true 或 false；如果是文字，请加引号。")
    elif kind == "int":
        if _INTEGER.fullmatch(text) and len(text) < 20:
            return int(text)
        document.fault(line, f"“{text}”在有的程序里会被当成别的数，请加引号；如果是数，请写成十进制整数。")
    elif kind == "float":
        document.fault(line, f"不能用小数“{text}”；如果是文字或编号，请加引号。")
    elif kind == "timestamp" and not DAY.fullmatch(text):
        document.fault(line, f"“{text}”在有的程序里会被当成时间，请加引号。")
    elif kind not in ("str", "timestamp"):
        document.fault(line, f"“{text}”在 YAML 里有特别的意思，请加引号。")
    return text
