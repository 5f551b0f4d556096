"""The check that servers, or the proxies on the way to them, are there."""

import socket
import ssl
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from harness.core.errors import UserError

_SECONDS = 5.0


def check(url: str) -> None:
  """Opens a connection to a server, or to the proxy that leads to it.

  Raises:
    UserError: nobody listens there, or not in the protocol of the address.
  """
  parts = urlsplit(url)
  if proxy := _proxy(parts):
    name, address = proxy
    _check_proxy(name, address, url)
    return
  try:
    _connect(parts, is_tls=parts.scheme == "https")
  except ssl.SSLError as error:
    raise UserError(
      f"no TLS with the server at {url} ({error.reason or error}): if it "
      "speaks plain HTTP, its address begins with http://"
    ) from error
  except OSError as error:
    raise UserError(
      f"no server at {url} ({error.strerror or error}): start it, or name "
      "another one with --llm=model@http://host:port/v1"
    ) from error


def _proxy(parts: SplitResult) -> tuple[str, SplitResult] | None:
  """The variable that names the proxy for an address, and that proxy."""
  proxies = getproxies()
  scheme = parts.scheme if proxies.get(parts.scheme) else "all"
  address = proxies.get(scheme)
  if not address or proxy_bypass(parts.netloc):
    return None
  if "://" not in address:
    address = f"http://{address}"
  return f"{scheme.upper()}_PROXY", urlsplit(address)


def _check_proxy(name: str, parts: SplitResult, url: str) -> None:
  try:
    _connect(parts, is_tls=False)
  except (OSError, ValueError) as error:
    # The address of a proxy may hold a password.
    raise UserError(
      f"the proxy of {name} at {parts.hostname} does not answer "
      f"({getattr(error, 'strerror', None) or error}): start it, unset {name}, "
      f"or set NO_PROXY={urlsplit(url).hostname}"
    ) from error


def _connect(parts: SplitResult, *, is_tls: bool) -> None:
  port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 1080)
  address = (parts.hostname or "", port)
  with socket.create_connection(address, _SECONDS) as connection:
    if is_tls:
      context = ssl.create_default_context()
      # Whom to trust is for the client to decide.
      context.check_hostname = False
      context.verify_mode = ssl.CERT_NONE
      context.wrap_socket(connection, server_hostname=parts.hostname).close()
