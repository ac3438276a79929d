"""What the matters of one stretch of time have yet to hear, and which of them may hear their next fact now."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable

from engine.facts import Fact
from monitors.matters import Matters, is_of_an_item


class Coming:
    """The facts of one stretch by matter, instant by instant.

    An item of the catalogue draws its cases after it: its fact waits until they have lived up to it, and what they hear
    later waits for it. A fact that names a card which nobody knows yet waits until that card is issued.
    """

    def __init__(self, matters: Matters, facts: Collection[Fact]) -> None:
        self._matters = matters
        self._instants: dict[str, deque[tuple[int, list[Fact]]]] = {}
        self._nameless: list[Fact] = []
        self._heard: dict[str, int] = {}
        items = {fact.stream for fact in facts if is_of_an_item(fact)}
        self._cases = matters.drawn_by(items, facts)
        self._items: dict[str, list[str]] = defaultdict(list)
        for item, cases in self._cases.items():
            for case in cases:
                self._items[case].append(item)
        self._expect(facts)

    def find_names(self) -> None:
        """What named a card in advance has its matter once the card is in the projections."""
        nameless, self._nameless = self._nameless, []
        self._expect(nameless)

    def since(self, matter: str, begins: int) -> int:
        """When a matter last heard something, its own or of its item; at the latest when the stretch began."""
        return max(self._heard.get(name, begins) for name in (matter, *self._items.get(matter, ())))

    def until(self, matter: str, ends: int) -> int:
        """When a matter hears its next fact, its own or of its item; at the latest when the stretch ends."""
        return min(self._next(name, ends) for name in (matter, *self._items.get(matter, ())))

    def go_on(self, busy: Collection[str | None]) -> list[Fact]:
        """The next facts of every matter of which nothing is being said, and which need not wait for another."""
        ready = [matter for matter in self._instants if matter not in busy and not self._waits(matter, busy)]
        told: list[Fact] = []
        for matter in ready:
            at, facts = self._instants[matter].popleft()
            self._heard[matter] = at
            told += facts
            if not self._instants[matter]:
                del self._instants[matter]
        return sorted(told, key=recorded)

    def give_up_names(self) -> bool:
        """No card of these names was issued: what names them is a matter of its own. False if there was nothing."""
        nameless, self._nameless = self._nameless, []
        for fact in nameless:
            self._put(fact.stream, fact)
        return bool(nameless)

    def _expect(self, facts: Iterable[Fact]) -> None:
        for fact in sorted(facts, key=recorded):
            matter = self._matters.of(fact)
            if matter is None:
                self._nameless.append(fact)
            else:
                self._put(matter, fact)

    def _put(self, matter: str, fact: Fact) -> None:
        """Keep a matter's facts in their order, whenever they are named."""
        instants = self._instants.setdefault(matter, deque())
        later: list[tuple[int, list[Fact]]] = []
        while instants and instants[-1][0] > recorded(fact):
            later.append(instants.pop())
        if not instants or instants[-1][0] != recorded(fact):
            instants.append((recorded(fact), []))
        instants[-1][1].append(fact)
        instants.extend(reversed(later))

    def _waits(self, matter: str, busy: Collection[str | None]) -> bool:
        at = self._instants[matter][0][0]
        if any(self._next(item, at + 1) <= at for item in self._items.get(matter, ())):
            return True
        return any(case in busy or self._next(case, at) < at for case in self._cases.get(matter, ()))

    def _next(self, matter: str, otherwise: int) -> int:
        instants = self._instants.get(matter)
        return instants[0][0] if instants else otherwise


def recorded(fact: Fact) -> int:
    """When a fact came to be known."""
    return fact.occurred_at if fact.recorded_at is None else fact.recorded_at
