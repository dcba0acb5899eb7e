"""Every bound on files, with its unit in the name and the reason beside it. The largest file is `FILE_BYTES_MAX` of
`schema.files`, which the phone keeps as well.
"""

from datetime import timedelta

# A busy worker makes thirty visits a day with three photos each.
FILES_PERSON_DAY_MAX = 200
# A phone sends one file after the other; more that are begun and not finished are not people's.
PARTIALS_PERSON_MAX = 50
# Above this, decoding costs more memory than a picture of a home visit is worth: 12 million pixels are 48 MB.
PIXELS_MAX = 12_000_000
# The longer side of a thumbnail: two across on a phone, sharp on its screen.
THUMBNAIL_PIXELS = 320
# Pictures that are decoded at the same time: of those coming in, and of those going out.
DECODERS = 2
# Written to the disk at a time while a file comes in.
PIECE_BYTES = 256 * 1024
# What is not continued for so long begins again; a phone may lie in a drawer over a holiday.
PARTIAL_KEPT = timedelta(days=10)
# A file that no save names for so long was taken and never saved.
UNNAMED_KEPT = timedelta(days=30)
# Left for the database, whatever the bound for files says.
FREE_BYTES_MIN = 512 * 1024 * 1024
