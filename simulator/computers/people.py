"""People at computers: what each does next, as chance has it. Pure."""

from dataclasses import dataclass
from random import Random

from catalogue_api.agent.states import (
    Deed,
    Extend,
    Face,
    Lock,
    SignIn,
    SignOut,
    Unlock,
    View,
)


@dataclass(frozen=True, slots=True)
class Person:
    """A reader, with the PIN that they know."""

    card: str
    pin: str


@dataclass(frozen=True, slots=True)
class Habits:
    """How likely each thing is in a minute of a person's time."""

    sits_down: float = 0.3
    mistypes: float = 0.1
    extends: float = 0.7
    locks: float = 0.03
    comes_back: float = 0.5
    leaves: float = 0.05


def next_deed(shown: View, person: Person, habits: Habits, chance: Random) -> Deed | None:
    """Return what a person does in the next minute before a screen; None: nothing."""
    draw = chance.random()
    match shown.face:
        case Face.FREE | Face.EXPECTED:
            if draw >= habits.sits_down:
                return None
            return SignIn(person.card, _typed(person, habits, chance))
        case Face.LOCKED:
            return Unlock(_typed(person, habits, chance)) if draw < habits.comes_back else None
        case Face.IN_USE if shown.may_extend and draw < habits.extends:
            return Extend()
        case Face.IN_USE if draw < habits.leaves:
            return SignOut()
        case Face.IN_USE if draw < habits.leaves + habits.locks:
            return Lock()
        case _:
            return None


def _typed(person: Person, habits: Habits, chance: Random) -> str:
    wrong = chance.random() < habits.mistypes
    return person.pin[::-1] + "0" if wrong else person.pin
