"""What the console refuses, with the way out. The families of the engine keep their own exit codes."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import OUTCOMES, Outcome, SupervisionError


class UnusableRequest(SupervisionError):
    """A request that this home, or any home, cannot follow as it was put."""

    code = "usage"


OUTCOMES[UnusableRequest] = Outcome(http_status=400, exit_code=2)


@dataclass(eq=False)
class NoHomeHere(UnusableRequest):
    """A command that only reads was given a folder without an installation."""

    path: str
    code = "no-home"
    zh = "{path} 中没有安装数据"
    en = "There is no installation in {path}"
    way_out_zh = "先运行 esup import 或 esup demo，或用 --home 指定目录"
    way_out_en = "run esup import or esup demo first, or name the folder with --home"


@dataclass(eq=False)
class HomeInUse(UnusableRequest):
    """A command that needs a fresh home found one with data of its own."""

    path: str
    code = "home-in-use"
    zh = "{path} 已有数据，不会覆盖"
    en = "{path} holds data already and is not overwritten"
    way_out_zh = "用 --home 指定一个新目录"
    way_out_en = "name a new folder with --home"


@dataclass(eq=False)
class RunsOnRealClock(UnusableRequest):
    """A home on the real clock was asked to go to another time."""

    command: str
    code = "real-clock"
    zh = "本目录使用真实时钟并已发牌，不能执行 {command}"
    en = "This home runs on the real clock and has issued cards: it cannot {command}"
    way_out_zh = "去掉 --as-of；回看过去请用 esup replay，推演历史请用新的 --home"
    way_out_en = "leave --as-of out; look back with esup replay, or drive history in a new --home"


@dataclass(eq=False)
class RunsOnVirtualClock(UnusableRequest):
    """A home on a virtual clock was asked to follow the real one."""

    command: str
    code = "virtual-clock"
    zh = "本目录使用虚拟时钟，不能执行 {command}"
    en = "This home runs on a virtual clock: it cannot {command}"
    way_out_zh = "用 esup watch --as-of T 推进时钟，或换一个 --home"
    way_out_en = "move its clock with esup watch --as-of T, or take another --home"


@dataclass(eq=False)
class ClockOnlyMovesForward(UnusableRequest):
    """A virtual clock was asked to go back."""

    now: str
    code = "clock-went-back"
    zh = "虚拟时钟已到 {now}，只能向前"
    en = "The virtual clock stands at {now} and only moves forward"
    way_out_zh = "回看过去请用 esup replay --as-of T"
    way_out_en = "look back with esup replay --as-of T"


@dataclass(eq=False)
class UnknownCase(SupervisionError):
    """A case number that no fact carries, at that moment, as known then."""

    case_no: str
    code = "unknown-case"
    zh = "没有案件 {case_no}"
    en = "No fact tells of a case {case_no}"
    way_out_zh = '查看案件号：esup query "select case_no from cases limit 20"'
    way_out_en = 'see the case numbers with esup query "select case_no from cases limit 20"'
