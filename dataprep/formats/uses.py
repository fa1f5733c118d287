"""What becomes of a key that a format does not read, in the words of the account."""

CARRIED, LEFT_OUT = "carried along", "left out"
COPY, NOTHING = "copy of another", "null"
ASKED_FOR = "asked for"
UNLABELLED = "unlabelled"
