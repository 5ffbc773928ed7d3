"""What a service refuses, said in French to the agent who asked."""


class Refus(Exception):
    """A rule says no. The message is shown as it is; nothing has been written."""

    status = 409

    def __init__(self, message: str, champ: str | None = None):
        super().__init__(message)
        self.message = message
        self.champ = champ


class TransitionRefused(Refus):
    """The state, the rule of rights or the guard refuses the transition."""


class DroitRefuse(TransitionRefused):
    status = 403


class ConflitVersion(Refus):
    """Somebody wrote the fiche since it was read: the caller shows the difference and keeps the typed text."""
