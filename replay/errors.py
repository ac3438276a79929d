"""What can go wrong when the past is looked up."""

from dataclasses import dataclass

from engine.errors import OUTCOMES, Outcome, SupervisionError


@dataclass(eq=False)
class ReplayExists(SupervisionError):
    """The file a replay is to be written to is there already."""

    path: str

    code = "replay-exists"
    zh = "文件 {path} 已存在，回放不会覆盖它"
    en = "The file {path} is there already; a replay overwrites nothing"
    way_out_zh = "换一个文件名，或先移走该文件"
    way_out_en = "choose another name, or move that file away first"


OUTCOMES[ReplayExists] = Outcome(http_status=409, exit_code=2)


@dataclass(eq=False)
class NotAReplay(SupervisionError):
    """The file that is to be read is no replay, or one that other models made."""

    path: str

    code = "not-a-replay"
    zh = "{path} 不是本版本保存的回放文件"
    en = "{path} is not a replay that this version kept"
    way_out_zh = "用 esup replay --as-of T --out 文件 重新回放"
    way_out_en = "replay again: esup replay --as-of T --out FILE"


OUTCOMES[NotAReplay] = Outcome(http_status=409, exit_code=2)
