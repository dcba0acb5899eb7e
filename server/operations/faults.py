"""What an operator is told when a disk or the database fails: in Chinese and English, with what to do next.

Not here: which error means what (sync/store/faults.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.store.faults import WORLD_ERRORS, Fault, fault_of

WORDS = {
    Fault.full: (
        "{path} 所在的磁盘满了。删掉不用的文件，或换一个文件夹，再来一次。",
        "The disk of {path} is full. Remove what is not needed, or choose another folder, and try again.",
    ),
    Fault.forbidden: (
        "这个账号不能读写 {path}。用运行上门的账号来做，或改这个文件夹的权限。",
        "This account may not read or write {path}. Use the account that runs Doorstep, or change the permissions.",
    ),
    Fault.damaged: (
        "{path} 已经损坏。不要再用它，换最近一份好的备份。",
        "{path} is damaged. Do not go on with it; use the last good backup.",
    ),
    Fault.busy: (
        "{path} 正被别的程序占用。等它做完，再来一次。",
        "Another program is using {path}. Wait until it is done, and try again.",
    ),
    Fault.failing: (
        "{path} 所在的磁盘读写出错，可能坏了。先把备份拿到别的机器上，再换磁盘。",
        "The disk of {path} fails to read or write; it may be broken. Take the backups elsewhere, then replace it.",
    ),
    Fault.unreachable: (
        "连不上 {path}，或者没有这个数据库。看看它是不是在运行，设置写对了没有。",
        "{path} cannot be reached, or has no such database. See whether it runs, and whether its setting is right.",
    ),
    None: (
        "{path} 用不了：{reason}。",
        "{path} cannot be used: {reason}.",
    ),
}


class CommandError(Exception):
    """A command that cannot be done; the message tells the operator why and what to do."""


def words_of(error: BaseException, path: Path | str) -> tuple[str, str]:
    """What happened to a file, in Chinese and in English."""
    reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
    zh, en = WORDS[fault_of(error)]
    return zh.format(path=path, reason=reason), en.format(path=path, reason=reason)


@contextmanager
def told_plainly(path: Path | str, read: Path | str | None = None) -> Iterator[None]:
    """Turn what the world does to a file into a sentence for the operator.

    read  what is read meanwhile, where that is another file: only it can be damaged or busy
    """
    try:
        yield
    except WORLD_ERRORS as error:
        is_of_read = read is not None and fault_of(error) in (Fault.damaged, Fault.busy)
        raise CommandError("\n".join(words_of(error, read if is_of_read and read else path))) from error
