"""Every error of the project, and the one table that says what each means to a program.

To add one: write a small dataclass under the family it belongs to, its values as fields, its two sentences as templates
over those fields, and the way out if there is one. It takes the family's HTTP status and exit code; only a new family
needs a row in `OUTCOMES`.
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple


class Sentence(NamedTuple):
    """The same sentence in Chinese, for the people who work with it, and in English."""

    zh: str
    en: str


class Outcome(NamedTuple):
    """What an error means to a program: the HTTP status of an answer, the exit code of a command."""

    http_status: int
    exit_code: int


class SupervisionError(Exception):
    """The root of all that the engine refuses or cannot do; the fields of a class are the values it speaks of."""

    code: ClassVar[str] = "failed"
    zh: ClassVar[str] = "操作失败"
    en: ClassVar[str] = "The operation failed"
    way_out_zh: ClassVar[str] = ""
    way_out_en: ClassVar[str] = ""

    @property
    def sentence(self) -> Sentence:
        """What went wrong, in both languages."""
        return Sentence(self.zh.format_map(vars(self)), self.en.format_map(vars(self)))

    @property
    def way_out(self) -> Sentence:
        """What to do about it, in both languages; empty where nothing can be said."""
        return Sentence(self.way_out_zh.format_map(vars(self)), self.way_out_en.format_map(vars(self)))

    def __str__(self) -> str:
        """Both sentences and both ways out on one line, for people who read a terminal."""
        said = f"{self.sentence.zh} / {self.sentence.en}"
        return f"{said} → {self.way_out.zh} / {self.way_out.en}" if self.way_out_zh else said


# Bad input: what cannot be understood. At a door of facts it is quarantined under its code.


class BadInput(SupervisionError):
    """Input that cannot be understood, whoever brought it."""

    code = "bad-input"


@dataclass(eq=False)
class NaiveTime(BadInput):
    """A time without an offset: nobody can say which instant is meant."""

    text: str
    code = "naive-time"
    zh = "时间“{text}”没有时区偏移"
    en = "The time “{text}” has no offset"
    way_out_zh = "写明偏移，例如 2026-03-02T09:15:00+08:00"
    way_out_en = "state the offset, as in 2026-03-02T09:15:00+08:00"


@dataclass(eq=False)
class BadInstant(BadInput):
    """A text that is no instant of RFC 3339, nor a day where a day may stand."""

    text: str
    code = "wrong-type"
    zh = "“{text}”不是有效的时间"
    en = "“{text}” is not a time"
    way_out_zh = "按 RFC 3339 书写，例如 2026-03-02T09:15:00+08:00"
    way_out_en = "write it as RFC 3339 has it, as in 2026-03-02T09:15:00+08:00"


@dataclass(eq=False)
class UnknownZone(BadInput):
    """A zone that the time zone database does not have."""

    zone: str
    code = "unknown-zone"
    zh = "没有时区“{zone}”"
    en = "There is no time zone “{zone}”"
    way_out_zh = "使用 IANA 名称，例如 Asia/Shanghai"
    way_out_en = "use its IANA name, as in Asia/Shanghai"


@dataclass(eq=False)
class ControlCharacter(BadInput):
    """A text that bulk loading could not give back: empty, or with a control character, or no Unicode text."""

    field: str
    index: int
    code = "control-character"
    zh = "第 {index} 条的字段 {field} 为空或含有控制字符"
    en = "The field {field} of fact {index} of the batch is empty or holds a control character"
    way_out_zh = "去掉该字符后重新提交"
    way_out_en = "remove the character and submit again"


@dataclass(eq=False)
class NotStorable(BadInput):
    """A value that the log could not give back as it was: not JSON, or a number outside 64 bits."""

    reason: str
    code = "wrong-type"
    zh = "无法原样保存：{reason}"
    en = "Cannot be stored and read back: {reason}"


@dataclass(eq=False)
class IdentityConflict(BadInput):
    """A known identity (event id, source, dataversion) came again with other content: at these places of the batch."""

    indexes: tuple[int, ...]
    code = "content-conflict"
    zh = "同一标识、同一版本的内容不同（批内序号 {indexes}），整批未写入"
    en = "The same identity and dataversion came with other content (places {indexes} of the batch); nothing was stored"
    way_out_zh = "更正请提高 dataversion"
    way_out_en = "raise dataversion for a correction"


# The clock.


@dataclass(eq=False)
class ClockWentBack(SupervisionError):
    """A virtual clock was asked to move to an instant before the one it shows."""

    now: int
    to: int
    code = "clock-went-back"
    zh = "虚拟时钟只能向前"
    en = "A virtual clock only moves forward"


# The log.


class LogUnavailable(SupervisionError):
    """The log cannot be read or written for the moment; nothing was acknowledged."""

    code = "log-unavailable"


@dataclass(eq=False)
class LogBusy(LogUnavailable):
    """Another process held the log's write lock for longer than the timeout."""

    path: str
    code = "log-busy"
    zh = "日志 {path} 正被另一进程写入"
    en = "Another process is writing to the log {path}"
    way_out_zh = "稍后重试"
    way_out_en = "try again in a moment"


@dataclass(eq=False)
class LogWriteFailed(LogUnavailable):
    """The log could not be written (a full disk, a failed sync); nothing of the batch is acknowledged."""

    path: str
    reason: str
    code = "log-write-failed"
    zh = "无法写入日志 {path}：{reason}"
    en = "The log {path} could not be written: {reason}"
    way_out_zh = "检查磁盘空间与权限后重试"
    way_out_en = "check the disk's space and permissions, then try again"


class LogDamaged(SupervisionError):
    """The log does not hold what it must; it is not written until somebody has looked."""

    code = "log-damaged"


@dataclass(eq=False)
class LogTruncated(LogDamaged):
    """The head of the log and its last row disagree: rows were removed or added behind its back."""

    size: int
    last_position: int
    code = "log-truncated"
    zh = "日志应有 {size} 条，实际末位为 {last_position}：日志被截断或被改动"
    en = "The log should end at position {size} and ends at {last_position}: it was truncated or changed"
    way_out_zh = "停止写入，运行 esup verify 并从备份核对"
    way_out_en = "stop writing, run esup verify and compare with a backup"


@dataclass(eq=False)
class TreeDamaged(LogDamaged):
    """The tree that the head of a log keeps is not one of its size, or is made by a hash that nobody knows."""

    reason: str
    code = "tree-damaged"
    zh = "日志头部的散列树已损坏：{reason}"
    en = "The hash tree in the log's head is damaged: {reason}"
    way_out_zh = "停止写入，运行 esup verify 并从备份核对"
    way_out_en = "stop writing, run esup verify and compare with a backup"


@dataclass(eq=False)
class LogUnreadable(LogDamaged):
    """The file is missing, is no log, or its pages cannot be read."""

    path: str
    reason: str
    code = "log-unreadable"
    zh = "无法读取日志 {path}：{reason}"
    en = "The log {path} cannot be read: {reason}"


@dataclass(eq=False)
class LogReadOnly(SupervisionError):
    """Something was to be written through a log that was opened for reading."""

    path: str
    code = "log-read-only"
    zh = "日志 {path} 以只读方式打开"
    en = "The log {path} is open for reading only"


@dataclass(eq=False)
class DecidedMeanwhile(SupervisionError):
    """Two decided on one subject at once: the log took the other's decision."""

    subject: str
    code = "decided-meanwhile"
    zh = "{subject} 刚被他人处理，本次未写入"
    en = "Somebody else acted on {subject} in the meantime; nothing was stored"
    way_out_zh = "查看最新状态后重试"
    way_out_en = "look at it again, then repeat"


# Persons.


class PersonUnavailable(SupervisionError):
    """An envelope cannot be opened."""

    code = "person-unavailable"


@dataclass(eq=False)
class PersonErased(PersonUnavailable):
    """The key of this person was erased, or never was in this key store."""

    ref: str
    code = "person-erased"
    zh = "身份信息 {ref} 的密钥已销毁"
    en = "The key of person {ref} was erased"


@dataclass(eq=False)
class EnvelopeDamaged(PersonUnavailable):
    """An envelope was changed, or belongs to another person."""

    ref: str
    code = "envelope-damaged"
    zh = "身份信息 {ref} 的密文已损坏"
    en = "The envelope of person {ref} is damaged"


@dataclass(eq=False)
class KeyStoreFailed(SupervisionError):
    """The key store could not be read or written; what it sealed must not enter the log."""

    path: str
    reason: str
    code = "key-store-failed"
    zh = "密钥库 {path} 不可用：{reason}"
    en = "The key store {path} failed: {reason}"
    way_out_zh = "检查磁盘与权限后重试"
    way_out_en = "check the disk and permissions, then try again"


OUTCOMES: dict[type[SupervisionError], Outcome] = {
    SupervisionError: Outcome(http_status=500, exit_code=1),
    BadInput: Outcome(http_status=422, exit_code=1),
    UnknownZone: Outcome(http_status=422, exit_code=2),
    IdentityConflict: Outcome(http_status=409, exit_code=1),
    ClockWentBack: Outcome(http_status=409, exit_code=1),
    DecidedMeanwhile: Outcome(http_status=409, exit_code=1),
    LogUnavailable: Outcome(http_status=503, exit_code=1),
    LogDamaged: Outcome(http_status=500, exit_code=3),
    PersonUnavailable: Outcome(http_status=410, exit_code=1),
    KeyStoreFailed: Outcome(http_status=503, exit_code=1),
}


def outcome_of(error: SupervisionError) -> Outcome:
    """What this error means to a program: the row of its class, or of the nearest family above it."""
    return next(OUTCOMES[family] for family in type(error).__mro__ if family in OUTCOMES)
