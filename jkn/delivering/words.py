"""Channels and states in words."""

from flask_babel import lazy_gettext as _l

from jkn.notices.models import Channel, State

WAYS = {
    Channel.SMS: _l("By SMS"),
    Channel.WHATSAPP: _l("By WhatsApp"),
    Channel.EMAIL: _l("By e-mail"),
    Channel.PAPER: _l("By letter"),
    None: _l("Only here, under News for you"),
}
CHANNELS = {
    Channel.SMS: _l("SMS"),
    Channel.WHATSAPP: _l("WhatsApp"),
    Channel.EMAIL: _l("E-mail"),
    Channel.PAPER: _l("Letter"),
}
STATES = {
    State.WAITING: _l("waiting"),
    State.LETTER: _l("waiting to be printed"),
    State.SENT: _l("sent"),
    State.ARRIVED: _l("arrived"),
    State.FAILED: _l("failed"),
    State.EXPIRED: _l("too late"),
    State.DROPPED: _l("given up"),
    State.SHOWN: _l("only under News"),
}
