import pytest

from jkn.changes.rules import BadAddress, read_email


@pytest.mark.parametrize(
    "typed, read", [(" siti@example.com ", "siti@example.com"), ("Siti.A+jkn@Mail.CO.ID", "Siti.A+jkn@mail.co.id")]
)
def test_an_email_address_is_read(typed, read):
    assert read_email(typed) == read


@pytest.mark.parametrize(
    "typed", ["", "siti", "siti@", "@a.id", "a@b", "a b@c.id", "a@b..id", "a@@b.id", "a@b.id " + "x" * 99]
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(BadAddress):
        read_email(typed)
