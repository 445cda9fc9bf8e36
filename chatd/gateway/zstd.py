"""A zstd compressor, from whoever has one: Python itself from 3.14 on, else the library `zstandard`.

Neither is needed: without one, zstd-stream goes out in stored blocks (wire/zstd_stream.py).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from chatd.wire.zstd_stream import WINDOW_LOG

# zstd's own default: events are small, and each is compressed once for everybody.
LEVEL = 3


def zstd_compressor() -> Callable[[bytes], bytes] | None:
    """Makes whole frames with a window of WINDOW_LOG, without size and checksum. None where nobody can."""
    for module, makes in (("compression.zstd", _of_python), ("zstandard", _of_library)):
        try:
            return makes(import_module(module))
        except ImportError:
            continue
    return None


def _of_python(zstd: Any) -> Callable[[bytes], bytes]:
    parameter = zstd.CompressionParameter
    options = {
        parameter.compression_level: LEVEL, parameter.window_log: WINDOW_LOG,
        parameter.content_size_flag: 0, parameter.checksum_flag: 0,
    }  # fmt: skip
    return lambda plain: zstd.compress(plain, options=options)


def _of_library(zstandard: Any) -> Callable[[bytes], bytes]:
    parameters = zstandard.ZstdCompressionParameters.from_level(
        LEVEL, window_log=WINDOW_LOG, write_content_size=0, write_checksum=0
    )
    compressor = zstandard.ZstdCompressor(compression_params=parameters)
    return compressor.compress  # type: ignore[no-any-return]
