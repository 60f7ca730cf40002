"""What gateways report: signed or refused, any number of times, and over a real line."""

import time

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.delivering import running, senders, service
from jkn.notices.models import Channel, State
from jkn.notices.twilio import sign
from tests.delivering.conftest import KEY, fresh, plain, simulated, somebody, told, twilio
from tests.payments.conftest import served

PUBLIC = "https://jkn.example.go.id"


@pytest.fixture
def sent(app, known, monkeypatch):
    """A notice that a gateway took, whose reports are to come."""
    monkeypatch.setitem(app.config, "PUBLIC_URL", PUBLIC)

    def send(sender):
        known([sender])
        notice = told(somebody())
        ready = service.claim(notice.id, LIMITS(app), senders.offered(), ())
        service.note(ready, service.Receipt(service.Outcome.ACCEPTED, "SM1"))
        return fresh(notice)

    return send


def LIMITS(app):
    with app.app_context():
        return running.limits()


def by_twilio(client, notice, status, token=KEY, reference=None, public=PUBLIC, **more):
    path = f"/laporan-kirim/twilio/twilio/{reference or notice.our_reference}"
    form = {"MessageSid": "SM1", "MessageStatus": status} | more
    signature = sign(token, public + path, form.items())
    return client.post(path, data=form, headers={"X-Twilio-Signature": signature})


def by_gateway(client, notice, status, secret=KEY, name="gerbang", **what):
    said = {"id": notice.our_reference, "status": status}
    what = what or {"data": said}
    return client.post(f"/laporan-kirim/gerbang/{name}", headers={"X-Report-Secret": secret}, **what)


def test_twilio_says_it_arrived_as_often_as_it_likes(client, sent):
    notice = sent(twilio("http://127.0.0.1:1"))
    assert [by_twilio(client, notice, word).status_code for word in ("sent", "delivered", "delivered", "sent")] == [
        200
    ] * 4
    assert fresh(notice).state is State.ARRIVED and fresh(notice).arrived_at == clock.now()


def test_twilio_says_it_was_lost_and_why(client, sent):
    notice = sent(twilio("http://127.0.0.1:1"))
    by_twilio(client, notice, "undelivered", ErrorCode="30005")
    assert (fresh(notice).state, fresh(notice).error) == (State.FAILED, "twilio 30005")


def test_a_forged_or_foreign_report_is_refused_and_changes_nothing(client, sent):
    notice = sent(twilio("http://127.0.0.1:1"))
    other = told(somebody())  # nothing was ever sent for it
    assert by_twilio(client, notice, "delivered", token="another").status_code == 403
    assert by_twilio(client, notice, "delivered", public="https://elsewhere.example").status_code == 403
    assert client.post(f"/laporan-kirim/twilio/twilio/{notice.our_reference}").status_code == 403
    assert by_twilio(client, notice, "delivered", reference=other.our_reference).status_code == 404
    for reference in ("jkn-1", "jkn-x-1", f"jkn-{notice.id}-2", "jkn-99999999999999999999-1", "jkn-²-1", "x"):
        assert by_twilio(client, notice, "delivered", reference=reference).status_code in (403, 404)
    assert by_gateway(client, notice, "delivered").status_code == 403  # no such gateway here
    assert fresh(notice).state is State.SENT


@pytest.mark.parametrize("shape", ["data", "json"])
def test_another_gateway_proves_itself_by_the_shared_secret(client, sent, shape):
    notice = sent(plain("http://127.0.0.1:1"))
    said = {"id": notice.our_reference, "status": "delivered"}
    assert by_gateway(client, notice, "", secret="", **{shape: said}).status_code == 403
    assert by_gateway(client, notice, "", secret="wrong", **{shape: said}).status_code == 403
    assert fresh(notice).state is State.SENT
    assert by_gateway(client, notice, "", secret="", **{shape: said | {"secret": KEY}}).status_code == 200
    assert fresh(notice).state is State.ARRIVED


def test_without_a_secret_nobody_may_report(client, sent):
    notice = sent(plain("http://127.0.0.1:1", report_secret=""))
    assert by_gateway(client, notice, "delivered", secret="").status_code == 403


@pytest.mark.parametrize(
    "what", [{"data": {}}, {"json": []}, {"json": "x"}, {"data": b"{", "content_type": "application/json"}]
)
def test_nonsense_is_answered_and_changes_nothing(client, sent, what):
    notice = sent(plain("http://127.0.0.1:1"))
    assert by_gateway(client, notice, "", **what).status_code == 404
    assert by_gateway(client, notice, "on its way").status_code == 200
    assert fresh(notice).state is State.SENT


def test_a_report_about_an_answer_that_was_lost_spares_the_second_try(client, sent, app):
    notice = sent(plain("http://127.0.0.1:1"))
    service.take_report(notice, State.FAILED)
    service.resend(fresh(notice), SYSTEM)
    ready = service.claim(notice.id, LIMITS(app), senders.offered(), ())
    service.note(ready, service.Receipt(service.Outcome.UNSURE, error="timeout"))
    by_gateway(client, fresh(notice), "delivered")
    assert fresh(notice).state is State.ARRIVED
    assert service.due(10) == []


@pytest.mark.parametrize("make, fault", [(plain, ""), (plain, "twice"), (twilio, ""), (twilio, "twice")])
def test_reports_over_a_real_line(own_app, tmp_path, known, make, fault):
    shape = "http" if make is plain else "twilio"
    with (
        served(own_app) as address,
        simulated(tmp_path) as gateway,
    ):
        own_app.config["PUBLIC_URL"] = address
        known([make(gateway.url)])
        gateway.faults += [f"{shape}:{fault}", f"{shape}:undelivered"] if fault else [f"{shape}:mute"]
        rows = [told(somebody()), told(somebody())]
        with own_app.app_context():
            running.run()
        wanted = [State.ARRIVED, State.FAILED] if fault else [State.SENT, State.ARRIVED]
        ends = time.monotonic() + 10
        while [fresh(row).state for row in rows] != wanted and time.monotonic() < ends:
            time.sleep(0.05)
        assert [fresh(row).state for row in rows] == wanted
        assert senders.find(Channel.SMS).name
