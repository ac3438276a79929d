"""What can go wrong in the projections."""

from dataclasses import dataclass

from engine.errors import SupervisionError


@dataclass(eq=False)
class ModelUnreadable(SupervisionError):
    """A model file does not open with its sentence, grain and refresh."""

    file: str

    code = "model-unreadable"
    zh = "模型文件 {file} 的开头不合格式"
    en = "Model file {file} does not open with its sentence, grain and refresh"
    way_out_zh = "请照 projections/models 中其他文件的开头书写"
    way_out_en = "write its header as the other files in projections/models do"


@dataclass(eq=False)
class AuditFailed(SupervisionError):
    """An audit returned rows: the projections contradict themselves, and nothing was committed."""

    audit: str
    row: str

    code = "audit-failed"
    zh = "核对 {audit} 未通过：{row}"
    en = "Audit {audit} found a contradiction: {row}"
    way_out_zh = "请运行 esup doctor，并重建投影"
    way_out_en = "run esup doctor and rebuild the projections"


@dataclass(eq=False)
class ClockMovedBack(SupervisionError):
    """The projections were asked to stand at an earlier instant than they already do."""

    at: str
    asked: str

    code = "clock-moved-back"
    zh = "时钟已到 {at}，不能退回到 {asked}"
    en = "The clock stands at {at} and cannot go back to {asked}"
    way_out_zh = "查看过去请用 esup replay --as-of"
    way_out_en = "to look at the past use esup replay --as-of"


@dataclass(eq=False)
class QueryRefused(SupervisionError):
    """A query that is not one reading statement, or that DuckDB cannot run."""

    reason: str

    code = "query-refused"
    zh = "查询未执行：{reason}"
    en = "The query was not run: {reason}"
    way_out_zh = '只接受一条 SELECT 语句；表和列见 esup query "show tables"'
    way_out_en = 'one SELECT statement is accepted; see esup query "show tables" for what there is'
