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
