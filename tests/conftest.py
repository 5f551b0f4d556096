"""The setting of all tests."""

import os
import signal

# A shell's background job ignores Ctrl-C, and so would the processes that tests
# start to interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

# JAX takes longer to shorten the traceback of an error than to find the error.
os.environ.setdefault("JAX_TRACEBACK_FILTERING", "off")
