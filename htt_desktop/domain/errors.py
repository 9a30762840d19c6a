"""Errors with which the domain refuses to give a dishonest answer.

Each class stands for one reason. ``str()`` of an instance is one sentence fit
for the user: what is wrong, where, and what to do next.
"""


class DomainError(Exception):
    """There is no honest answer to the question that was asked."""


class UnknownTrackError(DomainError):
    """The track id is not in the track table."""


class UnknownDriverError(DomainError):
    """No entry of the race carries that number."""


class UnknownLapError(DomainError):
    """The driver has no such official lap."""


class NoTelemetryError(DomainError):
    """The lap exists in official timing, but no logger rows cover it."""


class DeadClockError(DomainError):
    """All rows of the car carry one time stamp."""


class InterleavedCarsError(DomainError):
    """Rows of two cars are mixed up under one number."""


class MissingChannelError(DomainError):
    """A channel that the computation cannot do without was not recorded."""


class ImplausibleSpeedError(DomainError):
    """Recorded speed cannot be in km/h."""


class NoCleanLapError(DomainError):
    """None of the driver's laps satisfies the clean-lap rule."""


class AlignmentError(DomainError):
    """The lap cannot be laid over lap distance with a residual worth showing."""


class IdentityError(DomainError):
    """The lap times do not tell which entry a recording belongs to."""


class TimingMismatchError(DomainError):
    """Logger rows and official timing are not of the same race."""
