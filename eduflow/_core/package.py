"""The name this package goes by: eduflow, or a learner's own, which messages then say."""

PACKAGE = __name__.partition(".")[0]
