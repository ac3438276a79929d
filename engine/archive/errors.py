"""What can go wrong with the archive of the log."""

from dataclasses import dataclass

from engine.errors import OUTCOMES, Outcome, SupervisionError


class ArchiveDamaged(SupervisionError):
    """The archive does not hold what it must. The log still does: whoever rebuilds reads that instead, and says so."""

    code = "archive-damaged"


OUTCOMES[ArchiveDamaged] = Outcome(http_status=500, exit_code=3)


@dataclass(eq=False)
class ManifestUnreadable(ArchiveDamaged):
    """The list of segments cannot be read, or does not tell one row of positions."""

    path: str
    reason: str
    code = "manifest-unreadable"
    zh = "无法读取归档清单 {path}：{reason}"
    en = "The archive's manifest {path} cannot be read: {reason}"
    way_out_zh = "从备份恢复该文件；日志完好时，也可移走整个归档目录，再运行 esup archive 重新生成"
    way_out_en = (
        "restore it from a backup; while the log is whole, the folder may be moved away and esup archive run again"
    )


@dataclass(eq=False)
class SegmentDamaged(ArchiveDamaged):
    """A segment that cannot be used as it lies there."""

    path: str
    first: int
    last: int
    way_out_zh = ManifestUnreadable.way_out_zh
    way_out_en = ManifestUnreadable.way_out_en


@dataclass(eq=False)
class SegmentMissing(SegmentDamaged):
    """A segment that the manifest names is not there."""

    code = "segment-missing"
    zh = "缺少归档段 {path}（位置 {first} 至 {last}）"
    en = "The archive's segment {path} (positions {first} to {last}) is missing"


@dataclass(eq=False)
class SegmentChanged(SegmentDamaged):
    """The bytes of a segment are not the ones that were written."""

    code = "segment-changed"
    zh = "归档段 {path}（位置 {first} 至 {last}）的内容与清单不符"
    en = "The archive's segment {path} (positions {first} to {last}) is not what was written"


@dataclass(eq=False)
class SegmentOfAnotherLog(SegmentDamaged):
    """A segment does not hold the events that the log holds at its positions."""

    code = "segment-of-another-log"
    zh = "归档段 {path}（位置 {first} 至 {last}）与日志不符"
    en = "The archive's segment {path} (positions {first} to {last}) is not of this log"
    way_out_zh = "运行 esup archive --check，并从备份核对日志与归档"
    way_out_en = "run esup archive --check and compare log and archive with a backup"


@dataclass(eq=False)
class NotArchived(ArchiveDamaged):
    """Events that hash to something else than they did when they were appended: such a log is not archived."""

    first: int
    last: int
    code = "not-archived"
    zh = "日志位置 {first} 至 {last} 的内容与写入时的散列不符，未归档"
    en = "Events {first} to {last} of the log are not what was hashed when they were appended; they were not archived"
    way_out_zh = "停止写入，并从备份核对日志"
    way_out_en = "stop writing and compare the log with a backup"


@dataclass(eq=False)
class ArchiveBusy(SupervisionError):
    """Another process is writing to the archive."""

    path: str
    code = "archive-busy"
    zh = "归档 {path} 正被另一进程写入"
    en = "Another process is writing to the archive {path}"
    way_out_zh = "稍后重试"
    way_out_en = "try again in a moment"
