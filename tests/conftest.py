"""The setting of all tests."""

import signal

# A shell's background job ignores Ctrl-C, and so would the processes that tests
# start to interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
