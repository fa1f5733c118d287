"""Training, thin: everything about the data was done, hashed and written down before."""

import logging

# bitsandbytes, which peft imports where it is installed, tells of code that it did not fetch, and
# of a GPU that it has no library for, with a traceback. Where that matters it is said in words.
logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
logging.getLogger("bitsandbytes.cextension").setLevel(logging.CRITICAL)
