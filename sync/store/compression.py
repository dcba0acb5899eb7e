"""Makes the large values of the store small, with a dictionary of what saves and records look like; and a page for its
way, with none. The only owner of zstandard.

Not here: what is compressed (log.py, record.py), and how a dictionary is trained (bench/dictionary.py). A dictionary is
never changed, only followed by another: each value names its own, so that old rows stay readable.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import zstandard

# Of a page on its way.
LEVEL = 3
# Of a save with notes of some hundred characters three takes half as long again and saves nothing, five takes three
# times the time and saves nothing; six takes four times the time for a tenth less.
LEVEL_KEPT = 2
DICTIONARY_BYTES = 16 * 1024
# From so many values on it is worth while to wake other cores.
MANY = 8
# How every compressed value begins, and no text in UTF-8 does.
COMPRESSED = zstandard.FRAME_HEADER
_FOLDER = Path(__file__).parent


def path_of(number: int) -> Path:
    """The file of a dictionary; its number is the id that stands in each value."""
    return _FOLDER / f"dictionary_{number}.zdict"


def trained(samples: Sequence[bytes], number: int) -> bytes:
    """A dictionary made from samples of what is to be compressed."""
    dictionary: bytes = zstandard.train_dictionary(DICTIONARY_BYTES, list(samples), dict_id=number).as_bytes()
    return dictionary


@cache
def _dictionaries() -> dict[int, zstandard.ZstdCompressionDict]:
    """Every dictionary that was ever in use, by its id; the last one is written with."""
    found = {}
    for path in sorted(_FOLDER.glob("dictionary_*.zdict")):
        dictionary = zstandard.ZstdCompressionDict(path.read_bytes())
        dictionary.precompute_compress(level=LEVEL_KEPT)
        found[dictionary.dict_id()] = dictionary
    return found


def for_the_way(body: bytes) -> bytes:
    """A body as anybody unpacks it who knows zstandard."""
    packed: bytes = zstandard.compress(body, LEVEL)
    return packed


class Compression:
    """Compresses and restores; for one thread, as zstandard's objects are."""

    def __init__(self) -> None:
        known = _dictionaries()
        newest = known[max(known)]
        self._compressor = zstandard.ZstdCompressor(
            level=LEVEL_KEPT, dict_data=newest, write_checksum=False, write_content_size=True
        )
        self.compress = self._compressor.compress
        self._decompressors = {id: zstandard.ZstdDecompressor(dict_data=dictionary) for id, dictionary in known.items()}

    def compress_many(self, values: Sequence[bytes]) -> list[bytes]:
        """Each value as `compress` gives it, on as many cores as there are."""
        if len(values) < MANY:
            return [self.compress(value) for value in values]
        found = self._compressor.multi_compress_to_buffer(list(values), threads=-1)
        return [found[number].tobytes() for number in range(len(found))]

    def restore(self, kept: bytes) -> bytes:
        """The bytes that `compress` was given; raises ValueError when they were damaged or their dictionary is gone."""
        try:
            id = zstandard.get_frame_parameters(kept).dict_id
            return self._decompressors[id].decompress(kept)
        except (zstandard.ZstdError, KeyError) as error:
            raise ValueError("a compressed value cannot be read") from error
