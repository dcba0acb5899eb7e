"""What a record says about a file that belongs to it: the columns of a field of type `files`, the same for every kind.

Not here: the files themselves, which travel beside the saves and are kept by the server (server/files).
"""

import re
from collections.abc import Mapping

from schema.model import Column, Vocabulary, Words

MEDIA = "file_media"
# The largest file of any field: three minutes of speech, or a large photo before the phone has made it smaller.
FILE_BYTES_MAX = 4 * 1024 * 1024
# No phone makes a picture with a longer side than this; the server opens none that is larger.
SIDE_PIXELS_MAX = 4096
SECONDS_MAX = 600
HASH = re.compile(r"[0-9a-f]{64}")


def columns_of(media: Vocabulary) -> Mapping[str, Column]:
    """The columns of a row about one file.

    hash      SHA-256 of the bytes as the phone sends them, in hexadecimal: the name of the file
    bytes     how many they are
    width, height, seconds   of a picture in pixels, of a sound in whole seconds
    """
    columns = (
        Column("hash", "text", Words("文件编号", "File"), required=True, max=64),
        Column("media", "choice", Words("种类", "Kind"), required=True, of=MEDIA, vocabulary=media),
        Column("bytes", "integer", Words("大小（字节）", "Bytes"), required=True, min=1),
        Column("width", "integer", Words("宽", "Width"), min=1, max=SIDE_PIXELS_MAX),
        Column("height", "integer", Words("高", "Height"), min=1, max=SIDE_PIXELS_MAX),
        Column("seconds", "integer", Words("秒", "Seconds"), min=0, max=SECONDS_MAX),
        Column("name", "text", Words("说明", "Caption"), max=60),
        Column("taken_at", "datetime", Words("时间", "Taken"), required=True),
    )
    return {column.name: column for column in columns}
