"""Why a request is refused: each says what stands in its way, and leaves no event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.errors import OUTCOMES, Outcome, SupervisionError


class NotDecided(SupervisionError):
    """A request that may not be followed as things stand."""

    code = "not-decided"


class Unfit(NotDecided):
    """A request that may never be followed as it was put."""

    code = "unfit"


@dataclass(eq=False)
class NotKnown(NotDecided):
    """No fact tells of the subject."""

    kind_zh: str
    kind_en: str
    subject: str
    code = "unknown-subject"
    zh = "没有{kind_zh} {subject}"
    en = "No fact tells of a {kind_en} {subject}"
    way_out_zh = "核对编号"
    way_out_en = "check the number"


@dataclass(eq=False)
class KnownAlready(NotDecided):
    """The subject exists: it is not made twice."""

    kind_zh: str
    kind_en: str
    subject: str
    code = "known-already"
    zh = "{kind_zh} {subject} 已存在"
    en = "There is a {kind_en} {subject} already"
    way_out_zh = "换一个编号"
    way_out_en = "choose another number"


@dataclass(eq=False)
class NotNow(NotDecided):
    """The subject is in a state in which this may not be asked."""

    kind_zh: str
    kind_en: str
    subject: str
    state_zh: str
    state_en: str
    act_zh: str
    act_en: str
    possible_zh: str
    possible_en: str
    code = "wrong-state"
    zh = "{kind_zh} {subject} {state_zh}，不能{act_zh}"
    en = "The {kind_en} {subject} is {state_en}: you cannot {act_en} it"
    way_out_zh = "现在可以：{possible_zh}"
    way_out_en = "possible now: {possible_en}"


@dataclass(eq=False)
class WordsMissing(Unfit):
    """A reason, an opinion or an answer was left blank."""

    what_zh: str
    what_en: str
    code = "words-missing"
    zh = "缺少{what_zh}"
    en = "The {what_en} is blank"
    way_out_zh = "写明{what_zh}"
    way_out_en = "write the {what_en}"


@dataclass(eq=False)
class DayHasPassed(Unfit):
    """A day by which somebody is to act lies in the past."""

    day: date
    today: date
    code = "day-passed"
    zh = "期限 {day} 早于今天 {today}"
    en = "The day {day} lies before today, {today}"
    way_out_zh = "给出今天或以后的日期"
    way_out_en = "give today or a later day"


@dataclass(eq=False)
class DayToCome(Unfit):
    """What is told to have happened lies in the future."""

    day: date
    today: date
    code = "day-to-come"
    zh = "日期 {day} 晚于今天 {today}"
    en = "The day {day} lies after today, {today}"
    way_out_zh = "给出今天或以前的日期"
    way_out_en = "give today or an earlier day"


# Tasks.


@dataclass(eq=False)
class ReviewerCloses(NotDecided):
    """Who reviewed a task first wants to close it too."""

    subject: str
    officer: str
    code = "reviewer-closes"
    zh = "督办单 {subject} 由 {officer} 初审，不能由其本人审结"
    en = "{officer} reviewed the task {subject} first and cannot close it"
    way_out_zh = "由领导审结"
    way_out_en = "let the leader close it"


@dataclass(eq=False)
class OtherDepartmentsCard(Unfit):
    """A task names a card on another department than its own."""

    card: str
    department: str
    code = "other-departments-card"
    zh = "监察牌 {card} 不是发给 {department} 的"
    en = "The card {card} is not on {department}"
    way_out_zh = "省略部门，由监察牌确定"
    way_out_en = "leave the department out: the card names it"


# Complaints.


@dataclass(eq=False)
class NoName(Unfit):
    """A complaint in somebody's real name does not say whose."""

    code = "no-name"
    zh = "实名投诉缺少投诉人姓名"
    en = "A complaint in a real name lacks the name"
    way_out_zh = "写明姓名，或按匿名登记"
    way_out_en = "give the name, or file it as anonymous"


@dataclass(eq=False)
class NoticeOwed(NotDecided):
    """A complaint is to be closed before the complainant, who gave a name, has been told in writing."""

    subject: str
    code = "notice-owed"
    zh = "实名投诉 {subject} 尚未书面告知投诉人"
    en = "The complainant of {subject} gave a name and has not been told in writing"
    way_out_zh = "先书面告知"
    way_out_en = "notify in writing first"


@dataclass(eq=False)
class RefusedCannotBeUpheld(Unfit):
    """A complaint that was refused is to be closed as upheld."""

    subject: str
    code = "refused-not-upheld"
    zh = "投诉 {subject} 未予受理，不能认定属实"
    en = "The complaint {subject} was refused: it cannot be upheld"


# Cards.


@dataclass(eq=False)
class AppealTooLate(NotDecided):
    """The last day to appeal has passed."""

    card: str
    last_day: date
    today: date
    code = "appeal-too-late"
    zh = "监察牌 {card} 的申诉期限为 {last_day}，今天是 {today}"
    en = "The last day to appeal against the card {card} was {last_day}; today is {today}"


@dataclass(eq=False)
class NoMoreAppeals(NotDecided):
    """The appeal and the second appeal were both decided."""

    card: str
    code = "no-more-appeals"
    zh = "监察牌 {card} 已两次申诉，不再受理"
    en = "Two appeals against the card {card} were decided; there is no third"


@dataclass(eq=False)
class NoSuchGround(Unfit):
    """An exemption on a ground that the measures do not have."""

    ground: str
    code = "no-such-ground"
    zh = "免责情形 {ground} 不在第二十五条的五种之内"
    en = "There is no ground {ground} among the five of Article 25"
    way_out_zh = "填 1 至 5"
    way_out_en = "give one from 1 to 5"


@dataclass(eq=False)
class OfficerNotKnown(Unfit):
    """Nobody knows which department the approver belongs to, or the account was disabled."""

    officer: str
    code = "officer-not-known"
    zh = "审批人 {officer} 未登记或账号已停用"
    en = "The approver {officer} is not registered, or the account is disabled"
    way_out_zh = "先登记该人员（esup.org.officer_assigned）"
    way_out_en = "register the officer first (esup.org.officer_assigned)"


@dataclass(eq=False)
class OwnDepartment(Unfit):
    """The approver of an exemption belongs to the department that would be exempted."""

    officer: str
    department: str
    code = "own-department"
    zh = "审批人 {officer} 属于被监察部门 {department}，不能为其免责"
    en = "The approver {officer} is of {department}, the department to be exempted"
    way_out_zh = "由该部门以外的人审批"
    way_out_en = "let somebody outside the department approve"


# The catalogue.


@dataclass(eq=False)
class CodeCancelled(NotDecided):
    """A cancelled code is to be used again (K02)."""

    item: str
    since: date
    code = "code-cancelled"
    zh = "权力编码 {item} 自 {since} 起已取消，不得复用"
    en = "The code {item} is cancelled from {since} on and is never used again"
    way_out_zh = "在目录末尾另取新编码"
    way_out_en = "take a new code at the end of the catalogue"


@dataclass(eq=False)
class VersionKnown(NotDecided):
    """This version of the item was published before."""

    item: str
    version: str
    code = "version-known"
    zh = "事项 {item} 的版本 {version} 已发布"
    en = "The version {version} of the item {item} is published already"
    way_out_zh = "换一个版本号"
    way_out_en = "give another version"


@dataclass(eq=False)
class LimitMissing(Unfit):
    """An item says no promised or no statutory limit (K04)."""

    item: str
    limit_zh: str
    limit_en: str
    code = "limit-missing"
    zh = "事项 {item} 没有{limit_zh}时限"
    en = "The item {item} has no {limit_en} limit"
    way_out_zh = "补上时限及其单位"
    way_out_en = "add the limit and its unit"


@dataclass(eq=False)
class PromiseBeyondLaw(Unfit):
    """The promised limit is longer than the statutory one (K04)."""

    item: str
    promised: str
    statutory: str
    code = "promise-beyond-law"
    zh = "事项 {item} 的承诺时限 {promised} 超过法定时限 {statutory}"
    en = "The item {item} promises {promised}, beyond the statutory {statutory}"
    way_out_zh = "缩短承诺时限"
    way_out_en = "promise less"


@dataclass(eq=False)
class StepsExceedPromise(Unfit):
    """The limits of the steps on one path add up to more than the promise (K03)."""

    item: str
    promised: str
    path: str
    code = "steps-exceed-promise"
    zh = "事项 {item} 的环节 {path} 时限之和超过承诺时限 {promised}"
    en = "The steps {path} of the item {item} take longer together than the promised {promised}"
    way_out_zh = "缩短环节时限，或延长承诺时限"
    way_out_en = "shorten the steps, or promise more"


OUTCOMES |= {
    NotDecided: Outcome(http_status=409, exit_code=1),
    NotKnown: Outcome(http_status=404, exit_code=1),
    Unfit: Outcome(http_status=422, exit_code=1),
    OwnDepartment: Outcome(http_status=403, exit_code=1),
}
