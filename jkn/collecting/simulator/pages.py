"""The simulated provider's own pages: saying yes to a debit, paying an order, what is waiting, and a day's list."""

from html import escape

from jkn.collecting.providers import Provider
from jkn.money import format_rupiah


def authorise(provider: Provider, accounts, asked: dict[str, str]) -> str:
    hidden = "".join(_hidden(name, asked.get(name, "")) for name in ("state", "redirectUrl"))
    text = "Izinkan JKN mendebit akun ini setiap bulan?"
    return _page(provider, text, _form("/authorise", accounts, hidden))


def pay(provider: Provider, order, accounts) -> str:
    if order["status"] != "03":
        return _page(provider, "Pesanan ini sudah selesai.", f'<p><a href="{escape(order["back"] or "/")}">Kembali</a>')
    text = f"Bayar {format_rupiah(order['amount'])} ke BPJS Kesehatan?"
    return _page(provider, text, _form(f"/pay/{escape(order['reference'])}", accounts))


def front(provider: Provider, accounts, waiting) -> str:
    rows = "".join(
        f'<li><a href="/pay/{escape(order["reference"])}">{format_rupiah(order["amount"])}, {order["kind"]}</a></li>'
        for order in waiting
    )
    money = "".join(f"<li>{escape(row['label'])}: {format_rupiah(row['balance'])}</li>" for row in accounts)
    return _page(provider, "Menunggu dibayar", f"<ul>{rows}</ul><h2>Saldo</h2><ul>{money}</ul>")


def settlement(moved) -> str:
    """What was taken and given back, as the list that is sent to us after the day."""
    rows = (
        f"{row['reference']},{row['amount']},{row['at']},{'BATAL' if row['is_back'] else 'SUKSES'}" for row in moved
    )
    return "\n".join(["referensi,jumlah,waktu,status", *rows, ""])


def _form(action: str, accounts, hidden: str = "") -> str:
    choices = "".join(
        f'<p><label><input type="radio" name="account" value="{row["id"]}"{" checked" if place == 0 else ""}> '
        f"{escape(row['label'])} ({format_rupiah(row['balance'])})</label>"
        for place, row in enumerate(accounts)
    )
    buttons = "".join(
        f'<button name="answer" value="{value}">{word}</button> ' for value, word in (("yes", "Ya"), ("no", "Tidak"))
    )
    return f'<form method="post" action="{action}">{hidden}{choices}<p>{buttons}</form>'


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def _page(provider: Provider, text: str, body: str) -> str:
    name = escape(provider.name)
    head = f'<!doctype html><html lang="id"><meta name="viewport" content="width=device-width"><title>{name}</title>'
    return f"{head}<h1>{name}</h1><p>{escape(text)}</p>{body}"
