"""Stop sequences in a stream: text that may be the start of one waits until it is clear."""


class Stops:
    """Feed it text; it returns what may be sent. `hit` is True once a stop sequence has come.

    >>> stops = Stops(["END"])
    >>> stops.feed("one E"), stops.feed("ND two"), stops.hit
    ('one ', '', True)
    """

    def __init__(self, sequences):
        self.sequences = [one for one in sequences if one]
        self.held, self.hit = "", False

    def feed(self, text):
        self.held += text
        places = [place for one in self.sequences if (place := self.held.find(one)) >= 0]
        if places:
            self.hit = True
            return self._give(min(places), forget=True)
        return self._give(len(self.held) - self._waiting())

    def rest(self):
        """What was still waiting when the reply ended."""
        return "" if self.hit else self._give(len(self.held))

    def _give(self, count, forget=False):
        given, self.held = self.held[:count], "" if forget else self.held[count:]
        return given

    def _waiting(self):
        """Length of the longest end of the text that could begin a stop sequence."""
        longest = max((len(one) for one in self.sequences), default=1) - 1
        for length in range(min(longest, len(self.held)), 0, -1):
            if any(one.startswith(self.held[-length:]) for one in self.sequences):
                return length
        return 0
