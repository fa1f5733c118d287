"""Training, thin: everything about the data was done, hashed and written down before."""

import logging

# bitsandbytes, which peft imports where it is installed, tells of code that it did not fetch.
logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
