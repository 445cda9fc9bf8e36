"""The ABNF of RFC 9110, 9112, 3986 and 7578 as regular expressions, each under its rule.

Only shapes live here; what a field means is decided by the module that reads it. Where chatd is narrower
or wider than the rule, the comment says so. Repetitions of single characters are possessive (`*+`), and
what follows a repeated group never begins as the group does, so no input makes a pattern look at an octet
more than a few times. No group is repeated possessively: early releases of Python 3.11, Debian 12's among
them, do not go back to where a group began that failed half way, and accept "1;a=" as a chunk-size line.

All patterns work on text that was decoded as latin-1, one character for one octet, save those of
multipart, whose text is UTF-8.
"""

from __future__ import annotations

import re

# RFC 9110 section 5.6.2
#   token = 1*tchar
#   tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "."
#         / "^" / "_" / "`" / "|" / "~" / DIGIT / ALPHA
TCHAR = r"!#$%&'*+\-.^_`|~0-9A-Za-z"
TOKEN = rf"[{TCHAR}]++"
TOKEN_ONLY = re.compile(TOKEN)
TOKEN_OCTETS = frozenset(b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

# RFC 9112 section 3
#   request-line = method SP request-target SP HTTP-version
#   HTTP-version = "HTTP" "/" DIGIT "." DIGIT
# The target is read as 1*VCHAR here; which characters it may hold is settled by its form, below.
REQUEST_LINE = re.compile(rf"({TOKEN}) ([\x21-\x7e]++) HTTP/([0-9]\.[0-9])\r\n")

# RFC 9112 section 5, RFC 9110 section 5.5
#   field-line    = field-name ":" OWS field-value OWS
#   field-value   = *field-content,  field-vchar = VCHAR / obs-text
# The group of the value still holds the trailing OWS. `^` stands after a line feed: a block of lines is
# sound exactly when as many field lines match as there are line feeds.
FIELD_LINE = re.compile(rf"^({TOKEN}):[ \t]*+([^\x00-\x08\x0a-\x1f\x7f]*+)\r\n", re.MULTILINE)

# RFC 9112 section 6.2:  Content-Length = 1*DIGIT
# Narrower: no leading zero, which some read as octal, and no number that a 64-bit integer cannot hold.
CONTENT_LENGTH = re.compile(r"0|[1-9][0-9]{0,17}")

# RFC 9112 section 7.1
#   chunk-size line = chunk-size [ chunk-ext ] CRLF,  chunk-size = 1*HEXDIG
#   chunk-ext       = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
# Narrower: eight digits at most, and no "bad" white space, which parsers disagree about.
_QDTEXT = r'[^"\\\x00-\x08\x0a-\x1f\x7f]*+'
QUOTED_STRING = rf'"{_QDTEXT}(?:\\[^\x00-\x08\x0a-\x1f\x7f]{_QDTEXT})*"'
CHUNK_SIZE_LINE = re.compile(rf"([0-9A-Fa-f]{{1,8}}+)((?:;{TOKEN}(?:=(?:{TOKEN}|{QUOTED_STRING}))?)*)\r\n")

# RFC 3986 section 3.2, RFC 9110 section 7.2:  Host = uri-host [ ":" port ]
# Narrower: not empty, and no pct-encoded or sub-delims, which occur in no name that DNS resolves.
HOST = re.compile(r"(?:[A-Za-z0-9\-._~]++|\[[0-9A-Fa-f:.]++\])(?::[0-9]{0,5}+)?")

# RFC 9112 section 3.2.1, RFC 3986 sections 3.3 and 3.4
#   origin-form   = absolute-path [ "?" query ]
#   absolute-path = 1*( "/" *pchar ),  pchar = unreserved / pct-encoded / sub-delims / ":" / "@"
#   query         = *( pchar / "/" / "?" )
# Wider: "[", "]", "^" and "|" (in a query also "`", "{" and "}"), which browsers send as they are
# (WHATWG URL, "path percent-encode set", "query percent-encode set"). Out are "#", "\", quotes, "<" and ">".
PATH_CHARACTER = r"A-Za-z0-9\-._~!$&'()*+,;=:@%/\[\]^|"
ORIGIN_FORM = re.compile(rf"(/[{PATH_CHARACTER}]*+)(?:\?([{PATH_CHARACTER}?`{{}}]*+))?")

# RFC 9112 section 3.2.2, for the two schemes that an HTTP server is asked for
ABSOLUTE_FORM = re.compile(rf"[Hh][Tt][Tt][Pp][Ss]?://({HOST.pattern})([/?].*+)?")

# RFC 3986 section 2.1:  pct-encoded = "%" HEXDIG HEXDIG
BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")

# RFC 9110 section 5.6.6
#   parameters = *( OWS ";" OWS [ parameter ] ),  parameter = token "=" ( token / quoted-string )
PARAMETER = re.compile(rf"[ \t]*+;[ \t]*+(?:({TOKEN})=(?:({TOKEN})|({QUOTED_STRING})))?")

# RFC 2046 section 5.1.1:  boundary = 0*69<bchars> bcharsnospace
BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")
