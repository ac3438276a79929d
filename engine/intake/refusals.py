"""Why input is put aside: one code, one place, one sentence in two languages that says the way out.

No sentence repeats what stood in the input: a name in a wrong field must not leave quarantine through its explanation.
"""

from __future__ import annotations

from engine.errors import BadInput, Sentence

SENTENCES: dict[str, Sentence] = {
    "bad-utf8": Sentence(
        "这一行不是 UTF-8 文本(可能是 GBK);请转换编码后重新提交。",
        "The line is not UTF-8 (perhaps GBK); convert it and submit again.",
    ),
    "not-json": Sentence(
        "这一行不是 JSON;请按每行一个 CloudEvents JSON 对象修正后重新提交。",
        "The line is not JSON; write one CloudEvents JSON object a line and submit again.",
    ),
    "bad-envelope": Sentence(
        "{field} 不符合 CloudEvents 1.0 信封的要求{expected};请修正后重新提交。",
        "{field} is not as the CloudEvents 1.0 envelope wants it{expected}; mend it and submit again.",
    ),
    "too-deep": Sentence(
        "嵌套层数过多(超过约 250 层);请减少嵌套后重新提交。",
        "The data is nested too deep (more than some 250 levels); flatten it and submit again.",
    ),
    "out-of-range": Sentence(
        "{field} 中有超出 64 位范围的数字;请改写为文本后重新提交。",
        "A number in {field} does not fit 64 bits; write it as text and submit again.",
    ),
    "too-large": Sentence(
        "一个事件超过 1 MiB;请把附件移出事件,只留引用,再重新提交。",
        "The event is larger than 1 MiB; move attachments out of it, keep a reference, and submit again.",
    ),
    "truncated": Sentence(
        "文件在此处中断或损坏,此前的内容已全部接收;请取得完整文件后重新导入,已接收的不会重复。",
        "The file breaks off or is damaged here; all before was taken. Import the whole file: nothing is taken twice.",
    ),
    "missing-field": Sentence(
        "缺少字段 {field};请补上后重新提交。",
        "The field {field} is missing; add it and submit again.",
    ),
    "wrong-type": Sentence(
        "字段 {field} 的类型或取值不对{expected};请修正后重新提交。",
        "The field {field} has a wrong type or value{expected}; mend it and submit again.",
    ),
    "unknown-type": Sentence(
        "事件类型不在词汇表中{expected};请改用词汇表中的类型,或为该来源编写映射。",
        "The event's type is not in the vocabulary{expected}; use one that is, or write a profile for this source.",
    ),
    "own-type": Sentence(
        "此类事件只由本系统自己发出,不能从外部接收;请从文件中删去。",
        "Only the engine itself issues events of this type; leave it out of the file.",
    ),
    "reserved": Sentence(
        "{field} 使用了本系统保留的名称;请改用来源自己的名称后重新提交。",
        "{field} uses a name that the engine keeps for itself; use the source's own and submit again.",
    ),
    "naive-time": Sentence(
        "字段 {field} 的时间没有时区偏移;请写明偏移,例如 2026-03-02T09:15:00+08:00,再重新提交。",
        "The time in {field} has no offset; write it, as in 2026-03-02T09:15:00+08:00, and submit again.",
    ),
    "future-time": Sentence(
        "字段 {field} 的时间比当前时钟晚五分钟以上;请核对来源的时钟,到时或更正后重新提交。",
        "The time in {field} is more than 5 minutes ahead of the clock; check the source's clock and submit again.",
    ),
    "live-recordedtime": Sentence(
        "recordedtime 只能用于历史导入;请去掉该字段,或用 --historical 导入。",
        "recordedtime is for historical imports only; take it out, or import with --historical.",
    ),
    "control-character": Sentence(
        "{field} 含有控制字符;请删除后重新提交。",
        "{field} holds a control character; remove it and submit again.",
    ),
    "content-conflict": Sentence(
        "同一来源、编号和 dataversion 已有不同内容;如属更正,请提高 dataversion 后重新提交。",
        "This source, id and dataversion are known with other content; to correct it, raise dataversion.",
    ),
    "not-xml": Sentence(
        "从此处起不是格式正确的 XML,此前的内容已全部接收;请修复文件后重新导入。",
        "From here on the file is not well-formed XML; all before it was taken. Mend the file and import it again.",
    ),
    "not-xes": Sentence(
        "文件不是 XES 事件日志(根元素应为 log);请核对文件和映射。",
        "The file is no XES event log (its root must be log); check the file and the profile.",
    ),
    "xml-bomb": Sentence(
        "文件声明了 XML 实体,可能是实体膨胀攻击,未继续读取;请去掉 DOCTYPE 中的实体后重新导入。",
        "The file declares XML entities, as an expansion attack does; it was not read on. Remove them, import again.",
    ),
    "not-csv": Sentence(
        "缺少映射所需的列{expected},文件未接收;请核对文件和映射。",
        "Columns that the profile needs are missing{expected}; nothing was taken. Check the file and the profile.",
    ),
    "bad-row": Sentence(
        "这一行不是格式正确的 CSV,或列数与表头不符;请修正后重新导入。",
        "The row is not well-formed CSV, or has not the header's number of columns; mend it and import again.",
    ),
}


class Refusal(BadInput):
    """Input that cannot be understood: why, in which field, and what the vocabulary expects there."""

    def __init__(self, code: str, field: str = "", expected: str = "") -> None:
        super().__init__(code, field, expected)
        self.refused_as, self.field, self.expected = code, field, expected

    @property
    def sentence(self) -> Sentence:
        """What is wrong and the way out, in both languages."""
        zh, en = SENTENCES[self.refused_as]
        field, expected = self.field or "event", self.expected
        return Sentence(
            zh.format(field=field, expected=f"(应为 {expected})" if expected else ""),
            en.format(field=field, expected=f" (expected {expected})" if expected else ""),
        )
