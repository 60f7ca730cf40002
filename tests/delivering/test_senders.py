"""Gateways as the configuration names them, what goes over the line, and a mail server that misbehaves."""

import json
import re
import socket
import threading
from contextlib import contextmanager
from email import message_from_string

import pytest

from jkn import config
from jkn.config import BadConfig
from jkn.delivering import running, senders, service
from jkn.delivering.messages import Message, Outcome
from jkn.delivering.senders import HttpSender, SmtpSender
from jkn.faulty import FaultyHandler, FaultyServer
from jkn.notices.models import Channel
from tests.delivering.conftest import somebody, told
from tests.test_config import GOOD as PRODUCTION

MESSAGE = Message("jkn-7-1", "+6281298765400", "Halo {key} & apa kabar?", report_url="https://jkn.example/l?a=1")


class _Recorder(FaultyHandler):
    def _record(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.asked.append((self.command, self.path, dict(self.headers), raw))
        status, body = self.server.answer
        self.reply(status, body.encode())

    do_GET = do_POST = _record


@pytest.fixture
def line():
    """A server that writes down what it is asked, and answers `line.answer`."""
    server = FaultyServer(_Recorder)
    server.asked, server.answer = [], (200, "ok")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def http(line, **more) -> HttpSender:
    return HttpSender(name="g", channel=Channel.SMS, **{"url": f"{line.url}/send"} | more)


def test_kannel_takes_everything_behind_the_question_mark(line):
    line.answer = (202, "0: Accepted for delivery")
    url = f"{line.url}/cgi-bin/sendsms?username=jkn&password={{key}}&to={{to}}&text={{text}}&dlr-url={{report_url}}"
    sender = http(line, url=url, method="GET", key="rah&asia", number="0", accepted="^0:")
    assert sender.send(MESSAGE).outcome is Outcome.ACCEPTED
    method, path, _headers, _raw = line.asked[0]
    assert method == "GET" and "password=rah%26asia&to=081298765400&text=Halo%20%7Bkey%7D%20%26" in path


def test_fonnte_takes_a_form_and_a_token(line):
    line.answer = (200, '{"status":true,"id":["80367170"]}')
    fields = {"target": "{to}", "message": "{text}", "countryCode": "62"}
    more = {"headers": {"Authorization": "{key}"}, "key": "TOKEN", "number": "62"}
    sender = http(line, fields=fields, accepted='"status": ?true', receipt=r'"id": ?\["(\d+)"', **more)
    receipt = sender.send(MESSAGE)
    assert (receipt.outcome, receipt.gateway_id) == (Outcome.ACCEPTED, "80367170")
    _method, _path, headers, raw = line.asked[0]
    assert headers["Authorization"] == "TOKEN" and raw.startswith("target=6281298765400&message=Halo+%7Bkey%7D+%26")


def test_a_json_gateway_gets_json(line):
    http(line, body="json", fields={"to": "{to}", "ref": "{reference}"}).send(MESSAGE)
    assert line.asked[0][3].replace(" ", "") == '{"to":"+6281298765400","ref":"jkn-7-1"}'


def test_whatsapp_cloud_takes_a_template_in_nested_json(line):
    line.answer = (200, '{"messages":[{"id":"wamid.HBg"}]}')
    parts = [{"type": "body", "parameters": [{"type": "text", "text": "{text}"}]}]
    template = {"name": "kabar", "language": {"code": "id"}, "components": parts}
    fields = {"messaging_product": "whatsapp", "to": "{to}", "type": "template", "template": template}
    sender = http(line, body="json", fields=fields, number="62", receipt='"id":"([^"]+)"')
    assert sender.send(MESSAGE).gateway_id == "wamid.HBg"
    sent = json.loads(line.asked[0][3])
    assert sent["template"]["components"][0]["parameters"][0]["text"] == MESSAGE.text and sent["to"] == "6281298765400"


@pytest.mark.parametrize(
    "answer, outcome",
    [
        ((200, '{"status":"ok"}'), Outcome.ACCEPTED),
        ((200, "<html>"), Outcome.UNSURE),
        ((200, '{"status":"invalid number"}'), Outcome.REFUSED),
        ((400, "no"), Outcome.REFUSED),
        ((401, "who?"), Outcome.LATER),
        ((429, "slowly"), Outcome.LATER),
        ((500, "oh"), Outcome.UNSURE),
        ((302, ""), Outcome.UNSURE),
    ],
)
def test_each_answer_has_its_drawer(line, answer, outcome):
    line.answer = answer
    assert http(line, accepted='"ok"', refused="invalid number").send(MESSAGE).outcome is outcome


def test_where_no_line_is_nothing_was_taken():
    gone = HttpSender(name="g", channel=Channel.SMS, url="http://127.0.0.1:1/send", seconds=1)
    assert gone.send(MESSAGE).outcome is Outcome.LATER


GOOD = """
[[sender]]
name = "gerbang"
channel = "sms"
kind = "http"
url = "https://sms.example/send"
key_env = "SMS_KEY"
report_arrived = ["1", "8"]
[sender.fields]
to = "{to}"

[[sender]]
name = "pos"
channel = "email"
kind = "smtp"
host = "mail.example"
sender = "JKN <kabar@jkn.example>"

[[sender]]
name = "twilio"
channel = "whatsapp"
kind = "twilio"
account = "AC1"
sender = "+14155238886"
key = "x"
"""


def read(tmp_path, text, **environ):
    path = tmp_path / "senders.toml"
    path.write_text(text)
    environ = {"JKN_SENDERS": str(path), "SMS_KEY": "rahasia"} | environ
    return senders.read(config.read(environ=environ)["SENDERS"])


def test_a_file_names_one_gateway_for_each_channel(tmp_path):
    sms, mail, whatsapp = read(tmp_path, GOOD)
    assert (sms.key, sms.report_arrived) == ("rahasia", ("1", "8"))
    assert (mail.port, whatsapp.channel) == (587, Channel.WHATSAPP)
    assert "rahasia" not in repr(sms)


@pytest.mark.parametrize(
    "old, new",
    [
        ('kind = "http"', 'kind = "pigeon"'),
        ('channel = "email"', 'channel = "sms"'),
        ('channel = "whatsapp"', 'channel = "paper"'),
        ('name = "pos"', 'name = "gerbang"'),
        ('host = "mail.example"', 'hosts = "mail.example"'),
        ('url = "https://sms.example/send"', ""),
        ('key_env = "SMS_KEY"', 'key_env = "NOT_SET"'),
        ('key_env = "SMS_KEY"', 'accepted = "("'),
        ("[[sender]]", "[[senders]]"),
    ],
)
def test_a_bad_file_is_refused(tmp_path, old, new):
    with pytest.raises(BadConfig):
        read(tmp_path, GOOD.replace(old, new))


def test_production_needs_an_address_for_reports_and_has_no_console(tmp_path):
    with pytest.raises(BadConfig):
        read(tmp_path, GOOD, **PRODUCTION)
    assert len(read(tmp_path, GOOD, **PRODUCTION, JKN_PUBLIC_URL="https://jkn.example")) == 3
    assert config.read(environ=PRODUCTION)["SENDERS"] == []


def test_settings_of_the_outbox_are_checked():
    assert config.read(environ={})["SENDERS"] is None
    with pytest.raises(BadConfig):
        config.read(environ={"JKN_QUIET": "night"})


class MailServer:
    """A mail server's side of one conversation, with a fault at the given step."""

    def __init__(self, fault=""):
        self.fault, self.mails = fault, []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                line, _address = self._listener.accept()
            except OSError:
                return
            with line, line.makefile("rwb") as file:
                self._talk(file)

    def _talk(self, file):
        def say(text):
            file.write(f"{text}\r\n".encode())
            file.flush()

        say("220 mail")
        for raw in file:
            word = raw.decode().strip().upper()
            if word.startswith("RCPT") and self.fault in ("550", "450"):
                say(f"{self.fault} no")
            elif word == "DATA":
                say("354 go on")
                mail = ""
                while (more := file.readline().decode()) != ".\r\n":
                    mail += more
                self.mails.append(mail)
                if self.fault == "drop":
                    return
                say("451 later" if self.fault == "451" else "250 taken")
            elif word == "QUIT":
                return say("221 bye")
            else:
                say("250 ok")

    def close(self):
        self._listener.close()


@contextmanager
def mail_server(fault=""):
    server = MailServer(fault)
    try:
        yield (
            server,
            SmtpSender("pos", Channel.EMAIL, "127.0.0.1", "JKN <kabar@jkn.example>", server.port, "none", seconds=2),
        )
    finally:
        server.close()


LETTER = Message("jkn-7-1", "siti@contoh.example", "Halo", "Kabar")


@pytest.mark.parametrize(
    "fault, outcome",
    [
        ("", Outcome.ACCEPTED),
        ("550", Outcome.REFUSED),
        ("450", Outcome.LATER),
        ("451", Outcome.LATER),
        ("drop", Outcome.UNSURE),
    ],
)
def test_a_mail_server_and_its_faults(fault, outcome):
    with mail_server(fault) as (server, sender):
        assert sender.send(LETTER).outcome is outcome
        assert sender.send(LETTER).outcome is outcome
        assert {message_from_string(mail)["Message-ID"] for mail in server.mails} <= {"<jkn-7-1@jkn.example>"}


def test_without_a_mail_server_it_waits():
    assert SmtpSender("pos", Channel.EMAIL, "127.0.0.1", "a@b.example", 1, "none").send(LETTER).outcome is Outcome.LATER


def test_an_e_mail_has_all_the_words_and_no_number(app, known):
    person = somebody()
    person.email = "siti@contoh.example"
    person.save()
    service.choose_way(person.id, Channel.EMAIL, running.SYSTEM)
    told(person, "clinic_changed", clinic="KLINIK SEHAT", since="2026-02-01")
    with mail_server() as (server, sender), app.app_context():
        known([sender])
        assert running.run()[Outcome.ACCEPTED] == 1
        mail = message_from_string(server.mails[0])
        text = mail.get_payload(decode=True).decode()
        assert mail["Subject"] == "JKN: kabar untuk Siti A" and "KLINIK SEHAT" in text and "1 Februari 2026" in text
        assert not re.search(r"\d{10,}|http", text)
