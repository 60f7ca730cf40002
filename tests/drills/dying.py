"""One of our commands that is shot on its way: `python -m tests.drills.dying WRITES [--unguarded] issue-bills 2026-02`.

kill -9 strikes when so many INSERTs, UPDATEs and DELETEs have been done, before the next word to the database. With
`--unguarded` no transaction holds them together: each is committed by itself, which is the broken twin.
"""

import os
import signal
import sys
from contextlib import contextmanager

from jkn import db as door

WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")


@contextmanager
def _no_door():
    yield


def main() -> None:
    left, *words = sys.argv[1:]
    if words[0] == "--unguarded":
        door.write = _no_door  # before anybody imports it
        words = words[1:]
    from flask.cli import ScriptInfo

    from jkn import create_app

    app = create_app()
    _shoot_after(int(left))
    app.cli.main(args=words, obj=ScriptInfo(create_app=lambda: app), standalone_mode=False)


def _shoot_after(writes: int) -> None:
    done, execute = 0, door.db.obj.execute_sql

    def counted(sql, *args, **kwargs):
        nonlocal done
        if done == writes:
            os.kill(os.getpid(), signal.SIGKILL)
        done += sql.lstrip().startswith(WRITES)
        return execute(sql, *args, **kwargs)

    door.db.obj.execute_sql = counted


if __name__ == "__main__":
    main()
