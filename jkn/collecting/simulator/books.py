"""What the simulated provider knows: accounts with money, bindings, orders, and each time money was really taken."""

import secrets
import sqlite3
from threading import RLock

from jkn import clock

TABLES = """
CREATE TABLE IF NOT EXISTS account (id TEXT PRIMARY KEY, label TEXT, balance INTEGER, state TEXT DEFAULT 'open');
CREATE TABLE IF NOT EXISTS binding (link TEXT PRIMARY KEY, account TEXT, auth_code TEXT, charge_token TEXT,
    customer_token TEXT, refresh_token TEXT, ended INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS orders (reference TEXT PRIMARY KEY, number TEXT, kind TEXT, account TEXT, amount INTEGER,
    status TEXT, code TEXT, back TEXT, qr TEXT);
CREATE TABLE IF NOT EXISTS taken (id INTEGER PRIMARY KEY, reference TEXT, account TEXT, amount INTEGER);
CREATE TABLE IF NOT EXISTS moved (id INTEGER PRIMARY KEY, reference TEXT, amount INTEGER, at TEXT, is_back INTEGER);
"""
ACCOUNTS = (("1", "0812****5401", 10_000_000), ("2", "0812****5402", 20_000))
REFUSALS = {"blocked": "05", "inactive": "18"}
INSUFFICIENT = "14"


class Books:
    """One file; every method is one transaction."""

    def __init__(self, path: str):
        self._lock = RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(TABLES)
        with self._transaction():
            rows = [(number, label, balance) for number, label, balance in ACCOUNTS]
            self._db.executemany("INSERT OR IGNORE INTO account (id, label, balance) VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        self._db.close()

    def accounts(self) -> list[sqlite3.Row]:
        return self._all("SELECT * FROM account ORDER BY id")

    def account(self, number: str) -> sqlite3.Row | None:
        return self._one("SELECT * FROM account WHERE id = ?", number)

    def change_account(self, number: str, balance: int | None = None, state: str | None = None) -> None:
        with self._transaction():
            if balance is not None:
                self._db.execute("UPDATE account SET balance = ? WHERE id = ?", (balance, number))
            if state is not None:
                self._db.execute("UPDATE account SET state = ? WHERE id = ?", (state, number))

    def authorise(self, account: str) -> str:
        """The member said yes: a code for one exchange."""
        code = secrets.token_urlsafe(16)
        values = (secrets.token_hex(8), account, code, *(secrets.token_urlsafe(16) for _ in range(3)))
        with self._transaction():
            columns = "link, account, auth_code, charge_token, customer_token, refresh_token"
            self._db.execute(f"INSERT INTO binding ({columns}) VALUES (?, ?, ?, ?, ?, ?)", values)
        return code

    def binding_by(self, column: str, value: str) -> sqlite3.Row | None:
        """A live binding by `auth_code`, `customer_token`, `refresh_token` or `link`."""
        return self._one(f"SELECT * FROM binding WHERE {column} = ? AND NOT ended", value)

    def renew(self, link: str) -> sqlite3.Row:
        """A new customer token; the old one is good no longer."""
        with self._transaction():
            self._db.execute("UPDATE binding SET customer_token = ? WHERE link = ?", (secrets.token_urlsafe(16), link))
        return self.binding_by("link", link)

    def unbind(self, link: str) -> bool:
        with self._transaction():
            return bool(self._db.execute("UPDATE binding SET ended = 1 WHERE link = ?", (link,)).rowcount)

    def bindings(self) -> list[sqlite3.Row]:
        return self._all("SELECT * FROM binding WHERE NOT ended")

    def order(self, reference: str) -> sqlite3.Row | None:
        return self._one("SELECT * FROM orders WHERE reference = ?", reference)

    def orders(self, status: str | None = None) -> list[sqlite3.Row]:
        if status is None:
            return self._all("SELECT * FROM orders ORDER BY rowid")
        return self._all("SELECT * FROM orders WHERE status = ? ORDER BY rowid", status)

    def place(self, reference: str, kind: str, amount: int, account: str = "", back: str = "", qr: str = "") -> bool:
        """A new order, waiting. False when the reference is known: it is unique for ever."""
        values = (reference, secrets.token_hex(8), kind, account, amount, "03", "", back, qr)
        columns = "reference, number, kind, account, amount, status, code, back, qr"
        with self._transaction():
            marks = "?, ?, ?, ?, ?, ?, ?, ?, ?"
            done = self._db.execute(f"INSERT OR IGNORE INTO orders ({columns}) VALUES ({marks})", values)
            return bool(done.rowcount)

    def take(self, reference: str, account: str, refusal: str = "") -> sqlite3.Row:
        """Take the money of a waiting order, or say why not (case of 403): the order as it is then."""
        with self._transaction():
            order, row = self.order(reference), self.account(account)
            if order["status"] == "03":
                case = refusal or REFUSALS.get(row["state"], "")
                case = case or (INSUFFICIENT if row["balance"] < order["amount"] else "")
                if not case:
                    self._move(order, account)
                self._close(reference, "06" if case else "00", f"403{{}}{case}" if case else "", account)
            return self.order(reference)

    def cancel(self, reference: str) -> sqlite3.Row:
        """The payer said no."""
        with self._transaction():
            if self.order(reference)["status"] == "03":
                self._close(reference, "05", "", "")
            return self.order(reference)

    def give_back(self, reference: str) -> bool:
        """A refund of money that was taken; False when there is nothing to give back."""
        with self._transaction():
            order = self.order(reference)
            if order is None or order["status"] != "00":
                return False
            give = "UPDATE account SET balance = balance + ? WHERE id = ?"
            self._db.execute(give, (order["amount"], order["account"]))
            self._note_move(order, is_back=True)
            self._close(reference, "04", "", order["account"])
            return True

    def taken(self) -> list[tuple[str, int]]:
        """(reference, amount) of each time money was taken, in order."""
        return [(row["reference"], row["amount"]) for row in self._all("SELECT * FROM taken ORDER BY id")]

    def moved_on(self, day: str) -> list[sqlite3.Row]:
        """Money taken and given back on a day in Jakarta (2026-01-20), in order."""
        return self._all("SELECT * FROM moved WHERE at >= ? AND at < ? ORDER BY id", day, f"{day}U")

    def _move(self, order: sqlite3.Row, account: str) -> None:
        self._db.execute("UPDATE account SET balance = balance - ? WHERE id = ?", (order["amount"], account))
        values = (order["reference"], account, order["amount"])
        self._db.execute("INSERT INTO taken (reference, account, amount) VALUES (?, ?, ?)", values)
        self._note_move(order, is_back=False)

    def _note_move(self, order: sqlite3.Row, is_back: bool) -> None:
        at = clock.now().astimezone(clock.JAKARTA).isoformat(timespec="seconds")
        values = (order["reference"], order["amount"], at, is_back)
        self._db.execute("INSERT INTO moved (reference, amount, at, is_back) VALUES (?, ?, ?, ?)", values)

    def _close(self, reference: str, status: str, code: str, account: str) -> None:
        values = (status, code, account, reference)
        self._db.execute("UPDATE orders SET status = ?, code = ?, account = ? WHERE reference = ?", values)

    def _one(self, statement: str, *values) -> sqlite3.Row | None:
        with self._lock:
            return self._db.execute(statement, values).fetchone()

    def _all(self, statement: str, *values) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    def _transaction(self):
        return _Transaction(self._lock, self._db)


class _Transaction:
    """A lock and a transaction; inside another one, part of it."""

    def __init__(self, lock: RLock, db: sqlite3.Connection):
        self._lock, self._db, self._is_outer = lock, db, False

    def __enter__(self):
        self._lock.acquire()
        self._is_outer = not self._db.in_transaction
        if self._is_outer:
            self._db.execute("BEGIN")

    def __exit__(self, kind, *_rest):
        try:
            if self._is_outer:
                self._db.execute("ROLLBACK" if kind else "COMMIT")
        finally:
            self._lock.release()
