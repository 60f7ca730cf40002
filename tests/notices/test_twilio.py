from jkn.notices.twilio import is_signed, sign

# interop.md 6, made with twilio 9.13.0
URL = "https://jkn.example.go.id/hooks/twilio/sms"
FORM = {
    "From": "+6281234567890",
    "To": "+6221500400",
    "Body": "CEK 0001944358911",
    "MessageSid": "SM00000000000000000000000000000001",
    "NumMedia": "0",
}
SIGNATURE = "2x37FHmzGu+S9wZMSLnPA6+BIAg="


def test_the_vector_of_the_library():
    assert sign("12345", URL, FORM.items()) == SIGNATURE
    assert is_signed("12345", URL, reversed(FORM.items()), SIGNATURE)


def test_anything_else_does_not_fit():
    assert not is_signed("12346", URL, FORM.items(), SIGNATURE)
    assert not is_signed("", URL, FORM.items(), sign("", URL, FORM.items()))
    assert not is_signed("12345", URL + "?x=1", FORM.items(), SIGNATURE)
    assert not is_signed("12345", URL, (FORM | {"Body": "CEK 0001944358912"}).items(), SIGNATURE)
    assert not is_signed("12345", URL, FORM.items(), "tändä")
    assert not is_signed("12345", URL, FORM.items(), "")
